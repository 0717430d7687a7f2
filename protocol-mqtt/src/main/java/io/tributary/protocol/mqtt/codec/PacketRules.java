package io.tributary.protocol.mqtt.codec;

import io.netty.handler.codec.mqtt.MqttMessageType;
import io.tributary.protocol.mqtt.codec.PropertyRules.Place;

/**
 * The rules of form of what a client may send (MQTT 5.0 and 3.1.1, chapter 3). Netty's decoder reads the packet afterwards; it replaces
 * malformed UTF-8, knows no property's place, and ignores reserved bits.
 */
final class PacketRules {
    static final int LEVEL_3_1 = 3;
    static final int LEVEL_3_1_1 = 4;
    static final int LEVEL_5 = 5;

    private static final int MAX_QOS = 2;
    /** What Netty's decoder reads. */
    private static final int MAX_WILL_TOPIC = 32_767;

    private PacketRules() {
    }

    /**
     * Checks one packet after its fixed header.
     *
     * @param first  the fixed header's first byte
     * @param level  of the connection; ignored for CONNECT
     * @return the connection's level from here on
     */
    static int check(PacketCursor cursor, int first, int level) {
        if (first >> 4 == 0) {
            throw PacketCursor.malformed("packet type 0");
        }
        MqttMessageType type = MqttMessageType.valueOf(first >> 4);
        if (type != MqttMessageType.PUBLISH) {
            checkFlags(type, first & 0x0F);
        }
        switch (type) {
            case CONNECT -> {
                return connect(cursor);
            }
            case PUBLISH -> publish(cursor, first, level);
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> reply(cursor, level);
            case SUBSCRIBE -> subscribe(cursor, level);
            case UNSUBSCRIBE -> unsubscribe(cursor, level);
            case PINGREQ -> cursor.end("PINGREQ");
            case DISCONNECT -> disconnect(cursor, level);
            case AUTH -> auth(cursor, level);
            default -> throw new PacketException(Reason.PROTOCOL_ERROR, type + " comes from servers only");
        }
        return level;
    }

    private static void checkFlags(MqttMessageType type, int flags) {
        int expected = switch (type) {
            case PUBREL, SUBSCRIBE, UNSUBSCRIBE -> 0b0010;
            default -> 0;
        };
        if (flags != expected) {
            throw PacketCursor.malformed("reserved flags of " + type);
        }
    }

    private static int connect(PacketCursor cursor) {
        int nameLength = cursor.string();
        boolean mqtt = cursor.lastWas("MQTT", nameLength);
        if (!mqtt && !cursor.lastWas("MQIsdp", nameLength)) {
            throw new PacketException(Reason.PROTOCOL_ERROR, "no MQTT protocol name");
        }
        int level = cursor.u8();
        if (mqtt ? level != LEVEL_3_1_1 && level != LEVEL_5 : level != LEVEL_3_1) {
            throw new PacketException(Reason.UNSUPPORTED_PROTOCOL_VERSION, "protocol level " + level);
        }
        int flags = cursor.u8();
        boolean will = (flags & 0x04) != 0;
        boolean password = (flags & 0x40) != 0;
        boolean userName = (flags & 0x80) != 0;
        checkConnectFlags(flags, level);
        cursor.u16();
        if (level == LEVEL_5) {
            PropertyRules.check(cursor, Place.CONNECT);
        }
        if (cursor.string() == 0 && level == LEVEL_3_1) {
            throw new PacketException(Reason.CLIENT_IDENTIFIER_NOT_VALID, "MQTT 3.1 wants a client identifier");
        }
        if (will) {
            if (level == LEVEL_5) {
                PropertyRules.check(cursor, Place.WILL);
            }
            int topicLength = cursor.topicName();
            if (topicLength == 0 || topicLength > MAX_WILL_TOPIC) {
                throw new PacketException(Reason.TOPIC_NAME_INVALID, "an empty or over-long will topic");
            }
            cursor.binary();
        }
        if (userName) {
            cursor.string();
        }
        if (password) {
            cursor.binary();
        }
        cursor.end("CONNECT");
        return level;
    }

