package io.tributary.core.store.object;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.LogId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Reads segments of the second tier, a chunk at a time, through the cache. Blocks; on threads of its own. */
final class RemoteReads {
    private final ObjectStorage storage;
    private final ObjectKeys keys;
    private final ChunkCache cache;
    private final Outage outage;
    private final LongAdder fetchedBytes = new LongAdder();
    private final LongAdder failures = new LongAdder();

    RemoteReads(ObjectStorage storage, ObjectKeys keys, ChunkCache cache, Outage outage) {
        this.storage = storage;
        this.keys = keys;
        this.cache = cache;
        this.outage = outage;
    }

    long fetchedBytes() {
        return fetchedBytes.sum();
    }

    long failures() {
        return failures.sum();
    }

    /** As of {@link io.tributary.core.store.Segment#read}; a read ends where a chunk does. */
    List<LogSlice> read(LogId log, RemoteSegment segment, long offset, long endOffset, int maxBytes) {
        for (int i = segment.chunkOf(offset); i < segment.chunks().size(); i++) {
            LogSlice slice = chunk(log, segment, i).slice(offset, endOffset, maxBytes);
            if (slice != null) {
                return List.of(slice);
            }
            if (segment.baseOffset() + segment.chunks().get(i).relativeOffset() >= endOffset) {
                break;
            }
        }
        return List.of();
    }

    /** As of {@link io.tributary.core.store.Segment#offsetBefore}. */
    long offsetBefore(LogId log, RemoteSegment segment, long timestampMs) {
        return segment.chunks().isEmpty() ? segment.baseOffset()
            : chunk(log, segment, segment.chunkBefore(timestampMs)).offsetBefore(timestampMs);
    }

    private CachedChunk chunk(LogId log, RemoteSegment segment, int index) {
        RemoteSegment.Chunk chunk = segment.chunks().get(index);
        try {
            return cache.get(new ChunkCache.Key(log, segment.baseOffset(), index), chunk.size(), () -> fetch(log, segment, chunk));
        } catch (InterruptedException stopping) {
            throw stopping(stopping);
        }
    }

    private ChunkCache.Fetched fetch(LogId log, RemoteSegment segment, RemoteSegment.Chunk chunk) {
        String key = keys.key(log, segment.baseOffset());
        ByteBuffer bytes = fetch(key, segment, chunk);
        return new ChunkCache.Fetched(bytes, checked(key, segment, chunk, bytes));
    }

    private ByteBuffer fetch(String key, RemoteSegment segment, RemoteSegment.Chunk chunk) {
        if (!outage.mayTry()) {
            failures.increment();
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "the object store did not answer a moment ago, and has " + key);
        }
        try {
            ByteBuffer bytes = storage.get(key, chunk.position(), chunk.size());
            outage.over();
            fetchedBytes.add(bytes.remaining());
            return bytes;
        } catch (ObjectStorage.MissingObjectException missing) {
            failures.increment();
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, missing.getMessage() + ", which holds offsets " + segment.baseOffset()
                + " to " + segment.endOffset(), missing);
        } catch (InterruptedException stopping) {
            throw stopping(stopping);
        } catch (BrokerException failure) {
            failures.increment();
            outage.failed(failure);
            throw failure;
        }
    }

    private ChunkIndex checked(String key, RemoteSegment segment, RemoteSegment.Chunk chunk, ByteBuffer bytes) {
        boolean whole = bytes.remaining() == chunk.size() && Manifest.crc(bytes) == chunk.crc();
        for (int at = 0; whole && at < bytes.limit();) {
            int size = BatchHeader.intactSize(bytes, at);
            whole = size > 0;
            at += size;
        }
        if (!whole || BatchHeader.baseOffset(bytes, 0) != segment.baseOffset() + chunk.relativeOffset()) {
            failures.increment();
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "the object " + key + " is damaged between positions "
                + chunk.position() + " and " + (chunk.position() + (long) chunk.size()));
        }
        return ChunkIndex.of(bytes, chunk.timestampBefore());
    }

    private static BrokerException stopping(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new BrokerException(ErrorCode.CLOSED, "the broker is stopping", cause);
    }
}
