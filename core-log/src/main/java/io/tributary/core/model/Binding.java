package io.tributary.core.model;

import org.jspecify.annotations.Nullable;

/**
 * Feeds a queue subscription from one topic, or from every topic of its namespace that is not internal.
 *
 * @param topic null for every topic, those that are yet to be created included
 */
public record Binding(@Nullable TopicName topic, Filter filter) {
    /** Whether the binding looks at this topic's records. */
    public boolean covers(TopicName candidate, Namespace namespace) {
        return topic == null ? candidate.namespace().equals(namespace) && !candidate.isInternal() : topic.equals(candidate);
    }
}