    private static void checkConnectFlags(int flags, int level) {
        boolean will = (flags & 0x04) != 0;
        int willQos = flags >> 3 & 0x03;
        if ((flags & 0x01) != 0 && level != LEVEL_3_1) {
            throw PacketCursor.malformed("the reserved connect flag");
        }
        if (willQos > MAX_QOS || !will && (flags & 0x38) != 0) {
            throw PacketCursor.malformed("will flags that do not fit together");
        }
        if (level != LEVEL_5 && (flags & 0xC0) == 0x40) {
            throw PacketCursor.malformed("a password without a user name");
        }
    }

    private static void publish(PacketCursor cursor, int first, int level) {
        int qos = first >> 1 & 0x03;
        if (qos > MAX_QOS) {
            throw PacketCursor.malformed("QoS 3");
        }
        if (qos == 0 && (first & 0x08) != 0) {
            throw PacketCursor.malformed("DUP with QoS 0");
        }
        int nameLength = cursor.topicName();
        if (qos > 0) {
            packetId(cursor);
        }
        long properties = level == LEVEL_5 ? PropertyRules.check(cursor, Place.PUBLISH) : 0;
        if (nameLength == 0 && !PropertyRules.hasTopicAlias(properties)) {
            throw new PacketException(level == LEVEL_5 ? Reason.PROTOCOL_ERROR : Reason.TOPIC_NAME_INVALID, "an empty topic name");
        }
    }

    private static void reply(PacketCursor cursor, int level) {
        packetId(cursor);
        if (level == LEVEL_5 && cursor.remaining() > 0) {
            cursor.u8();
            if (cursor.remaining() > 0) {
                PropertyRules.check(cursor, Place.REPLY);
            }
        }
        cursor.end("an acknowledgement");
    }

    private static void subscribe(PacketCursor cursor, int level) {
        packetId(cursor);
        if (level == LEVEL_5) {
            PropertyRules.check(cursor, Place.SUBSCRIBE);
        }
        int reserved = level == LEVEL_5 ? 0xC0 : 0xFC;
        do {
            filter(cursor);
            int options = cursor.u8();
            boolean retainHandlingKnown = level != LEVEL_5 || (options & 0x30) != 0x30;
            if ((options & reserved) != 0 || (options & 0x03) > MAX_QOS) {
                throw PacketCursor.malformed("subscription options");
            }
            if (!retainHandlingKnown) {
                throw new PacketException(Reason.PROTOCOL_ERROR, "retain handling 3");
            }
        } while (cursor.remaining() > 0);
    }

    private static void unsubscribe(PacketCursor cursor, int level) {
        packetId(cursor);
        if (level == LEVEL_5) {
            PropertyRules.check(cursor, Place.UNSUBSCRIBE);
        }
        do {
            filter(cursor);
        } while (cursor.remaining() > 0);
    }

    private static void filter(PacketCursor cursor) {
        if (cursor.remaining() == 0) {
            throw new PacketException(Reason.PROTOCOL_ERROR, "no topic filter");
        }
        if (cursor.string() == 0) {
            throw new PacketException(Reason.TOPIC_FILTER_INVALID, "an empty topic filter");
        }
    }

    private static void disconnect(PacketCursor cursor, int level) {
        if (level == LEVEL_5 && cursor.remaining() > 0) {
            cursor.u8();
            if (cursor.remaining() > 0) {
                PropertyRules.check(cursor, Place.DISCONNECT);
            }
        }
        cursor.end("DISCONNECT");
    }

    private static void auth(PacketCursor cursor, int level) {
        if (level != LEVEL_5) {
            throw new PacketException(Reason.PROTOCOL_ERROR, "AUTH before MQTT 5.0");
        }
        if (cursor.remaining() > 0) {
            cursor.u8();
            if (cursor.remaining() > 0) {
                PropertyRules.check(cursor, Place.AUTH);
            }
        }
        cursor.end("AUTH");
    }

    private static void packetId(PacketCursor cursor) {
        if (cursor.u16() == 0) {
            throw new PacketException(Reason.PROTOCOL_ERROR, "packet identifier 0");
        }
    }
}
