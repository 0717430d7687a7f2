package io.tributary.core.api.stream;

import io.tributary.core.model.Namespace;
import java.util.List;

/**
 * The stream subscriptions of a node.
 *
 * @param streams how many there are
 * @param lag     of all that were looked at
 * @param largest those of the largest lag, the largest first
 */
public record StreamsOverview(long streams, long lag, List<Lag> largest) {
    public static final StreamsOverview NONE = new StreamsOverview(0, 0, List.of());

    public StreamsOverview {
        largest = List.copyOf(largest);
    }

    /** One of them, all its partitions together. */
    public record Lag(Namespace namespace, String kind, String name, long lag) {
    }
}
