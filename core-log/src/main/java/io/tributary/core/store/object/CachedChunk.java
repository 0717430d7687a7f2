package io.tributary.core.store.object;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A chunk in a file of the cache. Read by any thread; when it goes, its file is closed a minute after it was last asked for. */
final class CachedChunk {
    private final Path path;
    private final FileChannel channel;
    private final ChunkIndex index;
    private final int size;
    private long lastUsedMs = now();
    private boolean closed;

    private CachedChunk(Path path, FileChannel channel, ChunkIndex index, int size) {
        this.path = path;
        this.channel = channel;
        this.index = index;
        this.size = size;
    }

    /** Puts batches into a new file. */
    static CachedChunk write(Path path, ByteBuffer batches, ChunkIndex index) {
        int size = batches.remaining();
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                ByteBuffer left = batches.duplicate();
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                return new CachedChunk(path, channel, index, size);
            } catch (IOException e) {
                channel.close();
                Files.deleteIfExists(path);
                throw e;
            }
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot write " + path + ": " + e.getMessage(), e);
        }
    }

    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    int size() {
        return size;
    }

    /** Keeps it open for the next minute; false when it is closed already. */
    synchronized boolean use() {
        lastUsedMs = now();
        return !closed && channel.isOpen();
    }

    synchronized boolean isUnusedSince(long ms) {
        return lastUsedMs < ms;
    }

    /** Whole batches as of {@link io.tributary.core.store.Segment#read}, or null when none of them is here. */
    @Nullable LogSlice slice(long offset, long endOffset, int maxBytes) {
        try {
            ByteBuffer header = ByteBuffer.allocate(BatchHeader.SIZE);
            int start = index.floorByOffset(offset);
            while (start < size && lastOffsetAt(start, header) < offset) {
                start += sizeAt(start, header);
            }
            if (start >= size || baseOffsetAt(start, header) >= endOffset) {
                return null;
            }
            int end = start + sizeAt(start, header);
            int wanted = (int) Math.min(size, (long) start + maxBytes);
            end = Math.max(end, index.floorByPosition(Math.max(end, wanted)));
            while (end < size) {
                int next = end + sizeAt(end, header);
                if (next > wanted) {
                    break;
                }
                end = next;
            }
            return new LogSlice.FileRange(channel, start, cut(start, end, endOffset, header) - start);
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    /** Where the batches from {@code start} on reach an offset, or {@code end} when they do not. */
    private int cut(int start, int end, long endOffset, ByteBuffer header) throws IOException {
        int at = Math.max(start, index.floorByOffset(endOffset));
        while (at < end && baseOffsetAt(at, header) < endOffset) {
            at += sizeAt(at, header);
        }
        return Math.min(at, end);
    }

    /** An offset with only smaller timestamps before it, near the first at or after the one given. */
    long offsetBefore(long timestampMs) {
        return index.offsetBefore(timestampMs);
    }

    private int sizeAt(int position, ByteBuffer header) throws IOException {
        load(position, header);
        long length = BatchHeader.sizeInBytes(header, 0);
        if (length < BatchHeader.SIZE || position + length > size) {
            throw new IOException("it is damaged at position " + position);
        }
        return (int) length;
    }

    private long baseOffsetAt(int position, ByteBuffer header) throws IOException {
        load(position, header);
        return BatchHeader.baseOffset(header, 0);
    }

    private long lastOffsetAt(int position, ByteBuffer header) throws IOException {
        load(position, header);
        return BatchHeader.lastOffset(header, 0);
    }

    private void load(int position, ByteBuffer header) throws IOException {
        header.clear();
        while (header.hasRemaining()) {
            if (channel.read(header, position + (long) header.position()) < 0) {
                throw new IOException("it ends at position " + position);
            }
        }
    }

    /** Takes its name away; who reads it goes on. */
    void unlink() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot delete " + path + ": " + e.getMessage(), e);
        }
    }

    synchronized void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException ignored) {
            // It was written for this process alone.
        }
    }
}
