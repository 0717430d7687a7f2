package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.model.TopicName;
import java.util.List;

/** From where a source begins, and what it takes. */
record SourceStart(PartitionKey key, int number, TopicName topic, Partition partition, long end, List<BoundRange> exclusions,
                   List<BoundRange> ranges, CursorState state) {
}
