package io.tributary.protocol.kafka.handler.topics;

import io.tributary.core.api.Broker;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import io.tributary.protocol.kafka.translate.TopicIds;
import io.tributary.protocol.kafka.translate.TopicSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/** CreateTopics: one replica, on this node; only configs that are enforced; names kept for the broker are refused. */
public final class CreateTopicsHandler extends ApiHandler<CreateTopicsRequest> {
    /** As in Kafka's controller; also of CreatePartitions. */
    static final int MAX_PARTITIONS_PER_REQUEST = 10_000;
    private static final short UNKNOWN = -1;

    private final Broker broker;
    private final TopicCreation creation;

    public CreateTopicsHandler(Broker broker) {
        super(ApiKeys.CREATE_TOPICS, CreateTopicsRequest.class);
        this.broker = broker;
        this.creation = new TopicCreation(broker);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, CreateTopicsRequest request) {
        requireFew(request);
        List<CompletableFuture<CreatableTopicResult>> results = new ArrayList<>();
        for (CreatableTopic topic : request.data().topics()) {
            results.add(create(call, topic, request.data().validateOnly()));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).thenApply(done -> {
            CreateTopicsResponseData response = new CreateTopicsResponseData();
            results.forEach(result -> response.topics().add(result.join()));
            return new Reply.Message(response);
        });
    }

    private void requireFew(CreateTopicsRequest request) {
        long partitions = 0;
        for (CreatableTopic topic : request.data().topics()) {
            if (!topic.assignments().isEmpty()) {
                partitions += topic.assignments().size();
            } else if (topic.numPartitions() == CreateTopicsRequest.NO_NUM_PARTITIONS) {
                partitions += broker.topics().defaults().partitions();
            } else {
                partitions += Math.max(0, topic.numPartitions());
            }
        }
        if (partitions > MAX_PARTITIONS_PER_REQUEST) {
            throw new PolicyViolationException("Excessively large number of partitions per request.");
        }
    }

    private CompletableFuture<CreatableTopicResult> create(Call call, CreatableTopic asked, boolean validateOnly) {
        TopicCreation.Checked checked;
        try {
            checked = creation.check(call, asked);
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failed(asked, e));
        }
        if (validateOnly) {
            return CompletableFuture.completedFuture(created(call, asked, checked.config(), null));
        }
        return creation.create(checked)
            .handle((topic, failure) -> failure == null ? created(call, asked, topic.config(), topic.id()) : failed(asked, failure))
            .toCompletableFuture();
    }

    private CreatableTopicResult created(Call call, CreatableTopic asked, TopicConfig config, @Nullable UUID id) {
        if (!call.caller().mayOnTopic(Operation.DESCRIBE_CONFIGS, asked.name())) {
            CreatableTopicResult brief = new CreatableTopicResult().setName(asked.name()).setNumPartitions(UNKNOWN)
                .setReplicationFactor(UNKNOWN).setTopicConfigErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
            return id == null ? brief : brief.setTopicId(TopicIds.toKafka(id));
        }
        TopicConfig defaults = broker.topics().defaults();
        List<CreatableTopicConfigs> configs = new ArrayList<>();
        for (TopicSetting setting : TopicSetting.values()) {
            String value = setting.read(config);
            ConfigSource source = value.equals(setting.read(defaults)) ? ConfigSource.DEFAULT_CONFIG : ConfigSource.TOPIC_CONFIG;
            configs.add(new CreatableTopicConfigs().setName(setting.configName()).setValue(value).setReadOnly(setting.isFixed())
                .setConfigSource(source.id()));
        }
        CreatableTopicResult result = new CreatableTopicResult().setName(asked.name()).setNumPartitions(config.partitions())
            .setReplicationFactor(SingleReplica.FACTOR).setConfigs(configs);
        return id == null ? result : result.setTopicId(TopicIds.toKafka(id));
    }

    private static CreatableTopicResult failed(CreatableTopic asked, Throwable failure) {
        return new CreatableTopicResult().setName(asked.name()).setErrorCode(KafkaErrors.of(failure).code())
            .setErrorMessage(KafkaErrors.message(failure));
    }
}
