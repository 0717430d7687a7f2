package io.tributary.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into frames (section 4.2.3) and reads their payload. Never waits for a frame that is longer than agreed: that, like a wrong
 * end octet, is a FRAME_ERROR. An error is thrown once, as {@link AmqpException}; whatever follows it is dropped.
 */
public final class FrameDecoder extends ByteToMessageDecoder {
    private static final int PREFIX = 7;
    private static final int PROTOCOL_HEADER = 8;
    private static final byte[] SUPPORTED = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    private int maxPayload;
    private boolean begun;
    private boolean lost;

    /** Takes frames of at most {@code frameMax} octets, overhead included, until another limit is agreed on. */
    public FrameDecoder(int frameMax) {
        this.maxPayload = frameMax - Frame.OVERHEAD;
    }

    /** Sets the agreed limit; call on the event loop. */
    public void frameMax(int frameMax) {
        maxPayload = frameMax - Frame.OVERHEAD;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (lost) {
            in.skipBytes(in.readableBytes());
            return;
        }
        Frame frame = begun ? readFrame(in) : readProtocolHeader(in);
        if (frame != null) {
            out.add(frame);
        }
    }

    /** Whether it is lost where the next frame begins: nothing more is read. */
    public boolean isLost() {
        return lost;
    }

    private AmqpException lost(ByteBuf in, String reason) {
        lost = true;
        in.skipBytes(in.readableBytes());
        return new AmqpException(ReplyCode.FRAME_ERROR, reason);
    }

    private @Nullable Frame readProtocolHeader(ByteBuf in) {
        int available = Math.min(PROTOCOL_HEADER, in.readableBytes());
        boolean supported = true;
        for (int i = 0; i < available && supported; i++) {
            supported = in.getByte(in.readerIndex() + i) == SUPPORTED[i];
        }
        if (!supported) {
            lost = true;
            in.skipBytes(in.readableBytes());
            return new Frame.ProtocolHeader(false);
        }
        if (available < PROTOCOL_HEADER) {
            return null;
        }
        in.skipBytes(PROTOCOL_HEADER);
        begun = true;
        return new Frame.ProtocolHeader(true);
    }

    private @Nullable Frame readFrame(ByteBuf in) {
        if (in.readableBytes() < PREFIX) {
            return null;
        }
        int start = in.readerIndex();
        int type = in.getUnsignedByte(start);
        if (type != Frame.TYPE_METHOD && type != Frame.TYPE_HEADER && type != Frame.TYPE_BODY && type != Frame.TYPE_HEARTBEAT) {
            throw lost(in, "unknown frame type " + type);
        }
        int channel = in.getUnsignedShort(start + 1);
        long size = in.getUnsignedInt(start + 3);
        if (size > maxPayload) {
            throw lost(in, "type " + type + ", channel " + channel + ": frame size " + size + " is over the limit of " + maxPayload);
        }
        if (in.readableBytes() < PREFIX + size + 1) {
            return null;
        }
        if (in.getUnsignedByte(start + PREFIX + (int) size) != Frame.END) {
            throw lost(in, "type " + type + ", channel " + channel + ": no frame end where it must be");
        }
        in.skipBytes(PREFIX);
        ByteBuf payload = in.readSlice((int) size);
        in.skipBytes(1);
        return read(type, channel, payload);
    }

    private static Frame read(int type, int channel, ByteBuf payload) {
        return switch (type) {
            case Frame.TYPE_METHOD -> new Frame.OfMethod(channel, readMethod(payload));
            case Frame.TYPE_HEADER -> readHeader(channel, payload);
            case Frame.TYPE_BODY -> new Frame.OfBody(channel, payload.retain());
            default -> readHeartbeat(channel, payload);
        };
    }

    private static Method readMethod(ByteBuf payload) {
        WireText.need(payload, 4);
        int classId = payload.readUnsignedShort();
        int methodId = payload.readUnsignedShort();
        MethodType type = MethodType.find(classId, methodId);
        if (type == null) {
            throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "unknown method " + methodId + " of class " + classId);
        }
        return readToEnd(payload, type.read(new ArgumentReader(payload)));
    }

    private static Frame readHeader(int channel, ByteBuf payload) {
        WireText.need(payload, 12);
        int classId = payload.readUnsignedShort();
        payload.readUnsignedShort();
        long bodySize = payload.readLong();
        return readToEnd(payload, new Frame.OfHeader(channel, classId, bodySize, ContentProperties.read(payload)));
    }

    private static Frame readHeartbeat(int channel, ByteBuf payload) {
        if (channel != 0) {
            throw new AmqpException(ReplyCode.COMMAND_INVALID, "a heartbeat on channel " + channel);
        }
        return readToEnd(payload, new Frame.Heartbeat());
    }

    private static <T> T readToEnd(ByteBuf payload, T what) {
        if (payload.isReadable()) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, payload.readableBytes() + " octets after the last argument");
        }
        return what;
    }
}
