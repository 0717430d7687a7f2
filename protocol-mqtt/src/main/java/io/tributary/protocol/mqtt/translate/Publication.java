package io.tributary.protocol.mqtt.translate;

import io.tributary.core.model.Headers;

/**
 * A message on its way in: a PUBLISH or a will.
 *
 * @param path    the topic name
 * @param headers everything of it that is neither topic nor payload
 */
@SuppressWarnings("ArrayRecordComponent")
public record Publication(String path, byte[] payload, int qos, boolean retain, Headers headers) {
}
