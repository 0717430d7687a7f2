package io.tributary.protocol.kafka.handler.configs;

import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;

/** What both ways of altering configs share. */
final class TopicConfigChanges {
    private final Topics topics;
    private final TopicLookup lookup;

    TopicConfigChanges(Topics topics) {
        this.topics = topics;
        this.lookup = new TopicLookup(topics);
    }

    TopicConfig defaults() {
        return topics.defaults();
    }

    /** Fails with Kafka's or the core's exception, and then changes nothing. */
    CompletionStage<?> apply(Call call, byte resourceType, String name, UnaryOperator<TopicConfig> change, boolean validateOnly) {
        try {
            ConfigResource.Type type = ConfigResource.Type.forId(resourceType);
            if (type != ConfigResource.Type.TOPIC) {
                call.caller().requireOnCluster(Operation.ALTER_CONFIGS);
                throw new InvalidRequestException("only the configs of topics can be altered over the wire");
            }
            TopicLookup.Result found = lookup.byName(call, name, Operation.ALTER_CONFIGS);
            Topic topic = found.topic();
            if (topic == null) {
                throw found.error().exception();
            }
            if (topic.name().isInternal()) {
                throw new InvalidTopicException("this topic is the broker's own");
            }
            TopicConfig changed = change.apply(topic.config());
            return validateOnly ? CompletableFuture.completedFuture(changed) : topics.update(topic.name(), change);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
