package io.tributary.protocol.kafka.handler.records;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;

/**
 * A partition that a fetch is to read.
 *
 * @param topic empty where the identifier counts
 */
record WantedPartition(String topic, Uuid topicId, FetchPartition request) {
    boolean isOfSameTopic(WantedPartition other) {
        return topicId.equals(other.topicId) && topic.equals(other.topic);
    }
}
