package io.tributary.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The properties of class basic's content (section 1.8 of the reference). Null is absent, which is not the same as empty.
 *
 * @param deliveryMode 1 transient, 2 persistent; 0 to 255 as it came
 * @param priority     0 to 255
 * @param timestamp    seconds since the epoch
 */
public record ContentProperties(@Nullable String contentType, @Nullable String contentEncoding, @Nullable FieldTable headers,
                                @Nullable Integer deliveryMode, @Nullable Integer priority, @Nullable String correlationId,
                                @Nullable String replyTo, @Nullable String expiration, @Nullable String messageId,
                                @Nullable Long timestamp, @Nullable String type, @Nullable String userId, @Nullable String appId,
                                @Nullable String clusterId) {
    public static final ContentProperties EMPTY =
        new ContentProperties(null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    private static final int CONTENT_TYPE = 1 << 15;
    private static final int CONTENT_ENCODING = 1 << 14;
    private static final int HEADERS = 1 << 13;
    private static final int DELIVERY_MODE = 1 << 12;
    private static final int PRIORITY = 1 << 11;
    private static final int CORRELATION_ID = 1 << 10;
    private static final int REPLY_TO = 1 << 9;
    private static final int EXPIRATION = 1 << 8;
    private static final int MESSAGE_ID = 1 << 7;
    private static final int TIMESTAMP = 1 << 6;
    private static final int TYPE = 1 << 5;
    private static final int USER_ID = 1 << 4;
    private static final int APP_ID = 1 << 3;
    private static final int CLUSTER_ID = 1 << 2;
    private static final int UNKNOWN = 3;

    /** Whether the message asks to survive a restart. */
    public boolean persistent() {
        return deliveryMode != null && deliveryMode == 2;
    }

    public ContentProperties withHeaders(FieldTable value) {
        return new ContentProperties(contentType, contentEncoding, value, deliveryMode, priority, correlationId, replyTo, expiration,
            messageId, timestamp, type, userId, appId, clusterId);
    }

    /** Reads flags and values; fails with SYNTAX_ERROR. */
    static ContentProperties read(ByteBuf in) {
        int flags = WireText.need(in, 2).readUnsignedShort();
        if (flags == 0) {
            return EMPTY;
        }
        if ((flags & UNKNOWN) != 0) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "unknown property flags");
        }
        return new ContentProperties(text(in, flags & CONTENT_TYPE), text(in, flags & CONTENT_ENCODING),
            (flags & HEADERS) == 0 ? null : FieldTableCodec.read(in), octet(in, flags & DELIVERY_MODE), octet(in, flags & PRIORITY),
            text(in, flags & CORRELATION_ID), text(in, flags & REPLY_TO), text(in, flags & EXPIRATION), text(in, flags & MESSAGE_ID),
            (flags & TIMESTAMP) == 0 ? null : (Long) WireText.need(in, Long.BYTES).readLong(), text(in, flags & TYPE),
            text(in, flags & USER_ID), text(in, flags & APP_ID), text(in, flags & CLUSTER_ID));
    }

    /** Writes flags and values. */
    void write(ByteBuf out) {
        out.writeShort(flags());
        text(out, contentType);
        text(out, contentEncoding);
        if (headers != null) {
            FieldTableCodec.write(out, headers);
        }
        octet(out, deliveryMode);
        octet(out, priority);
        text(out, correlationId);
        text(out, replyTo);
        text(out, expiration);
        text(out, messageId);
        if (timestamp != null) {
            out.writeLong(timestamp);
        }
        text(out, type);
        text(out, userId);
        text(out, appId);
        text(out, clusterId);
    }

    private int flags() {
        return flag(contentType, CONTENT_TYPE) | flag(contentEncoding, CONTENT_ENCODING) | flag(headers, HEADERS)
            | flag(deliveryMode, DELIVERY_MODE) | flag(priority, PRIORITY) | flag(correlationId, CORRELATION_ID)
            | flag(replyTo, REPLY_TO) | flag(expiration, EXPIRATION) | flag(messageId, MESSAGE_ID) | flag(timestamp, TIMESTAMP)
            | flag(type, TYPE) | flag(userId, USER_ID) | flag(appId, APP_ID) | flag(clusterId, CLUSTER_ID);
    }

    private static int flag(@Nullable Object value, int flag) {
        return value == null ? 0 : flag;
    }

    private static @Nullable String text(ByteBuf in, int present) {
        return present == 0 ? null : WireText.readShort(in);
    }

    private static @Nullable Integer octet(ByteBuf in, int present) {
        return present == 0 ? null : (Integer) (int) WireText.need(in, 1).readUnsignedByte();
    }

    private static void text(ByteBuf out, @Nullable String value) {
        if (value != null) {
            WireText.writeShort(out, value);
        }
    }

    private static void octet(ByteBuf out, @Nullable Integer value) {
        if (value != null) {
            out.writeByte(value);
        }
    }
}
