package io.tributary.protocol.kafka.handler.records;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;

/** What a fetch reads, and what of it is told. */
interface FetchPlan {
    /** In the order in which they are read until the response is full. */
    List<WantedPartition> wanted();

    /** Whether the client needs this partition's part of the response. Asked once for each, in their order. */
    boolean tells(WantedPartition wanted, PartitionData data);

    /** Of the session that goes on with what was told; called last. */
    int sessionId();

    /** All that the request names, and nothing is remembered. */
    static FetchPlan full(FetchRequest request) {
        List<WantedPartition> wanted = named(request);
        return new FetchPlan() {
            @Override
            public List<WantedPartition> wanted() {
                return wanted;
            }

            @Override
            public boolean tells(WantedPartition partition, PartitionData data) {
                return true;
            }

            @Override
            public int sessionId() {
                return FetchMetadata.INVALID_SESSION_ID;
            }
        };
    }

    /** The partitions that a request names. */
    static List<WantedPartition> named(FetchRequest request) {
        List<WantedPartition> named = new ArrayList<>();
        for (FetchTopic topic : request.data().topics()) {
            for (FetchPartition partition : topic.partitions()) {
                named.add(new WantedPartition(topic.topic(), topic.topicId(), partition));
            }
        }
        return named;
    }
}
