package io.tributary.core.model;

/** One partition of a topic; partitions are counted from 0. */
public record PartitionId(TopicName topic, int partition) {
    /** Refuses a negative number with {@link ErrorCode#INVALID_ARGUMENT}. */
    public PartitionId {
        if (partition < 0) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "negative partition " + partition);
        }
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
