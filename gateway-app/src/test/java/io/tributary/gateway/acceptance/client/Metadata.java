package io.tributary.gateway.acceptance.client;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a message out of a record's readable headers, as Kafka and HTTP show them. */
final class Metadata {
    private static final String CONTENT_TYPE = "content-type";
    private static final String CORRELATION_ID = "correlation-id";

    private Metadata() {
    }

    static Message message(@Nullable String subject, byte[] body, Map<String, String> headers) {
        return new Message(subject, body, headers.get(CONTENT_TYPE), headers.get(CORRELATION_ID), own(headers));
    }

    /** The client's own headers: what no protocol keeps for itself. */
    static Map<String, String> own(Map<String, String> headers) {
        Map<String, String> own = new TreeMap<>(headers);
        own.keySet().removeIf(name -> name.startsWith("amqp.") || name.startsWith("mqtt."));
        own.remove(CONTENT_TYPE);
        own.remove(CORRELATION_ID);
        return own;
    }
}
