package io.tributary.core.api.stats;

import io.tributary.core.model.TopicName;
import java.util.List;

/**
 * All topics of a node, the broker's own included.
 *
 * @param topics  how many there are
 * @param total   of all; its counters include topics that are gone
 * @param largest those of most bytes, the largest first
 */
public record TopicsOverview(long topics, LogStats total, List<TopicReport> largest) {
    public TopicsOverview {
        largest = List.copyOf(largest);
    }

    /** One of them, all its partitions together. */
    public record TopicReport(TopicName name, int partitions, LogStats stats) {
    }
}
