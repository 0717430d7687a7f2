package io.tributary.protocol.amqp.session;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Registration;
import io.tributary.core.api.Topic;
import io.tributary.core.model.PartitionId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Transient messages are answered for before they may be read. A client that publishes one and then asks the queue expects to find it:
 * this remembers where the last ones went, and tells when they can be read.
 */
final class Visibility {
    /** Remembered before those that can be read are forgotten. */
    private static final int MANY = 64;

    private final Broker broker;
    private final Map<PartitionId, Long> last = new HashMap<>();

    Visibility(Broker broker) {
        this.broker = broker;
    }

    void published(PartitionId partition, long offset) {
        last.merge(partition, offset, Math::max);
        if (last.size() > MANY) {
            last.entrySet().removeIf(entry -> isVisible(entry.getKey(), entry.getValue()));
        }
    }

    /** Whether all that was published can be read. */
    boolean isComplete() {
        last.entrySet().removeIf(entry -> isVisible(entry.getKey(), entry.getValue()));
        return last.isEmpty();
    }

    /** Runs the action, once and on any thread, when something has changed since {@link #isComplete} said no. */
    void onChange(Runnable action) {
        CompletableFuture<Void> changed = new CompletableFuture<>();
        for (Map.Entry<PartitionId, Long> entry : last.entrySet()) {
            Partition partition = find(entry.getKey());
            if (partition == null) {
                changed.complete(null);
                continue;
            }
            Registration registration = partition.onAdvance(() -> changed.complete(null));
            CompletableFuture<Void> ignored = changed.whenComplete((nothing, failure) -> registration.close());
            // It may have advanced before the listener was there.
            if (isVisible(entry.getKey(), entry.getValue())) {
                changed.complete(null);
            }
        }
        CompletableFuture<Void> ignored = changed.thenRun(action);
    }

    private boolean isVisible(PartitionId id, long offset) {
        Partition partition = find(id);
        return partition == null || partition.highWatermark() > offset;
    }

    private @Nullable Partition find(PartitionId id) {
        Topic topic = broker.topics().find(id.topic());
        return topic == null || topic.partitions().size() <= id.partition() ? null : topic.partitions().get(id.partition());
    }
}
