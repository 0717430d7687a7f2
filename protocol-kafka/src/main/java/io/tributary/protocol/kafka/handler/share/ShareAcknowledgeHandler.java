package io.tributary.protocol.kafka.handler.share;

import io.tributary.core.api.Topics;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidShareSessionEpochException;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgePartition;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgeTopic;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData.PartitionData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData.ShareAcknowledgeTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareAcknowledgeRequest;
import org.apache.kafka.common.requests.ShareRequestMetadata;

/** ShareAcknowledge: settles what a member has acquired; with the last epoch ends its session, too. */
public final class ShareAcknowledgeHandler extends ApiHandler<ShareAcknowledgeRequest> {
    private final GroupCoordinators coordinators;
    private final ShareSessions sessions;
    private final TopicLookup lookup;

    public ShareAcknowledgeHandler(GroupCoordinators coordinators, ShareSessions sessions, Topics topics) {
        super(ApiKeys.SHARE_ACKNOWLEDGE, ShareAcknowledgeRequest.class);
        this.coordinators = coordinators;
        this.sessions = sessions;
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ShareAcknowledgeRequest request) {
        ShareAcknowledgeRequestData data = request.data();
        ShareSession.Key key = ShareRequest.key(call, data.groupId(), data.memberId());
        if (data.shareSessionEpoch() == ShareRequestMetadata.INITIAL_EPOCH) {
            throw new InvalidShareSessionEpochException("a session begins with a ShareFetch");
        }
        return coordinators.shareSettings(call.namespace(), key.group()).thenComposeAsync(settings -> {
            ShareSessions.Opened opened = sessions.open(key, data.shareSessionEpoch(), settings, call.connectionEnd());
            ShareSession session = opened.session();
            return session == null
                ? Reply.now(request.getErrorResponse(0, opened.error().exception()).data())
                : settle(data, session, new ReadablePartitions(call, lookup));
        }, call.loop());
    }

    private CompletionStage<Reply> settle(ShareAcknowledgeRequestData data, ShareSession session, ReadablePartitions readable) {
        List<CompletableFuture<ShareAcknowledgeTopicResponse>> topics = new ArrayList<>();
        for (AcknowledgeTopic topic : data.topics()) {
            List<CompletableFuture<PartitionData>> partitions = new ArrayList<>();
            for (AcknowledgePartition partition : topic.partitions()) {
                SharePartition named = new SharePartition(topic.topicId(), partition.partitionIndex());
                List<Acknowledgement> all = partition.acknowledgementBatches().stream().map(Acknowledgement::of).toList();
                Errors refused = readable.check(named);
                partitions.add((refused == Errors.NONE ? session.settle(named, readable.log(named), all, data.isRenewAck())
                    : CompletableFuture.completedFuture(refused))
                    .thenApply(error -> outcome(partition.partitionIndex(), error)).toCompletableFuture());
            }
            topics.add(all(partitions).thenApply(settled ->
                new ShareAcknowledgeTopicResponse().setTopicId(topic.topicId()).setPartitions(settled)));
        }
        CompletableFuture<List<ShareAcknowledgeTopicResponse>> settled = all(topics);
        CompletionStage<?> over = data.shareSessionEpoch() == ShareRequestMetadata.FINAL_EPOCH
            ? settled.thenCompose(done -> sessions.close(session))
            : settled;
        return over.thenApply(done -> {
            ShareAcknowledgeResponseData response = new ShareAcknowledgeResponseData()
                .setAcquisitionLockTimeoutMs((int) session.settings().lock().toMillis());
            settled.join().forEach(topic -> response.responses().add(topic));
            return new Reply.Message(response);
        });
    }

    private static PartitionData outcome(int partition, Errors error) {
        return new PartitionData().setPartitionIndex(partition).setErrorCode(error.code())
            .setErrorMessage(error == Errors.NONE ? null : error.message());
    }

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> stages) {
        return CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new))
            .thenApply(done -> stages.stream().map(CompletableFuture::join).toList());
    }
}
