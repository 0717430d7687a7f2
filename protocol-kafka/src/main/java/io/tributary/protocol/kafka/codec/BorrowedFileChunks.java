package io.tributary.protocol.kafka.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** A file range read piece by piece as the channel takes it, for connections whose bytes are encrypted; does not close the file. */
final class BorrowedFileChunks implements ChunkedInput<ByteBuf> {
    private static final int CHUNK_BYTES = 64 << 10;

    private final FileChannel channel;
    private final long start;
    private final int length;
    private int done;

    BorrowedFileChunks(FileChannel channel, long start, int length) {
        this.channel = channel;
        this.start = start;
        this.length = length;
    }

    @Override
    public boolean isEndOfInput() {
        return done == length;
    }

    @Override
    public void close() {
        // The log closes the channel.
    }

    @Deprecated
    @Override
    public ByteBuf readChunk(ChannelHandlerContext ctx) throws IOException {
        return readChunk(ctx.alloc());
    }

    @Override
    public ByteBuf readChunk(ByteBufAllocator allocator) throws IOException {
        int size = Math.min(CHUNK_BYTES, length - done);
        ByteBuf chunk = allocator.buffer(size);
        boolean ok = false;
        try {
            while (chunk.readableBytes() < size) {
                int read = chunk.writeBytes(channel, start + done + chunk.readableBytes(), size - chunk.readableBytes());
                if (read < 0) {
                    throw new EOFException("a log file ended within a range that was to be sent");
                }
            }
            done += size;
            ok = true;
            return chunk;
        } finally {
            if (!ok) {
                chunk.release();
            }
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public long progress() {
        return done;
    }
}
