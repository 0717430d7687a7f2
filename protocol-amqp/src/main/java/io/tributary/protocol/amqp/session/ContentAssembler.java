package io.tributary.protocol.amqp.session;

import io.netty.buffer.ByteBuf;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.BasicMethod;
import io.tributary.protocol.amqp.codec.ContentProperties;
import io.tributary.protocol.amqp.codec.Frame;
import io.tributary.protocol.amqp.codec.ReplyCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts a channel's publication together from its method, header and body frames (section 4.2.6). Memory is taken as bytes arrive, not
 * as they are announced.
 */
final class ContentAssembler {
    private static final int CLASS_BASIC = 60;
    private static final int INITIAL_BODY = 128 << 10;
    private static final byte[] EMPTY = {};

    private final int maxBodyBytes;
    private BasicMethod.@Nullable Publish method;
    private @Nullable ContentProperties properties;
    private byte[] body = EMPTY;
    private int size;
    private int received;

    ContentAssembler(int maxBodyBytes) {
        this.maxBodyBytes = maxBodyBytes;
    }

    /** Whether a header or body must come next. */
    boolean isWaiting() {
        return method != null;
    }

    /** What is held of an unfinished body, in bytes. */
    int heldBytes() {
        return body.length;
    }

    void begin(BasicMethod.Publish publish) {
        method = publish;
    }

    /** The whole publication if it has no body. */
    @Nullable Content header(Frame.OfHeader header) {
        if (method == null || properties != null) {
            throw new AmqpException(ReplyCode.UNEXPECTED_FRAME, "a content header where none is expected");
        }
        if (header.classId() != CLASS_BASIC) {
            throw new AmqpException(ReplyCode.UNEXPECTED_FRAME, "a content header of class " + header.classId() + " after basic.publish");
        }
        if (header.bodySize() < 0 || header.bodySize() > maxBodyBytes) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "message size " + Long.toUnsignedString(header.bodySize())
                + " is larger than configured max size " + maxBodyBytes);
        }
        properties = header.properties();
        size = (int) header.bodySize();
        body = size == 0 ? EMPTY : new byte[Math.min(size, INITIAL_BODY)];
        return size == 0 ? finish() : null;
    }

    /** The whole publication if this was the last part of its body. */
    @Nullable Content body(ByteBuf part) {
        if (properties == null) {
            throw new AmqpException(ReplyCode.UNEXPECTED_FRAME, "a content body where none is expected");
        }
        int length = part.readableBytes();
        if (length > size - received) {
            throw new AmqpException(ReplyCode.FRAME_ERROR,
                "a content body of " + ((long) received + length) + " bytes where " + size + " were announced");
        }
        if (received + length > body.length) {
            body = Arrays.copyOf(body, (int) Math.min(size, Math.max((long) received + length, 2L * body.length)));
        }
        part.readBytes(body, received, length);
        received += length;
        return received == size ? finish() : null;
    }

    /** Forgets an unfinished publication. */
    void reset() {
        method = null;
        properties = null;
        body = EMPTY;
        size = 0;
        received = 0;
    }

    private @Nullable Content finish() {
        if (method == null || properties == null) {
            return null;
        }
        Content content = new Content(method, properties, body);
        reset();
        return content;
    }
}
