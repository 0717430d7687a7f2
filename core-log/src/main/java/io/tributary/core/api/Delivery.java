package io.tributary.core.api;

import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;

/**
 * A record handed to a consumer.
 *
 * @param id            unique within the subscription's life in this process
 * @param deliveryCount 1 the first time
 * @param redelivered   it was (or, after a restart, may have been) delivered before
 */
public record Delivery(long id, TopicName topic, int partition, Record record, int deliveryCount, boolean redelivered) {
}
