package io.tributary.core.log;

import io.tributary.core.model.PartitionId;

/** Tells retention how far a partition is consumed. Called on log threads; must answer at once. */
@FunctionalInterface
public interface ConsumedFloor {
    /**
     * The offset before which every subscription of the topic has acknowledged everything; the high watermark when there is no
     * subscription, and 0 when it is not known.
     */
    long consumedBefore(PartitionId partition, long highWatermark);
}
