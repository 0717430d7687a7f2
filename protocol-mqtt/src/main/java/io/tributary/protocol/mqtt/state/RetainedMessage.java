package io.tributary.protocol.mqtt.state;

import io.tributary.core.model.Record;

/** The last message published to a topic name with RETAIN: a copy of its record. */
public record RetainedMessage(String path, Record record) {
}
