package io.tributary.core.transaction;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Topic;

/** Where records go. */
@FunctionalInterface
public interface Placement {
    /**
     * A record's place.
     *
     * @param timestamp milliseconds since the epoch
     * @param routes    as in {@link io.tributary.core.api.PublishResult}
     */
    record Place(Topic topic, int partition, long timestamp, int routes) {
    }

    /** Fails with TOPIC_NOT_FOUND or PARTITION_NOT_FOUND. */
    Place place(PublishRequest request);
}
