package io.tributary.protocol.kafka.coordinator.transaction;

import io.tributary.core.model.Namespace;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;

/** The committed offsets, where a transaction ends by way of the group coordinator. */
@FunctionalInterface
public interface GroupOffsets {
    /** Writes a marker to a partition of the topic of committed offsets; completes when it is durable and counts. */
    CompletionStage<Void> end(Namespace namespace, TopicPartition partition, Marker marker);
}
