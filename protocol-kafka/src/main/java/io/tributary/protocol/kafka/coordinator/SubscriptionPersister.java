package io.tributary.protocol.kafka.coordinator;

import io.tributary.core.api.Subscription;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.api.stats.PartitionProgress;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.kafka.share.ShareSettings;
import io.tributary.protocol.kafka.share.ShareSubscriptions;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import io.tributary.protocol.kafka.translate.TopicIds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateResult;
import org.apache.kafka.server.share.persister.GroupTopicPartitionData;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateParameters;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateResult;
import org.apache.kafka.server.share.persister.NoOpStatePersister;
import org.apache.kafka.server.share.persister.PartitionErrorData;
import org.apache.kafka.server.share.persister.PartitionFactory;
import org.apache.kafka.server.share.persister.PartitionIdData;
import org.apache.kafka.server.share.persister.PartitionStateData;
import org.apache.kafka.server.share.persister.PartitionStateSummaryData;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryResult;
import org.apache.kafka.server.share.persister.TopicData;
import org.jspecify.annotations.Nullable;

/**
 * What the group coordinator takes for the share coordinator. Kafka keeps the state of a share-partition as batches of offsets; here it is
 * the subscription's, and nothing is kept twice: a share-partition is initialised by binding its topic, deleted with the subscription,
 * and its summary is how far the subscription is. States as such are neither read nor written by the group coordinator.
 */
final class SubscriptionPersister extends NoOpStatePersister {
    private final Topics topics;
    private final Namespace namespace;
    private final ShareSubscriptions subscriptions;
    private final Function<String, ShareSettings> settings;

    /**
     * For one namespace.
     *
     * @param settings of a group
     */
    SubscriptionPersister(Topics topics, Namespace namespace, ShareSubscriptions subscriptions, Function<String, ShareSettings> settings) {
        this.topics = topics;
        this.namespace = namespace;
        this.subscriptions = subscriptions;
        this.settings = settings;
    }

    @Override
    public CompletableFuture<InitializeShareGroupStateResult> initializeState(InitializeShareGroupStateParameters request) {
        GroupTopicPartitionData<PartitionStateData> data = request.groupTopicPartitionData();
        return attempt(() -> initialize(data)).handle((done, failure) ->
            new InitializeShareGroupStateResult.Builder().setTopicsData(errors(data, failure)).build()).toCompletableFuture();
    }

    private CompletionStage<?> initialize(GroupTopicPartitionData<PartitionStateData> data) {
        Map<Topic, List<PartitionStateData>> found = known(data);
        ShareSettings wanted = settings.apply(data.groupId());
        Map<PartitionId, Long> offsets = new HashMap<>();
        found.forEach((topic, partitions) -> partitions.stream()
            .filter(partition -> partition.startOffset() != PartitionFactory.UNINITIALIZED_START_OFFSET)
            .forEach(partition -> offsets.put(new PartitionId(topic.name(), partition.partition()), partition.startOffset())));
        return offsets.isEmpty()
            ? subscriptions.bind(namespace, data.groupId(), names(found), wanted)
            : subscriptions.seek(namespace, data.groupId(), offsets, wanted);
    }

    @Override
    public CompletableFuture<DeleteShareGroupStateResult> deleteState(DeleteShareGroupStateParameters request) {
        GroupTopicPartitionData<PartitionIdData> data = request.groupTopicPartitionData();
        return attempt(() -> subscriptions.forget(namespace, data.groupId(), names(known(data)))).handle((done, failure) ->
            new DeleteShareGroupStateResult.Builder().setTopicsData(errors(data, failure)).build()).toCompletableFuture();
    }

    @Override
    public CompletableFuture<ReadShareGroupStateSummaryResult> readSummary(ReadShareGroupStateSummaryParameters request) {
        var data = request.groupTopicPartitionData();
        return attempt(() -> progress(data.groupId())).handle((progress, failure) -> {
            List<TopicData<PartitionStateSummaryData>> all = new ArrayList<>();
            for (var topic : data.topicsData()) {
                Topic found = topics.find(TopicIds.toCore(topic.topicId()));
                all.add(new TopicData<>(topic.topicId(), topic.partitions().stream().map(partition ->
                    summary(found, partition.partition(), progress == null ? Map.of() : progress, failure)).toList()));
            }
            return new ReadShareGroupStateSummaryResult.Builder().setTopicsData(all).build();
        }).toCompletableFuture();
    }

