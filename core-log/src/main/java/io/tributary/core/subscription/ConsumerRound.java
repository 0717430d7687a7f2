package io.tributary.core.subscription;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The consumers that take records by credit, in the order of their turns: those of a higher priority before all others. */
final class ConsumerRound {
    /** No queue is empty. */
    private final TreeMap<Integer, ArrayDeque<QueueConsumer>> byPriority = new TreeMap<>(Comparator.reverseOrder());
    private long credit;

    /** Takes the consumer in or out, as its credit, bounds and activity have it. */
    void update(QueueConsumer consumer, boolean active) {
        boolean takes = active && !consumer.detached && consumer.credit > 0 && !consumer.isFull();
        if (takes && !consumer.inRound) {
            consumer.inRound = true;
            byPriority.computeIfAbsent(consumer.options.priority(), priority -> new ArrayDeque<>(1)).addLast(consumer);
            credit += consumer.credit;
            consumer.countedCredit = consumer.credit;
        } else if (!takes && consumer.inRound) {
            remove(consumer);
        } else if (takes) {
            credit += consumer.credit - consumer.countedCredit;
            consumer.countedCredit = consumer.credit;
        }
    }

    private void remove(QueueConsumer consumer) {
        consumer.inRound = false;
        credit -= consumer.countedCredit;
        int priority = consumer.options.priority();
        ArrayDeque<QueueConsumer> queue = byPriority.get(priority);
        if (queue != null) {
            queue.remove(consumer);
            if (queue.isEmpty()) {
                byPriority.remove(priority);
            }
        }
    }

    /** Whose turn it is; null when nobody has credit. */
    @Nullable QueueConsumer next() {
        return byPriority.isEmpty() ? null : byPriority.firstEntry().getValue().peekFirst();
    }

    /** The consumer was given a record: others of its priority come before its next turn. {@link #update} must follow. */
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

    void clear() {
        byPriority.values().forEach(queue -> queue.forEach(consumer -> consumer.inRound = false));
        byPriority.clear();
        credit = 0;
    }
}
