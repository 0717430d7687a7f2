package io.tributary.protocol.mqtt.codec;

/** The reason codes of MQTT 5.0 section 2.4 that this server sends or reads, and what is said in their place to a client of 3.1.1. */
public enum Reason {
    SUCCESS(0x00),
    DISCONNECT_WITH_WILL(0x04),
    NO_SUBSCRIPTION_EXISTED(0x11),
    UNSPECIFIED_ERROR(0x80),
    MALFORMED_PACKET(0x81),
    PROTOCOL_ERROR(0x82),
    IMPLEMENTATION_SPECIFIC_ERROR(0x83),
    UNSUPPORTED_PROTOCOL_VERSION(0x84),
    CLIENT_IDENTIFIER_NOT_VALID(0x85),
    BAD_USER_NAME_OR_PASSWORD(0x86),
    NOT_AUTHORIZED(0x87),
    SERVER_UNAVAILABLE(0x88),
    SERVER_BUSY(0x89),
    SERVER_SHUTTING_DOWN(0x8B),
    BAD_AUTHENTICATION_METHOD(0x8C),
    KEEP_ALIVE_TIMEOUT(0x8D),
    SESSION_TAKEN_OVER(0x8E),
    TOPIC_FILTER_INVALID(0x8F),
    TOPIC_NAME_INVALID(0x90),
    PACKET_IDENTIFIER_IN_USE(0x91),
    PACKET_IDENTIFIER_NOT_FOUND(0x92),
    RECEIVE_MAXIMUM_EXCEEDED(0x93),
    TOPIC_ALIAS_INVALID(0x94),
    PACKET_TOO_LARGE(0x95),
    QUOTA_EXCEEDED(0x97),
    ADMINISTRATIVE_ACTION(0x98),
    PAYLOAD_FORMAT_INVALID(0x99),
    QOS_NOT_SUPPORTED(0x9B);

    private static final int FIRST_ERROR = 0x80;

    private final int code;

    Reason(int code) {
        this.code = code;
    }

    /** The code on the wire. */
    public byte code() {
        return (byte) code;
    }

    public boolean isError() {
        return code >= FIRST_ERROR;
    }

    /** The CONNACK return code of MQTT 3.1.1 section 3.2.2.3. */
    public byte connectReturnCode311() {
        return switch (this) {
            case SUCCESS -> 0;
            case UNSUPPORTED_PROTOCOL_VERSION -> 1;
            case CLIENT_IDENTIFIER_NOT_VALID -> 2;
            case BAD_USER_NAME_OR_PASSWORD -> 4;
            case NOT_AUTHORIZED, BAD_AUTHENTICATION_METHOD -> 5;
            default -> 3;
        };
    }
}
