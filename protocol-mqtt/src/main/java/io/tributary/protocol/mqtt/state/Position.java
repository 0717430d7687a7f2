package io.tributary.protocol.mqtt.state;

import io.tributary.core.model.TopicName;

/** Where a record is stored. */
public record Position(TopicName topic, int partition, long offset) {
}
