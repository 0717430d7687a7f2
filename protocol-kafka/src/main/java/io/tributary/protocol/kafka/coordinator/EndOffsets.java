package io.tributary.protocol.kafka.coordinator;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.util.PartitionMetadataClient;

/** Tells the coordinator the ends of partitions. */
final class EndOffsets implements PartitionMetadataClient {
    private static final long UNKNOWN = -1;

    private final Topics topics;
    private final Namespace namespace;

    EndOffsets(Topics topics, Namespace namespace) {
        this.topics = topics;
        this.namespace = namespace;
    }

    @Override
    public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(Set<TopicPartition> partitions) {
        Map<TopicPartition, CompletableFuture<OffsetResponse>> offsets = new HashMap<>();
        for (TopicPartition asked : partitions) {
            Topic topic = topics.find(new TopicName(namespace, asked.topic()));
            List<Partition> found = topic == null ? List.of() : topic.partitions();
            offsets.put(asked, CompletableFuture.completedFuture(asked.partition() < found.size()
                ? new OffsetResponse(found.get(asked.partition()).highWatermark(), Errors.NONE)
                : new OffsetResponse(UNKNOWN, Errors.UNKNOWN_TOPIC_OR_PARTITION)));
        }
        return offsets;
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