    private CompletionStage<Map<PartitionId, PartitionProgress>> progress(String group) {
        Subscription subscription = subscriptions.find(namespace, group);
        if (subscription == null) {
            return CompletableFuture.completedFuture(Map.of());
        }
        return subscription.progress().thenApply(all -> {
            Map<PartitionId, PartitionProgress> byPartition = new HashMap<>();
            all.forEach(progress -> byPartition.put(progress.partition(), progress));
            return byPartition;
        });
    }

    private static PartitionStateSummaryData summary(@Nullable Topic topic, int number, Map<PartitionId, PartitionProgress> progress,
                                                     @Nullable Throwable failure) {
        if (failure != null) {
            return PartitionFactory.newPartitionStateSummaryData(number, PartitionFactory.DEFAULT_STATE_EPOCH,
                PartitionFactory.UNINITIALIZED_START_OFFSET, PartitionFactory.UNINITIALIZED_DELIVERY_COMPLETE_COUNT,
                PartitionFactory.DEFAULT_LEADER_EPOCH, KafkaErrors.of(failure).code(), KafkaErrors.message(failure));
        }
        PartitionProgress found = topic == null ? null : progress.get(new PartitionId(topic.name(), number));
        int leaderEpoch = topic == null || number >= topic.partitions().size()
            ? PartitionFactory.DEFAULT_LEADER_EPOCH
            : topic.partition(number).leaderEpoch();
        return PartitionFactory.newPartitionStateSummaryData(number, PartitionFactory.DEFAULT_STATE_EPOCH,
            found == null ? PartitionFactory.UNINITIALIZED_START_OFFSET : found.floor(),
            found == null
                ? PartitionFactory.UNINITIALIZED_DELIVERY_COMPLETE_COUNT
                : (int) Math.min(Integer.MAX_VALUE, found.settledAbove()),
            leaderEpoch, PartitionFactory.DEFAULT_ERROR_CODE, PartitionFactory.DEFAULT_ERR_MESSAGE);
    }

    /** Of the topics asked about those that are there; what is gone needs nothing. */
    private <P extends PartitionIdData> Map<Topic, List<P>> known(GroupTopicPartitionData<P> data) {
        Map<Topic, List<P>> found = new HashMap<>();
        for (TopicData<P> asked : data.topicsData()) {
            Topic topic = topics.find(TopicIds.toCore(asked.topicId()));
            if (topic != null) {
                found.put(topic, asked.partitions());
            }
        }
        return found;
    }

    private static Set<TopicName> names(Map<Topic, ?> found) {
        Set<TopicName> names = new HashSet<>();
        found.keySet().forEach(topic -> names.add(topic.name()));
        return names;
    }

    private static <P extends PartitionIdData> List<TopicData<PartitionErrorData>> errors(GroupTopicPartitionData<P> data,
                                                                                         @Nullable Throwable failure) {
        short code = failure == null ? Errors.NONE.code() : KafkaErrors.of(failure).code();
        String message = failure == null ? PartitionFactory.DEFAULT_ERR_MESSAGE : KafkaErrors.message(failure);
        List<TopicData<PartitionErrorData>> all = new ArrayList<>();
        for (TopicData<P> topic : data.topicsData()) {
            Uuid id = topic.topicId();
            all.add(new TopicData<>(id, topic.partitions().stream()
                .map(partition -> PartitionFactory.newPartitionErrorData(partition.partition(), code, message)).toList()));
        }
        return all;
    }

    private static <T> CompletionStage<T> attempt(Attempt<T> attempt) {
        try {
            return attempt.begin();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What may fail at once, too. */
    private interface Attempt<T> {
        CompletionStage<T> begin();
    }
}
