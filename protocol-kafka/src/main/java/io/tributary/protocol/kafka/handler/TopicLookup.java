package io.tributary.protocol.kafka.handler;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.api.retained.RetainedValues;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.translate.TopicIds;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Finds the topics that a caller may see: those of its namespace, and of the internal ones Kafka's and the retained values. */
public final class TopicLookup {
    private final Topics topics;

    public TopicLookup(Topics topics) {
        this.topics = topics;
    }

    /**
     * What was found.
     *
     * @param topic null if and only if there is an error
     */
    public record Result(@Nullable Topic topic, Errors error) {
        private static Result of(Errors error) {
            return new Result(null, error);
        }
    }

    /** Whether clients see a topic of this name. */
    public static boolean isVisible(TopicName name) {
        return !name.isInternal() || isKafkas(name.name()) || name.name().equals(RetainedValues.TOPIC);
    }

    /** Whether Kafka too has an internal topic of this name: that of committed offsets or of transactions. */
    public static boolean isKafkas(String name) {
        return org.apache.kafka.common.internals.Topic.isInternal(name);
    }

    /** By identifier if that is set, as later versions of Produce and Fetch do, else by name. */
    public Result find(Call call, String name, Uuid id, Operation operation) {
        return id.equals(Uuid.ZERO_UUID) ? byName(call, name, operation) : byId(call, id, operation);
    }

    /** Fails with TOPIC_AUTHORIZATION_FAILED, INVALID_TOPIC_EXCEPTION or UNKNOWN_TOPIC_OR_PARTITION. */
    public Result byName(Call call, String name, Operation operation) {
        if (!call.caller().mayOnTopic(operation, name)) {
            return Result.of(Errors.TOPIC_AUTHORIZATION_FAILED);
        }
        if (!TopicName.isLegal(name)) {
            return Result.of(Errors.INVALID_TOPIC_EXCEPTION);
        }
        TopicName topicName = new TopicName(call.namespace(), name);
        Topic topic = isVisible(topicName) ? topics.find(topicName) : null;
        return topic == null ? Result.of(Errors.UNKNOWN_TOPIC_OR_PARTITION) : new Result(topic, Errors.NONE);
    }

    /** Fails with UNKNOWN_TOPIC_ID or TOPIC_AUTHORIZATION_FAILED. */
    public Result byId(Call call, Uuid id, Operation operation) {
        Topic topic = topics.find(TopicIds.toCore(id));
        if (topic == null || !topic.name().namespace().equals(call.namespace()) || !isVisible(topic.name())) {
            return Result.of(Errors.UNKNOWN_TOPIC_ID);
        }
        return call.caller().mayOnTopic(operation, topic.name().name())
            ? new Result(topic, Errors.NONE)
            : Result.of(Errors.TOPIC_AUTHORIZATION_FAILED);
    }

    /** The partition of this number, or null. */
    public static @Nullable Partition partition(@Nullable Topic topic, int number) {
        if (topic == null || number < 0) {
            return null;
        }
        List<Partition> partitions = topic.partitions();
        return number < partitions.size() ? partitions.get(number) : null;
    }

    /** All that the caller may see, by name. */
    public List<Topic> visible(Call call) {
        List<Topic> visible = new ArrayList<>();
        for (Topic topic : topics.list(call.namespace())) {
            if (isVisible(topic.name()) && call.caller().mayOnTopic(Operation.DESCRIBE, topic.name().name())) {
                visible.add(topic);
            }
        }
        return visible;
    }
}
