package io.tributary.protocol.kafka.handler.topics;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.AuthorizedOperations;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.SpreadResults;
import io.tributary.protocol.kafka.translate.TopicIds;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;

/** DescribeTopicPartitions (KIP-966): topics by name, a bounded number of partitions an answer, a cursor for what is left. */
public final class DescribeTopicPartitionsHandler extends ApiHandler<DescribeTopicPartitionsRequest> {
    /** Kafka's default of max.request.partition.size.limit. */
    private static final int MAX_PARTITIONS = 2000;

    private final Broker broker;
    private final TopicLookup lookup;

    public DescribeTopicPartitionsHandler(Broker broker) {
        super(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, DescribeTopicPartitionsRequest.class);
        this.broker = broker;
        this.lookup = new TopicLookup(broker.topics());
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeTopicPartitionsRequest request) {
        Cursor cursor = request.data().cursor();
        TreeSet<String> names = new TreeSet<>();
        if (request.data().topics().isEmpty()) {
            lookup.visible(call).forEach(topic -> names.add(topic.name().name()));
        } else {
            request.data().topics().forEach(topic -> names.add(topic.name()));
        }
        int room = Math.max(1, Math.min(request.data().responsePartitionLimit(), MAX_PARTITIONS));
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        for (String name : cursor == null ? names : names.tailSet(cursor.topicName())) {
            int first = cursor != null && cursor.topicName().equals(name) ? Math.max(0, cursor.partitionIndex()) : 0;
            if (room == 0) {
                response.setNextCursor(next(name, first));
                break;
            }
            TopicLookup.Result found = lookup.byName(call, name, Operation.DESCRIBE);
            Topic topic = found.topic();
            if (topic == null) {
                response.topics().add(SpreadResults.describedTopic().setName(name).setErrorCode(found.error().code()));
                continue;
            }
            int last = Math.min(topic.partitions().size(), first + room);
            response.topics().add(describe(call, topic, first, last));
            room -= Math.max(0, last - first);
            if (last < topic.partitions().size()) {
                response.setNextCursor(next(name, last));
                break;
            }
        }
        return Reply.now(response);
    }

    private static DescribeTopicPartitionsResponseData.Cursor next(String topic, int partition) {
        return new DescribeTopicPartitionsResponseData.Cursor().setTopicName(topic).setPartitionIndex(partition);
    }

    private DescribeTopicPartitionsResponseTopic describe(Call call, Topic topic, int first, int last) {
        List<Integer> nodes = List.of(broker.nodeId());
        List<Partition> all = topic.partitions();
        List<DescribeTopicPartitionsResponsePartition> described = new ArrayList<>();
        for (int i = first; i < last; i++) {
            described.add(new DescribeTopicPartitionsResponsePartition().setPartitionIndex(i).setLeaderId(broker.nodeId())
                .setLeaderEpoch(all.get(i).leaderEpoch()).setReplicaNodes(nodes).setIsrNodes(nodes)
                .setEligibleLeaderReplicas(List.of()).setLastKnownElr(List.of()));
        }
        String name = topic.name().name();
        return SpreadResults.describedTopic().setName(name).setTopicId(TopicIds.toKafka(topic.id()))
            .setIsInternal(topic.name().isInternal()).setPartitions(described)
            .setTopicAuthorizedOperations(AuthorizedOperations.onTopic(call.caller(), name));
    }
}
