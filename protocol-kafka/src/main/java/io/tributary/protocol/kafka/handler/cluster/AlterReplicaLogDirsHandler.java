package io.tributary.protocol.kafka.handler.cluster;

import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterReplicaLogDirsRequest;

/** AlterReplicaLogDirs: there is one directory, in which everything is; another is not found. */
public final class AlterReplicaLogDirsHandler extends ApiHandler<AlterReplicaLogDirsRequest> {
    private final TopicLookup lookup;

    public AlterReplicaLogDirsHandler(Topics topics) {
        super(ApiKeys.ALTER_REPLICA_LOG_DIRS, AlterReplicaLogDirsRequest.class);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, AlterReplicaLogDirsRequest request) {
        call.caller().requireOnCluster(Operation.ALTER);
        Map<String, AlterReplicaLogDirTopicResult> results = new LinkedHashMap<>();
        for (AlterReplicaLogDir directory : request.data().dirs()) {
            for (AlterReplicaLogDirTopic topic : directory.topics()) {
                TopicLookup.Result found = lookup.byName(call, topic.name(), Operation.DESCRIBE);
                for (int number : topic.partitions()) {
                    results.computeIfAbsent(topic.name(), name -> new AlterReplicaLogDirTopicResult().setTopicName(name)).partitions()
                        .add(new AlterReplicaLogDirPartitionResult().setPartitionIndex(number)
                            .setErrorCode(move(directory.path(), found, number).code()));
                }
            }
        }
        AlterReplicaLogDirsResponseData response = new AlterReplicaLogDirsResponseData();
        response.results().addAll(results.values());
        return Reply.now(response);
    }

    private static Errors move(String path, TopicLookup.Result topic, int number) {
        if (!path.equals(DescribeLogDirsHandler.LOG_DIR)) {
            return Errors.LOG_DIR_NOT_FOUND;
        }
        return TopicLookup.partition(topic.topic(), number) == null ? Errors.REPLICA_NOT_AVAILABLE : Errors.NONE;
    }
}
