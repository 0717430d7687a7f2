package io.tributary.core.model;

import java.util.Set;

/**
 * The names under which every protocol's metadata is stored as record headers; docs/conversions.md tells the field of each protocol.
 * Names without a prefix mean the same in every protocol. Names that begin with {@code amqp.} or {@code mqtt.} carry what only that
 * protocol has, so that a record returns to it without loss. Values are UTF-8 text unless said otherwise.
 */
public final class HeaderNames {
    public static final String CONTENT_TYPE = "content-type";
    public static final String CONTENT_ENCODING = "content-encoding";
    /** Bytes; text in all protocols but MQTT. */
    public static final String CORRELATION_ID = "correlation-id";
    public static final String REPLY_TO = "reply-to";
    public static final String MESSAGE_ID = "message-id";
    /** Time to live from publishing, in milliseconds, decimal. */
    public static final String EXPIRATION = "expiration";
    /** 0 to 255, decimal. */
    public static final String PRIORITY = "priority";
    /** What {@link Filter.Tagged} looks at. A client's own header in every protocol, so never escaped. */
    public static final String TAG = "tag";
    /** Why, where and when the record ended unacknowledged before: a {@link DeadLetterEvent} each, newest first. */
    public static final String DEAD_LETTER = "dead-letter";

    /**
     * What a client whose protocol has no other place for it (Kafka) asks with: the record is to be seen no earlier, milliseconds since the
     * epoch, decimal. A request to the server, for topics whose {@link TopicConfig.RecordRules} say so; it means nothing in a record that
     * is stored in its topic.
     */
    public static final String DELIVER_AT = "deliver-at";
    /** As {@link #DELIVER_AT}, a span of time from the record's timestamp. The earlier of the two counts when both are there. */
    public static final String DELAY = "delay";

    public static final String AMQP_PREFIX = "amqp.";
    public static final String MQTT_PREFIX = "mqtt.";
    /** What a selector calls JMSType. */
    public static final String TYPE = AMQP_PREFIX + "type";
    /** 1 transient, 2 persistent. */
    public static final String DELIVERY_MODE = AMQP_PREFIX + "delivery-mode";
    /** Put before a client's own header whose name is one of the reserved ones, so that it is told from the property. */
    public static final String ESCAPE_PREFIX = "header:";

    private static final Set<String> SHARED =
        Set.of(CONTENT_TYPE, CONTENT_ENCODING, CORRELATION_ID, REPLY_TO, MESSAGE_ID, EXPIRATION, PRIORITY, DEAD_LETTER);

    private HeaderNames() {
    }

    /** Whether a protocol must escape a client's own header of this name (AMQP header table, MQTT user property). */
    public static boolean isReserved(String name) {
        return SHARED.contains(name) || name.startsWith(AMQP_PREFIX) || name.startsWith(MQTT_PREFIX) || name.startsWith(ESCAPE_PREFIX);
    }

    /** The record header's name for a client's own header. */
    public static String escape(String clientName) {
        return isReserved(clientName) ? ESCAPE_PREFIX + clientName : clientName;
    }

    /** The inverse of {@link #escape}. */
    public static String unescape(String headerName) {
        return headerName.startsWith(ESCAPE_PREFIX) ? headerName.substring(ESCAPE_PREFIX.length()) : headerName;
    }
}
