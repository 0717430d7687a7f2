package io.tributary.protocol.http.translate;

import io.tributary.core.api.stream.StreamSubscription;
import io.tributary.core.api.stream.StreamSubscription.Position;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.http.codec.StreamJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Stream subscriptions as JSON. */
public final class StreamTranslation {
    private StreamTranslation() {
    }

    /** With the topics that the caller may see. */
    public static StreamJson toJson(StreamSubscription stream, Predicate<TopicName> seen) {
        Map<String, List<Position>> byTopic = new TreeMap<>();
        for (Position position : stream.positions()) {
            if (seen.test(position.partition().topic())) {
                byTopic.computeIfAbsent(position.partition().topic().name(), first -> new ArrayList<>()).add(position);
            }
        }
        List<StreamJson.TopicPosition> topics = new ArrayList<>();
        byTopic.forEach((topic, positions) -> topics.add(toJson(topic, positions)));
        return new StreamJson(stream.name(), stream.kind(), stream.protocol(), stream.state().toLowerCase(Locale.ROOT), stream.members(),
            topics.stream().mapToLong(StreamJson.TopicPosition::lag).sum(), topics);
    }

    private static StreamJson.TopicPosition toJson(String topic, List<Position> positions) {
        return new StreamJson.TopicPosition(topic, StreamSubscription.lagOf(positions), positions.stream()
            .map(position -> new StreamJson.PartitionPosition(position.partition().partition(), position.committed(), position.lag()))
            .sorted(Comparator.comparingInt(StreamJson.PartitionPosition::partition)).toList());
    }
}
