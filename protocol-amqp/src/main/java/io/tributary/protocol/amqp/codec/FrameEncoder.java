package io.tributary.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;

/** Writes frames (section 4.2.3). Without state. */
public final class FrameEncoder {
    private static final int CLASS_BASIC = 60;

    private FrameEncoder() {
    }

    /** The header that tells a client which protocol is spoken here (section 4.2.2). */
    public static void writeProtocolHeader(ByteBuf out) {
        out.writeBytes(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
    }

    /** Writes a method's frame. */
    public static void writeMethod(ByteBuf out, int channel, Method method) {
        int start = begin(out, Frame.TYPE_METHOD, channel);
        MethodType type = method.type();
        out.writeShort(type.classId()).writeShort(type.methodId());
        ArgumentWriter writer = new ArgumentWriter(out);
        method.writeTo(writer);
        writer.end();
        end(out, start);
    }

    /** Writes a content header's frame. The properties must fit {@code frameMax}; if they do not, the headers are what is at fault. */
    public static void writeHeader(ByteBuf out, int channel, long bodySize, ContentProperties properties) {
        int start = begin(out, Frame.TYPE_HEADER, channel);
        out.writeShort(CLASS_BASIC).writeShort(0).writeLong(bodySize);
        properties.write(out);
        end(out, start);
    }

    /** Writes what comes before a body frame's payload; {@link #writeBodyEnd} ends it. */
    public static void writeBodyStart(ByteBuf out, int channel, int payload) {
        out.writeByte(Frame.TYPE_BODY).writeShort(channel).writeInt(payload);
    }

    public static void writeBodyEnd(ByteBuf out) {
        out.writeByte(Frame.END);
    }

    /** Writes a heartbeat. */
    public static void writeHeartbeat(ByteBuf out) {
        end(out, begin(out, Frame.TYPE_HEARTBEAT, 0));
    }

    private static int begin(ByteBuf out, int type, int channel) {
        int start = out.writerIndex();
        out.writeByte(type).writeShort(channel).writeInt(0);
        return start;
    }

    private static void end(ByteBuf out, int start) {
        out.setInt(start + 3, out.writerIndex() - start - 7);
        out.writeByte(Frame.END);
    }
}
