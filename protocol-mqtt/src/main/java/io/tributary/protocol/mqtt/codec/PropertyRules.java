package io.tributary.protocol.mqtt.codec;

import java.util.EnumMap;
import java.util.Map;

/** Which property may stand in which packet, how often, and with which values (MQTT 5.0 sections 2.2.2.2 and 3.x.2). */
final class PropertyRules {
    /** Where properties stand in what a client sends. */
    enum Place { CONNECT, WILL, PUBLISH, REPLY, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT, AUTH }

    private enum Form { FLAG, U16, U16_POSITIVE, U32, U32_POSITIVE, VARINT_POSITIVE, STRING, TOPIC, BINARY, PAIR }

    private static final int PAYLOAD_FORMAT = 0x01;
    private static final int MESSAGE_EXPIRY = 0x02;
    private static final int CONTENT_TYPE = 0x03;
    private static final int RESPONSE_TOPIC = 0x08;
    private static final int CORRELATION_DATA = 0x09;
    private static final int SUBSCRIPTION_IDENTIFIER = 0x0B;
    private static final int SESSION_EXPIRY = 0x11;
    private static final int AUTHENTICATION_METHOD = 0x15;
    private static final int AUTHENTICATION_DATA = 0x16;
    private static final int REQUEST_PROBLEM_INFORMATION = 0x17;
    private static final int WILL_DELAY = 0x18;
    private static final int REQUEST_RESPONSE_INFORMATION = 0x19;
    private static final int REASON_STRING = 0x1F;
    private static final int RECEIVE_MAXIMUM = 0x21;
    private static final int TOPIC_ALIAS_MAXIMUM = 0x22;
    private static final int TOPIC_ALIAS = 0x23;
    private static final int USER_PROPERTY = 0x26;
    private static final int MAXIMUM_PACKET_SIZE = 0x27;
    private static final int HIGHEST = 0x2A;

    private static final Map<Place, Long> ALLOWED = new EnumMap<>(Place.class);

    static {
        allow(Place.CONNECT, SESSION_EXPIRY, AUTHENTICATION_METHOD, AUTHENTICATION_DATA, REQUEST_PROBLEM_INFORMATION,
            REQUEST_RESPONSE_INFORMATION, RECEIVE_MAXIMUM, TOPIC_ALIAS_MAXIMUM, USER_PROPERTY, MAXIMUM_PACKET_SIZE);
        allow(Place.WILL, PAYLOAD_FORMAT, MESSAGE_EXPIRY, CONTENT_TYPE, RESPONSE_TOPIC, CORRELATION_DATA, WILL_DELAY, USER_PROPERTY);
        allow(Place.PUBLISH, PAYLOAD_FORMAT, MESSAGE_EXPIRY, CONTENT_TYPE, RESPONSE_TOPIC, CORRELATION_DATA, TOPIC_ALIAS, USER_PROPERTY);
        allow(Place.REPLY, REASON_STRING, USER_PROPERTY);
        allow(Place.SUBSCRIBE, SUBSCRIPTION_IDENTIFIER, USER_PROPERTY);
        allow(Place.UNSUBSCRIBE, USER_PROPERTY);
        allow(Place.DISCONNECT, SESSION_EXPIRY, REASON_STRING, USER_PROPERTY);
        allow(Place.AUTH, AUTHENTICATION_METHOD, AUTHENTICATION_DATA, REASON_STRING, USER_PROPERTY);
    }

    private PropertyRules() {
    }

    private static void allow(Place place, int... ids) {
        long mask = 0;
        for (int id : ids) {
            mask |= 1L << id;
        }
        ALLOWED.put(place, mask);
    }

    /** Walks the properties at the cursor and says which were there, as a bit set of their identifiers. */
    static long check(PacketCursor cursor, Place place) {
        int length = cursor.varint();
        if (length == 0) {
            return 0;
        }
        if (length > cursor.remaining()) {
            throw PacketCursor.malformed("properties that reach past the packet's end");
        }
        int end = cursor.position() + length;
        long allowed = ALLOWED.getOrDefault(place, 0L);
        long seen = 0;
        while (cursor.position() < end) {
            int id = cursor.varint();
            long bit = id <= HIGHEST ? 1L << id : 0;
            if ((allowed & bit) == 0) {
                throw new PacketException(id <= HIGHEST ? Reason.PROTOCOL_ERROR : Reason.MALFORMED_PACKET,
                    "property " + id + " does not belong here");
            }
            if ((seen & bit) != 0 && id != USER_PROPERTY) {
                throw new PacketException(Reason.PROTOCOL_ERROR, "property " + id + " more than once");
            }
            seen |= bit;
            value(cursor, id);
        }
        if (cursor.position() != end) {
            throw PacketCursor.malformed("a property that reaches past the properties' end");
        }
        return seen;
    }

    static boolean hasTopicAlias(long seen) {
        return (seen & 1L << TOPIC_ALIAS) != 0;
    }

    private static Form form(int id) {
        return switch (id) {
            case PAYLOAD_FORMAT, REQUEST_PROBLEM_INFORMATION, REQUEST_RESPONSE_INFORMATION -> Form.FLAG;
            case TOPIC_ALIAS_MAXIMUM -> Form.U16;
            case RECEIVE_MAXIMUM -> Form.U16_POSITIVE;
            // Zero is for the session to refuse: its reason is "topic alias invalid".
            case TOPIC_ALIAS -> Form.U16;
            case MESSAGE_EXPIRY, SESSION_EXPIRY, WILL_DELAY -> Form.U32;
            case MAXIMUM_PACKET_SIZE -> Form.U32_POSITIVE;
            case SUBSCRIPTION_IDENTIFIER -> Form.VARINT_POSITIVE;
            case RESPONSE_TOPIC -> Form.TOPIC;
            case CORRELATION_DATA, AUTHENTICATION_DATA -> Form.BINARY;
            case USER_PROPERTY -> Form.PAIR;
            default -> Form.STRING;
        };
    }

    private static void value(PacketCursor cursor, int id) {
        boolean legal = switch (form(id)) {
            case FLAG -> cursor.u8() <= 1;
            case U16 -> cursor.u16() >= 0;
            case U16_POSITIVE -> cursor.u16() > 0;
            case U32 -> cursor.u32() >= 0;
            case U32_POSITIVE -> cursor.u32() > 0;
            case VARINT_POSITIVE -> cursor.varint() > 0;
            case STRING -> cursor.string() >= 0;
            case TOPIC -> cursor.topicName() > 0;
            case BINARY -> {
                cursor.binary();
                yield true;
            }
            case PAIR -> {
                cursor.string();
                cursor.string();
                yield true;
            }
        };
        if (!legal) {
            throw new PacketException(Reason.PROTOCOL_ERROR, "property " + id + " with a value that it may not have");
        }
    }
}
