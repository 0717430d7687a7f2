package io.tributary.core.api;

import io.tributary.core.model.Headers;
import io.tributary.core.model.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * A record that waits. Arrays must not be changed.
 *
 * @param id    to cancel it with
 * @param dueMs when it is appended to its topic, in milliseconds since the epoch
 */
public record ScheduledRecord(String id, long dueMs, TopicName topic, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
}
