package io.tributary.protocol.kafka.coordinator;

import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.kafka.translate.TopicIds;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.DirectoryId;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.jspecify.annotations.Nullable;

/** The topics of a namespace in the form in which Kafka's coordinator is told of them. Not thread-safe. */
final class TopicImages {
    private final Topics topics;
    private final int nodeId;
    private final Map<TopicName, Known> known = new HashMap<>();
    private MetadataImage image = MetadataImage.EMPTY;
    private long version;

    TopicImages(Topics topics, int nodeId) {
        this.topics = topics;
        this.nodeId = nodeId;
    }

    /** What the coordinator was last told of a topic. */
    private record Known(Uuid id, int partitions) {
    }

    /** A change, and what it leads to. */
    record Update(MetadataDelta delta, MetadataImage image) {
    }

    /** Looks at these topics as they are now; null when nothing is new. */
    @Nullable Update refresh(Collection<TopicName> names) {
        MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
        boolean changed = false;
        for (TopicName name : names) {
            changed |= refresh(name, delta);
        }
        if (!changed) {
            return null;
        }
        image = delta.apply(new MetadataProvenance(version++, 0, System.currentTimeMillis(), true));
        return new Update(delta, image);
    }

    private boolean refresh(TopicName name, MetadataDelta delta) {
        Topic topic = topics.find(name);
        Known before = known.get(name);
        Known now = topic == null ? null : new Known(TopicIds.toKafka(topic.id()), topic.partitions().size());
        if (now == null ? before == null : now.equals(before)) {
            return false;
        }
        boolean same = before != null && now != null && before.id().equals(now.id());
        if (before != null && !same) {
            delta.replay(new RemoveTopicRecord().setTopicId(before.id()));
            known.remove(name);
        }
        if (now != null) {
            if (!same) {
                delta.replay(new TopicRecord().setName(name.name()).setTopicId(now.id()));
            }
            for (int i = same && before != null ? before.partitions() : 0; i < now.partitions(); i++) {
                delta.replay(new PartitionRecord().setTopicId(now.id()).setPartitionId(i).setLeader(nodeId)
                    .setReplicas(List.of(nodeId)).setIsr(List.of(nodeId)).setDirectories(List.of(DirectoryId.UNASSIGNED)));
            }
            known.put(name, now);
        }
        return true;
    }
}
