package io.tributary.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Stands before Netty's decoder: lets through whole packets that keep the rules of form, and puts one {@link MalformedPacket} in the
 * place of the first that does not. A packet over the limit is refused when its length is read, before its bytes are gathered; what is
 * not CONNECT is refused by its first byte.
 */
public final class PacketGuard extends ByteToMessageDecoder {
    private static final int MAX_LENGTH_BYTES = 4;
    private static final int CONNECT = 1;

    private final int maxPacketBytes;
    private final PacketCursor cursor = new PacketCursor();

    private int level;
    private int lastGood;
    private boolean ended;

    /**
     * A guard for one connection.
     *
     * @param maxPacketBytes of a packet, its fixed header included
     */
    public PacketGuard(int maxPacketBytes) {
        this.maxPacketBytes = maxPacketBytes;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (ended) {
            in.skipBytes(in.readableBytes());
            return;
        }
        int start = in.readerIndex();
        int checked = start;
        PacketException failure = null;
        try {
            for (int end = packetEnd(in, start); end >= 0; end = packetEnd(in, checked)) {
                checked = end;
            }
        } catch (PacketException malformed) {
            failure = malformed;
            checked = lastGood;
        } finally {
            cursor.release();
        }
        if (checked > start) {
            out.add(in.readRetainedSlice(checked - start));
        }
        if (failure != null) {
            ended = true;
            in.skipBytes(in.readableBytes());
            out.add(new MalformedPacket(failure.reason(), String.valueOf(failure.getMessage())));
        }
    }

    /** The index after the packet that begins at {@code at}, once it is there and found good; -1 while it is not there. */
    private int packetEnd(ByteBuf in, int at) {
        lastGood = at;
        int available = in.writerIndex() - at;
        if (available < 1) {
            return -1;
        }
        int first = in.getUnsignedByte(at);
        if (level == 0 && first >> 4 != CONNECT) {
            throw new PacketException(Reason.PROTOCOL_ERROR, "the first packet is not CONNECT");
        }
        int length = 0;
        for (int i = 0; ; i++) {
            if (i == MAX_LENGTH_BYTES) {
                throw PacketCursor.malformed("a remaining length of more than 4 bytes");
            }
            if (available < i + 2) {
                return -1;
            }
            int digit = in.getUnsignedByte(at + 1 + i);
            length |= (digit & 0x7F) << 7 * i;
            if ((digit & 0x80) == 0) {
                return wholePacket(in, first, at + i + 2, length);
            }
        }
    }

    private int wholePacket(ByteBuf in, int first, int bodyStart, int length) {
        if (length + (bodyStart - lastGood) > maxPacketBytes) {
            throw new PacketException(Reason.PACKET_TOO_LARGE, "a packet of " + length + " bytes");
        }
        int end = bodyStart + length;
        if (end > in.writerIndex()) {
            return -1;
        }
        cursor.reset(in, bodyStart, end);
        level = PacketRules.check(cursor, first, level);
        return end;
    }
}
