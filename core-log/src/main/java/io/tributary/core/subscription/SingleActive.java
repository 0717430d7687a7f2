package io.tributary.core.subscription;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Elects the one consumer that takes records by credit: of those that ever asked for any, the first attached of the highest priority. It
 * stays until it goes, or until one of a higher priority comes; then what it holds is settled first.
 */
final class SingleActive {
    private @Nullable QueueConsumer active;
    private boolean yielding;

    /** Looks at the consumers, in the order in which they were attached, after any change of them. */
    void elect(List<QueueConsumer> consumers) {
        QueueConsumer first = null;
        for (QueueConsumer consumer : consumers) {
            if (consumer.takes && (first == null || consumer.options.priority() > first.options.priority())) {
                first = consumer;
            }
        }
        QueueConsumer current = active;
        boolean stays = current != null && !current.detached && current.takes && first != null;
        if (current == null || first == null || !stays) {
            active = first;
            yielding = false;
            return;
        }
        yielding = first.options.priority() > current.options.priority();
        if (yielding && current.outstanding.isEmpty()) {
            active = first;
            yielding = false;
        }
    }

    boolean isActive(QueueConsumer consumer) {
        return consumer == active && !yielding;
    }
}
