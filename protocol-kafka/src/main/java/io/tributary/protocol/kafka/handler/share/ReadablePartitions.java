package io.tributary.protocol.kafka.handler.share;

import io.tributary.core.api.Delivery;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.TopicIds;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** Of a session's partitions those that are there and that the caller may read, as of now. */
final class ReadablePartitions {
    private final Call call;
    private final TopicLookup lookup;
    private final Map<Uuid, TopicLookup.Result> found = new HashMap<>();
    private final Map<TopicName, ReadTopic> readable = new HashMap<>();

    private record ReadTopic(Topic topic, Set<Integer> partitions) {
    }

    ReadablePartitions(Call call, TopicLookup lookup) {
        this.call = call;
        this.lookup = lookup;
    }

    /** NONE when the partition may be read; then records of it are. */
    Errors add(SharePartition partition) {
        Errors error = check(partition);
        Topic topic = look(partition.topicId()).topic();
        if (error != Errors.NONE || topic == null) {
            return error;
        }
        readable.computeIfAbsent(topic.name(), name -> new ReadTopic(topic, new HashSet<>())).partitions().add(partition.partition());
        return Errors.NONE;
    }

    /** NONE when the partition is there and may be read. */
    Errors check(SharePartition partition) {
        TopicLookup.Result result = look(partition.topicId());
        return result.topic() == null || TopicLookup.partition(result.topic(), partition.partition()) != null
            ? result.error()
            : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    /** Of a partition that {@link #check} has found. */
    Partition log(SharePartition partition) {
        Topic topic = look(partition.topicId()).topic();
        Partition log = topic == null ? null : TopicLookup.partition(topic, partition.partition());
        if (log == null) {
            throw new IllegalArgumentException("no partition that is there");
        }
        return log;
    }

    private TopicLookup.Result look(Uuid topicId) {
        return found.computeIfAbsent(topicId, id -> lookup.byId(call, id, Operation.READ));
    }

    boolean isEmpty() {
        return readable.isEmpty();
    }

    Collection<TopicName> topics() {
        return readable.keySet();
    }

    Set<PartitionId> partitions() {
        Set<PartitionId> all = new HashSet<>();
        readable.forEach((name, read) -> read.partitions().forEach(number -> all.add(new PartitionId(name, number))));
        return all;
    }

    boolean contains(Delivery delivery) {
        ReadTopic topic = readable.get(delivery.topic());
        return topic != null && topic.partitions().contains(delivery.partition());
    }

    /** The partition of a delivery that is contained. */
    SharePartition partitionOf(Delivery delivery) {
        return new SharePartition(TopicIds.toKafka(topicOf(delivery).id()), delivery.partition());
    }

    int leaderEpochOf(Delivery delivery) {
        return topicOf(delivery).partition(delivery.partition()).leaderEpoch();
    }

    private Topic topicOf(Delivery delivery) {
        ReadTopic topic = readable.get(delivery.topic());
        if (topic == null) {
            throw new IllegalArgumentException("no partition of the session");
        }
        return topic.topic();
    }
}
