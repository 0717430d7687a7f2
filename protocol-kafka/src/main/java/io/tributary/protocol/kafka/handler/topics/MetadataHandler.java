package io.tributary.protocol.kafka.handler.topics;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.AuthorizedOperations;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import io.tributary.protocol.kafka.translate.SpreadResults;
import io.tributary.protocol.kafka.translate.TopicIds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopicCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;

/** Metadata: this node leads everything. A topic that a client names is made if the client, the configuration and the core allow it. */
public final class MetadataHandler extends ApiHandler<MetadataRequest> {
    /** Topics that one request may make. The others are not there yet, and the client asks again. */
    private static final int MAX_CREATED = 1_000;

    /** More topics and partitions are not told of on an event loop. */
    private static final int FEW = 1_000;

    private final Broker broker;
    private final Executor aside;
    private final TopicLookup lookup;
    private final boolean autoCreate;

    /** How many topics a request may still make. */
    private static final class Creations {
        private int left;

        Creations(int left) {
            this.left = left;
        }
    }

    /**
     * Tells of the broker's topics.
     *
     * @param aside where long answers are made
     */
    public MetadataHandler(Broker broker, boolean autoCreate, Executor aside) {
        super(ApiKeys.METADATA, MetadataRequest.class);
        this.aside = aside;
        this.broker = broker;
        this.lookup = new TopicLookup(broker.topics());
        this.autoCreate = autoCreate;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, MetadataRequest request) {
        return request.isAllTopics() || request.data().topics().size() > FEW
            ? CompletableFuture.supplyAsync(() -> describe(call, request), aside).thenCompose(described -> described)
            : describe(call, request);
    }

    private CompletionStage<Reply> describe(Call call, MetadataRequest request) {
        List<CompletableFuture<MetadataResponseTopic>> topics = new ArrayList<>();
        boolean withOperations = request.data().includeTopicAuthorizedOperations();
        if (request.isAllTopics()) {
            for (Topic topic : lookup.visible(call)) {
                topics.add(CompletableFuture.completedFuture(describe(call, topic, withOperations)));
            }
        } else {
            Creations creations = new Creations(autoCreate && request.allowAutoTopicCreation() ? MAX_CREATED : 0);
            for (MetadataRequestTopic asked : request.data().topics()) {
                topics.add(describe(call, asked, withOperations, creations));
            }
        }
        MetadataResponseData response = new MetadataResponseData().setClusterId(broker.clusterId()).setControllerId(broker.nodeId());
        response.brokers().add(new MetadataResponseBroker().setNodeId(broker.nodeId()).setHost(call.caller().host())
            .setPort(call.caller().port()));
        if (request.data().includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.onCluster(call.caller()));
        }
        return CompletableFuture.allOf(topics.toArray(CompletableFuture[]::new)).thenApply(done -> {
            MetadataResponseTopicCollection described = new MetadataResponseTopicCollection(topics.size());
            long size = 0;
            for (CompletableFuture<MetadataResponseTopic> topic : topics) {
                described.add(topic.join());
                size += 1 + topic.join().partitions().size();
            }
            return new Reply.Message(response.setTopics(described), size > FEW);
        });
    }

    private CompletableFuture<MetadataResponseTopic> describe(Call call, MetadataRequestTopic asked, boolean withOperations,
                                                              Creations creations) {
        String name = asked.name();
        boolean byId = !asked.topicId().equals(Uuid.ZERO_UUID);
        TopicLookup.Result found = byId
            ? lookup.byId(call, asked.topicId(), Operation.DESCRIBE)
            : lookup.byName(call, name, Operation.DESCRIBE);
        Topic topic = found.topic();
        if (topic != null) {
            return CompletableFuture.completedFuture(describe(call, topic, withOperations));
        }
        if (byId) {
            // Whoever may not see a topic is not told that there is one.
            return CompletableFuture.completedFuture(failed(asked, Errors.UNKNOWN_TOPIC_ID));
        }
        boolean create = found.error() == Errors.UNKNOWN_TOPIC_OR_PARTITION && creations.left > 0 && !TopicName.isInternal(name);
        if (!create) {
            return CompletableFuture.completedFuture(failed(asked, found.error()));
        }
        if (!call.caller().mayOnCluster(Operation.CREATE) && !call.caller().mayOnTopic(Operation.CREATE, name)) {
            return CompletableFuture.completedFuture(failed(asked, Errors.TOPIC_AUTHORIZATION_FAILED));
        }
        creations.left--;
        return broker.topics().getOrAutoCreate(new TopicName(call.namespace(), name))
            .handle((created, failure) -> failure == null
                ? describe(call, created, withOperations)
                : failed(asked, KafkaErrors.of(failure)))
            .toCompletableFuture();
    }

    private static MetadataResponseTopic failed(MetadataRequestTopic asked, Errors error) {
        return SpreadResults.metadataTopic().setName(asked.name()).setTopicId(asked.topicId()).setErrorCode(error.code())
            .setIsInternal(asked.name() != null && TopicName.isInternal(asked.name()));
    }

    private MetadataResponseTopic describe(Call call, Topic topic, boolean withOperations) {
        List<Partition> partitions = topic.partitions();
        List<MetadataResponsePartition> described = new ArrayList<>(partitions.size());
        List<Integer> nodes = List.of(broker.nodeId());
        for (Partition partition : partitions) {
            described.add(new MetadataResponsePartition().setPartitionIndex(partition.id().partition()).setLeaderId(broker.nodeId())
                .setLeaderEpoch(partition.leaderEpoch()).setReplicaNodes(nodes).setIsrNodes(nodes));
        }
        MetadataResponseTopic response = SpreadResults.metadataTopic().setName(topic.name().name()).setTopicId(TopicIds.toKafka(topic.id()))
            .setIsInternal(topic.name().isInternal()).setPartitions(described);
        if (withOperations) {
            response.setTopicAuthorizedOperations(AuthorizedOperations.onTopic(call.caller(), topic.name().name()));
        }
        return response;
    }
}
