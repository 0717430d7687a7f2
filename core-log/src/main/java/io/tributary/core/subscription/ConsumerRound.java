package io.tributary.core.subscription;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The consumers that take a portion's records by credit, in the order of their turns: those of a higher priority before all others. */
final class ConsumerRound {
    /** No queue is empty. */
    private final TreeMap<Integer, ArrayDeque<QueueConsumer>> byPriority = new TreeMap<>(Comparator.reverseOrder());
    private long credit;

    void add(QueueConsumer consumer) {
        byPriority.computeIfAbsent(consumer.options.priority(), priority -> new ArrayDeque<>(1)).addLast(consumer);
    }

    void remove(QueueConsumer consumer) {
        int priority = consumer.options.priority();
        ArrayDeque<QueueConsumer> queue = byPriority.get(priority);
        if (queue != null) {
            queue.remove(consumer);
            if (queue.isEmpty()) {
                byPriority.remove(priority);
            }
        }
    }

    /** Those that are in it have so much more credit together. */
    void count(long more) {
        credit += more;
    }

    /** Whose turn it is; null when nobody has credit. */
    @Nullable QueueConsumer next() {
        return byPriority.isEmpty() ? null : byPriority.firstEntry().getValue().peekFirst();
    }

    /** The consumer was given a record: others of its priority come before its next turn. */
    void given(QueueConsumer consumer) {
        ArrayDeque<QueueConsumer> queue = byPriority.get(consumer.options.priority());
        if (queue != null && queue.size() > 1 && queue.peekFirst() == consumer) {
            queue.addLast(queue.removeFirst());
        }
    }

    /** The credit of those that take records. */
    long credit() {
        return credit;
    }
}
