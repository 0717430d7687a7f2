package io.tributary.protocol.kafka.handler.cluster;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.jspecify.annotations.Nullable;

/** DescribeLogDirs: the sizes of partitions, all in one directory. How large the volume beneath is, is not told. */
public final class DescribeLogDirsHandler extends ApiHandler<DescribeLogDirsRequest> {
    /** The one directory's name for clients. */
    static final String LOG_DIR = "segments";

    private final TopicLookup lookup;

    public DescribeLogDirsHandler(Topics topics) {
        super(ApiKeys.DESCRIBE_LOG_DIRS, DescribeLogDirsRequest.class);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeLogDirsRequest request) {
        if (!call.caller().mayOnCluster(Operation.DESCRIBE)) {
            return Reply.now(new DescribeLogDirsResponseData().setErrorCode(Errors.CLUSTER_AUTHORIZATION_FAILED.code()));
        }
        Map<String, Set<Integer>> asked = asked(request.data().topics());
        DescribeLogDirsResult directory = new DescribeLogDirsResult().setLogDir(LOG_DIR);
        for (Topic topic : lookup.visible(call)) {
            Set<Integer> numbers = asked == null ? Set.of() : asked.get(topic.name().name());
            if (numbers != null) {
                directory.topics().add(describe(topic, asked == null ? null : numbers));
            }
        }
        DescribeLogDirsResponseData response = new DescribeLogDirsResponseData();
        response.results().add(directory);
        return Reply.now(response);
    }

    /** Null for all. */
    private static @Nullable Map<String, Set<Integer>> asked(@Nullable DescribableLogDirTopicCollection topics) {
        if (topics == null) {
            return null;
        }
        Map<String, Set<Integer>> asked = new HashMap<>();
        topics.forEach(topic -> asked.computeIfAbsent(topic.topic(), absent -> new HashSet<>()).addAll(topic.partitions()));
        return asked;
    }

    private static DescribeLogDirsTopic describe(Topic topic, @Nullable Set<Integer> numbers) {
        DescribeLogDirsTopic described = new DescribeLogDirsTopic().setName(topic.name().name());
        for (Partition partition : topic.partitions()) {
            int number = partition.id().partition();
            if (numbers == null || numbers.contains(number)) {
                described.partitions().add(new DescribeLogDirsPartition().setPartitionIndex(number)
                    .setPartitionSize(partition.sizeInBytes()));
            }
        }
        return described;
    }
}
