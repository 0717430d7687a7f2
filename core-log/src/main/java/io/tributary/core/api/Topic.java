package io.tributary.core.api;

import io.tributary.core.api.stats.LogStats;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.util.List;
import java.util.UUID;

/** A topic, wherever its partitions live. The object follows changes of the configuration. */
public interface Topic {
    TopicName name();

    /** Tells a topic from an earlier one of the same name. */
    UUID id();

    TopicConfig config();

    /** In their order; grows when partitions are added. */
    List<Partition> partitions();

    /** All partitions together. Cheap. */
    default LogStats stats() {
        LogStats sum = LogStats.ZERO;
        for (Partition partition : partitions()) {
            sum = sum.plus(partition.stats());
        }
        return sum;
    }

    /** Fails with PARTITION_NOT_FOUND. */
    Partition partition(int number);
}
