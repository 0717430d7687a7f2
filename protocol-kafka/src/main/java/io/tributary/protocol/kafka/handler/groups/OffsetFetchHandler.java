package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import io.tributary.protocol.kafka.translate.TopicIds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.jspecify.annotations.Nullable;

/** OffsetFetch: of one group or (version 8) several, of some topics or all; topics by name or (version 10) by identifier. */
public final class OffsetFetchHandler extends GroupHandler<OffsetFetchRequest> {
    private final TopicLookup lookup;

    public OffsetFetchHandler(GroupCoordinators coordinators, Topics topics) {
        super(ApiKeys.OFFSET_FETCH, OffsetFetchRequest.class, coordinators);
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, OffsetFetchRequest request) {
        return coordinator(call).thenCompose(coordinator -> {
            List<CompletableFuture<OffsetFetchResponseGroup>> groups = new ArrayList<>();
            for (OffsetFetchRequestGroup group : request.groups()) {
                groups.add(fetch(call, coordinator, request, group).exceptionally(failure ->
                    OffsetFetchResponse.groupError(group, KafkaErrors.of(failure), request.version())).toCompletableFuture());
            }
            return CompletableFuture.allOf(groups.toArray(CompletableFuture[]::new)).thenApply(done -> new Reply.Message(
                new OffsetFetchResponse.Builder(groups.stream().map(CompletableFuture::join).toList()).build(request.version()).data()));
        });
    }

    private CompletionStage<OffsetFetchResponseGroup> fetch(Call call, GroupCoordinator coordinator, OffsetFetchRequest request,
                                                            OffsetFetchRequestGroup group) {
        if (!call.caller().mayOnGroup(Operation.DESCRIBE, group.groupId())) {
            return CompletableFuture.completedFuture(
                OffsetFetchResponse.groupError(group, Errors.GROUP_AUTHORIZATION_FAILED, request.version()));
        }
        boolean byId = OffsetFetchRequest.useTopicIds(request.version());
        OffsetFetchRequestGroup forwarded = group.duplicate();
        List<OffsetFetchResponseTopics> refused = new ArrayList<>();
        if (!OffsetFetchRequest.requestAllOffsets(group)) {
            List<OffsetFetchRequestTopics> named = new ArrayList<>();
            for (OffsetFetchRequestTopics asked : group.topics()) {
                if (byId) {
                    TopicLookup.Result found = lookup.byId(call, asked.topicId(), Operation.DESCRIBE);
                    addNamed(asked, found.topic() == null ? null : found.topic().name().name(), found.error(), named, refused);
                } else {
                    boolean allowed = call.caller().mayOnTopic(Operation.DESCRIBE, asked.name());
                    addNamed(asked, asked.name(), allowed ? Errors.NONE : Errors.TOPIC_AUTHORIZATION_FAILED, named, refused);
                }
            }
            forwarded.setTopics(named);
        }
        return coordinator.fetchOffsets(call.context(), forwarded, request.requireStable()).thenApply(found -> {
            if (found.errorCode() != Errors.NONE.code()) {
                return found;
            }
            List<OffsetFetchResponseTopics> topics = new ArrayList<>(refused);
            for (OffsetFetchResponseTopics topic : found.topics()) {
                if (call.caller().mayOnTopic(Operation.DESCRIBE, topic.name()) && (!byId || identify(call, topic))) {
                    topics.add(topic);
                }
            }
            return found.setTopics(topics);
        });
    }

    private boolean identify(Call call, OffsetFetchResponseTopics topic) {
        Topic found = lookup.byName(call, topic.name(), Operation.DESCRIBE).topic();
        if (found != null) {
            topic.setTopicId(TopicIds.toKafka(found.id()));
        }
        return found != null;
    }

    private static void addNamed(OffsetFetchRequestTopics asked, @Nullable String name, Errors error,
                                 List<OffsetFetchRequestTopics> named, List<OffsetFetchResponseTopics> refused) {
        if (error == Errors.NONE && name != null) {
            named.add(asked.duplicate().setName(name));
            return;
        }
        refused.add(new OffsetFetchResponseTopics().setName(asked.name()).setTopicId(asked.topicId()).setPartitions(
            asked.partitionIndexes().stream().map(partition -> new OffsetFetchResponsePartitions().setPartitionIndex(partition)
                .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET).setMetadata(OffsetFetchResponse.NO_METADATA)
                .setErrorCode(error.code())).toList()));
    }
}
