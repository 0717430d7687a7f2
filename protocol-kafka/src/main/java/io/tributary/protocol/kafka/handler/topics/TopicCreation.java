package io.tributary.protocol.kafka.handler.topics;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Topic;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.translate.TopicSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.jspecify.annotations.Nullable;

/** Makes topics as Kafka's requests describe them. */
public final class TopicCreation {
    private final Broker broker;

    public TopicCreation(Broker broker) {
        this.broker = broker;
    }

    /** What is to be made, once it was found that it may be. */
    record Checked(TopicName name, TopicConfig config) {
    }

    /** Fails with the exception that is the topic's error. */
    Checked check(Call call, CreatableTopic asked) {
        return new Checked(checkName(call, asked.name()), checkConfig(asked));
    }

    CompletionStage<Topic> create(Checked checked) {
        return broker.topics().create(checked.name, checked.config);
    }

    /** Whether the caller may make a topic of this name. */
    public static boolean mayCreate(Call call, String name) {
        return call.caller().mayOnCluster(Operation.CREATE) || call.caller().mayOnTopic(Operation.CREATE, name);
    }

    /** Checks and makes a topic; fails with the exception that is its error. */
    public CompletionStage<Topic> create(Call call, CreatableTopic asked) {
        return create(check(call, asked));
    }

    private TopicName checkName(Call call, String name) {
        if (!mayCreate(call, name)) {
            throw new TopicAuthorizationException("may not create topic " + name);
        }
        TopicName topicName = new TopicName(call.namespace(), name);
        if (topicName.isInternal()) {
            throw new InvalidTopicException("names that begin with __ are kept for the broker");
        }
        if (broker.topics().find(topicName) != null) {
            throw new TopicExistsException("Topic '" + name + "' already exists.");
        }
        return topicName;
    }

    private TopicConfig checkConfig(CreatableTopic asked) {
        TopicConfig defaults = broker.topics().defaults();
        int partitions = asked.numPartitions() == CreateTopicsRequest.NO_NUM_PARTITIONS ? defaults.partitions() : asked.numPartitions();
        if (asked.assignments().isEmpty()) {
            SingleReplica.checkFactor(asked.replicationFactor());
        } else {
            partitions = SingleReplica.checkAssignments(asked, broker.nodeId());
        }
        if (partitions < 1 || partitions > TopicConfig.MAX_PARTITIONS) {
            throw new InvalidPartitionsException("a topic has 1 to " + TopicConfig.MAX_PARTITIONS + " partitions");
        }
        Map<String, @Nullable String> configs = new HashMap<>();
        asked.configs().forEach(config -> configs.put(config.name(), config.value()));
        return TopicSettings.change(defaults.withPartitions(partitions), configs, defaults);
    }
}
