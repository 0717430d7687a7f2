package io.tributary.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.DefaultByteBufHolder;

/** What a client sends (section 4.2 of the specification), read and checked for its form. */
public sealed interface Frame {
    int TYPE_METHOD = 1;
    int TYPE_HEADER = 2;
    int TYPE_BODY = 3;
    int TYPE_HEARTBEAT = 8;
    /** Ends every frame. */
    int END = 0xCE;
    /** Type, channel and size before the payload, the end octet after it. */
    int OVERHEAD = 8;
    /** The smallest frame-max that may be agreed on (section 1.4.2.6 of the reference). */
    int MIN_FRAME_MAX = 4096;

    int channel();

    /** The eight octets with which a connection begins. */
    record ProtocolHeader(boolean supported) implements Frame {
        @Override
        public int channel() {
            return 0;
        }
    }

    /** A method. */
    record OfMethod(int channel, Method method) implements Frame {
    }

    /**
     * A content's header.
     *
     * @param bodySize as announced, unchecked; read as signed
     */
    record OfHeader(int channel, int classId, long bodySize, ContentProperties properties) implements Frame {
    }

    /** A part of a content's body; whoever takes it releases it. */
    final class OfBody extends DefaultByteBufHolder implements Frame, ByteBufHolder {
        private final int channel;

        OfBody(int channel, ByteBuf content) {
            super(content);
            this.channel = channel;
        }

        @Override
        public int channel() {
            return channel;
        }

        @Override
        public OfBody replace(ByteBuf content) {
            return new OfBody(channel, content);
        }
    }

    /** A sign of life. */
    record Heartbeat() implements Frame {
        @Override
        public int channel() {
            return 0;
        }
    }
}
