package io.tributary.protocol.kafka.translate;

import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;

/**
 * Parts of answers to lists in which a client may name the same thing, or things of the same hash, as often as it wants. Kafka's classes
 * put them into hash tables, in which 4,000 of one hash take seconds; these have each a hash of its own, for nobody looks for them there.
 */
public final class SpreadResults {
    private SpreadResults() {
    }

    public static MetadataResponseTopic metadataTopic() {
        return new MetadataResponseTopic() {
            @Override
            public boolean equals(Object other) {
                return this == other;
            }

            @Override
            public int hashCode() {
                return System.identityHashCode(this);
            }
        };
    }

    public static DescribeTopicPartitionsResponseTopic describedTopic() {
        return new DescribeTopicPartitionsResponseTopic() {
            @Override
            public boolean equals(Object other) {
                return this == other;
            }

            @Override
            public int hashCode() {
                return System.identityHashCode(this);
            }
        };
    }

    public static DeletableTopicResult deletedTopic() {
        return new DeletableTopicResult() {
            @Override
            public boolean equals(Object other) {
                return this == other;
            }

            @Override
            public int hashCode() {
                return System.identityHashCode(this);
            }
        };
    }

    public static DeletableGroupResult deletedGroup() {
        return new DeletableGroupResult() {
            @Override
            public boolean equals(Object other) {
                return this == other;
            }

            @Override
            public int hashCode() {
                return System.identityHashCode(this);
            }
        };
    }

    public static DeleteRecordsTopicResult shortenedTopic() {
        return new DeleteRecordsTopicResult() {
            @Override
            public boolean equals(Object other) {
                return this == other;
            }

            @Override
            public int hashCode() {
                return System.identityHashCode(this);
            }
        };
    }

    public static DeleteRecordsPartitionResult shortenedPartition() {
        return new DeleteRecordsPartitionResult() {
            @Override
            public boolean equals(Object other) {
                return this == other;
            }

            @Override
            public int hashCode() {
                return System.identityHashCode(this);
            }
        };
    }
}
