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
import org.apache.kafka.clients.consumer.internals.ShareAcquireMode;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchPartition;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareFetchRequest;
import org.apache.kafka.common.requests.ShareRequestMetadata;

/**
 * ShareFetch: settles what the member acknowledges, then acquires records for it. One that renews locks brings no records (KIP-1222). The
 * limit of records holds exactly, whichever way of acquiring is asked for (KIP-1206), for records here are not acquired by batches.
 */
public final class ShareFetchHandler extends ApiHandler<ShareFetchRequest> {
    private final GroupCoordinators coordinators;
    private final ShareSessions sessions;
    private final TopicLookup lookup;
    private final int maxBytes;

    /**
     * Serves ShareFetch.
     *
     * @param maxBytes of records in a response; and of what a member may have acquired
     */
    public ShareFetchHandler(GroupCoordinators coordinators, ShareSessions sessions, Topics topics, int maxBytes) {
        super(ApiKeys.SHARE_FETCH, ShareFetchRequest.class);
        this.coordinators = coordinators;
        this.sessions = sessions;
        this.lookup = new TopicLookup(topics);
        this.maxBytes = maxBytes;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ShareFetchRequest request) {
        ShareFetchRequestData data = request.data();
        ShareSession.Key key = ShareRequest.key(call, data.groupId(), data.memberId());
        if (data.shareSessionEpoch() == ShareRequestMetadata.INITIAL_EPOCH && acknowledges(data)) {
            throw new InvalidRequestException("nothing is acquired when a session begins");
        }
        return coordinators.shareSettings(call.namespace(), key.group()).thenComposeAsync(settings -> {
            ShareSessions.Opened opened = sessions.open(key, data.shareSessionEpoch(), settings, call.connectionEnd());
            ShareSession session = opened.session();
            return session == null
                ? Reply.now(request.getErrorResponse(0, opened.error().exception()).data())
                : go(call, data, session);
        }, call.loop());
    }

    private static boolean acknowledges(ShareFetchRequestData data) {
        return data.topics().stream().flatMap(topic -> topic.partitions().stream())
            .anyMatch(partition -> !partition.acknowledgementBatches().isEmpty());
    }

    private CompletionStage<Reply> go(Call call, ShareFetchRequestData data, ShareSession session) {
        ReadablePartitions readable = new ReadablePartitions(call, lookup);
        ShareFetchAnswer answer = new ShareFetchAnswer(readable, session.settings().lock(),
            data.shareAcquireMode() == ShareAcquireMode.RECORD_LIMIT.id() ? 0 : data.batchSize());
        CompletableFuture<?> settled = settle(data, session, readable, answer);
        if (data.shareSessionEpoch() == ShareRequestMetadata.FINAL_EPOCH) {
            return settled.thenCompose(done -> sessions.close(session)).thenApply(done -> answer.reply(List.of()));
        }
        update(data, session, readable, answer);
        if (data.isRenewAck()) {
            return settled.thenApply(done -> answer.reply(List.of()));
        }
        for (SharePartition partition : session.partitions()) {
            answer.fetchError(partition, readable.add(partition));
        }
        ShareFetchOperation operation = new ShareFetchOperation(call, session, readable, data, maxBytes);
        return settled.thenCompose(done -> operation.start(maxBytes)).thenApply(answer::reply);
    }

    private static CompletableFuture<?> settle(ShareFetchRequestData data, ShareSession session, ReadablePartitions readable,
                                                ShareFetchAnswer answer) {
        List<CompletableFuture<?>> settling = new ArrayList<>();
        for (FetchTopic topic : data.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                if (!partition.acknowledgementBatches().isEmpty()) {
                    SharePartition named = new SharePartition(topic.topicId(), partition.partitionIndex());
                    List<Acknowledgement> all = partition.acknowledgementBatches().stream().map(Acknowledgement::of).toList();
                    Errors refused = readable.check(named);
                    settling.add((refused == Errors.NONE ? session.settle(named, readable.log(named), all, data.isRenewAck())
                        : CompletableFuture.completedFuture(refused))
                        .thenAccept(error -> answer.acknowledged(named, error)).toCompletableFuture());
                }
            }
        }
        return CompletableFuture.allOf(settling.toArray(CompletableFuture[]::new));
    }

    /** Partitions that are not there are told of, and not remembered. */
    private static void update(ShareFetchRequestData data, ShareSession session, ReadablePartitions readable, ShareFetchAnswer answer) {
        for (FetchTopic topic : data.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                SharePartition named = new SharePartition(topic.topicId(), partition.partitionIndex());
                Errors error = readable.check(named);
                if (error == Errors.NONE || error == Errors.TOPIC_AUTHORIZATION_FAILED) {
                    session.add(named);
                } else {
                    answer.fetchError(named, error);
                }
            }
        }
        data.forgottenTopicsData().forEach(topic ->
            topic.partitions().forEach(partition -> session.forget(new SharePartition(topic.topicId(), partition))));
    }
}
