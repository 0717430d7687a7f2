package io.tributary.core.subscription.state;

import io.tributary.core.api.Partition;
import io.tributary.core.model.TopicName;
import java.util.List;

/** From where a source begins, and what it takes. */
public record SourceStart(PartitionKey key, int number, TopicName topic, Partition partition, long end, List<BoundRange> exclusions,
                   List<BoundRange> ranges, CursorState state) {
}
