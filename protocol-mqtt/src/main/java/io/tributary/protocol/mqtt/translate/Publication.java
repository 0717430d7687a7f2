package io.tributary.protocol.mqtt.translate;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.model.Headers;

/**
 * A message on its way in: a PUBLISH or a will.
 *
 * @param path      the topic name
 * @param headers   everything of it that is neither topic nor payload
 * @param notBefore when it is to be seen, in milliseconds since the epoch; {@link PublishRequest#AT_ONCE} for now
 */
@SuppressWarnings("ArrayRecordComponent")
public record Publication(String path, byte[] payload, int qos, boolean retain, Headers headers, long notBefore) {
    /** One that is to be seen at once. */
    public Publication(String path, byte[] payload, int qos, boolean retain, Headers headers) {
        this(path, payload, qos, retain, headers, PublishRequest.AT_ONCE);
    }

    public Publication withHeaders(Headers value) {
        return new Publication(path, payload, qos, retain, value, notBefore);
    }
}
