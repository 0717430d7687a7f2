package io.tributary.protocol.kafka.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.RequestContext;

/** Writes responses: size, header, body; {@link StoredRecords} become file regions or views of memory between the other bytes. */
public final class ResponseEncoder {
    private static final int SIZE_LENGTH = 4;

    private final ByteBufAllocator allocator;
    private final boolean sendfile;

    /**
     * Encodes for one channel.
     *
     * @param sendfile whether the channel takes file regions; otherwise files are given as {@code ChunkedInput}
     */
    public ResponseEncoder(ByteBufAllocator allocator, boolean sendfile) {
        this.allocator = allocator;
        this.sendfile = sendfile;
    }

    /** The parts to write to the channel, in order, in the version of the request. */
    public List<Object> encode(RequestContext request, ApiMessage body) {
        short version = request.apiVersion();
        short headerVersion = request.header.apiKey().responseHeaderVersion(version);
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(request.header.correlationId());
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, version);

        ByteBuf plain = allocator.directBuffer(SIZE_LENGTH + size.sizeExcludingZeroCopy());
        Parts parts = new Parts(plain, sendfile);
        try {
            parts.writeInt(size.totalSize());
            header.write(parts, cache, headerVersion);
            body.write(parts, cache, version);
            return parts.finish();
        } catch (RuntimeException e) {
            parts.abandon();
            throw e;
        }
    }

    /** What the parts hold in memory until they are sent: everything but file regions. */
    public static long bytesInMemory(List<Object> parts) {
        long bytes = 0;
        for (Object part : parts) {
            bytes += part instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
        }
        return bytes;
    }

    /** Collects parts; all plain bytes lie in one buffer of exactly the needed size. */
    private static final class Parts extends ByteBufferAccessor {
        private final ByteBuf plain;
        private final boolean sendfile;
        private final List<Object> parts = new ArrayList<>(1);
        private int taken;

        Parts(ByteBuf plain, boolean sendfile) {
            super(plain.nioBuffer(0, plain.capacity()));
            this.plain = plain;
            this.sendfile = sendfile;
        }

        @Override
        public void writeRecords(BaseRecords records) {
            takePlain();
            if (records instanceof StoredRecords stored) {
                stored.pieces().forEach(this::addPiece);
            } else if (records instanceof MemoryRecords memory) {
                parts.add(Unpooled.wrappedBuffer(memory.buffer()));
            } else {
                throw new IllegalArgumentException("cannot send " + records.getClass());
            }
        }

        private void addPiece(StoredRecords.Piece piece) {
            if (piece instanceof StoredRecords.InMemory memory) {
                parts.add(Unpooled.wrappedBuffer(memory.bytes()));
            } else if (piece instanceof StoredRecords.InFile file) {
                parts.add(sendfile
                    ? new BorrowedFileRegion(file.channel(), file.position(), file.length())
                    : new BorrowedFileChunks(file.channel(), file.position(), file.length()));
            }
        }

        private void takePlain() {
            int end = buffer().position();
            if (end > taken) {
                parts.add(plain.retainedSlice(taken, end - taken));
                taken = end;
            }
        }

        List<Object> finish() {
            takePlain();
            plain.release();
            return parts;
        }

        void abandon() {
            parts.forEach(ReferenceCountUtil::release);
            plain.release();
        }
    }
}
