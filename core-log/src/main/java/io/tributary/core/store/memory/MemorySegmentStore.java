package io.tributary.core.store.memory;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.Lane;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentReplacement;
import io.tributary.core.store.SegmentStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Keeps segments on the heap and takes every commit as done at once. */
public final class MemorySegmentStore implements SegmentStore {
    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();

    /**
     * An empty store.
     *
     * @param maxBytes what all segments may hold together; beyond it an append fails with LIMIT_EXCEEDED
     */
    public MemorySegmentStore(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public Map<LogId, StoredLog> recover(Collection<LogId> logs) {
        Map<LogId, StoredLog> empty = new HashMap<>();
        logs.forEach(log -> empty.put(log, StoredLog.EMPTY));
        return empty;
    }

    @Override
    public Segment create(LogId log, long baseOffset) {
        return new MemorySegment(baseOffset, bytes);
    }

    @Override
    public boolean isReplaceable(Segment sealed) {
        return true;
    }

    @Override
    public SegmentReplacement replace(LogId log, List<Segment> sealed) {
        return new MemorySegmentReplacement(sealed, bytes);
    }

    @Override
    public void noteCompacted(LogId log, long offset) {
        // Nothing outlives the process.
    }

    @Override
    public void writeNote(LogId log, String name, ByteBuffer contents) {
        // Nothing outlives the process.
    }

    @Override
    public @Nullable ByteBuffer readNote(LogId log, String name) {
        return null;
    }

    @Override
    public void delete(LogId log) {
        // The segments go with whoever refers to them.
    }

    @Override
    public Lane openLane() {
        return new Lane() {
            @Override
            public void append(Segment segment, List<ByteBuffer> batches) {
                long size = 0;
                for (ByteBuffer buffer : batches) {
                    size += buffer.remaining();
                }
                if (bytes.get() + size > maxBytes) {
                    throw new BrokerException(ErrorCode.LIMIT_EXCEEDED, "topics in memory hold " + maxBytes + " bytes, and no more");
                }
                ((MemorySegment) segment).append(batches);
            }

            @Override
            public void moveStart(LogId log, long startOffset) {
                // Nothing outlives the process.
            }

            @Override
            public void commit(Commit commit) {
                commit.done(null);
            }

            @Override
            public void reset() {
                // No commit fails.
            }

            @Override
            public void close() {
                // Holds nothing.
            }
        };
    }

    @Override
    public @Nullable Path stateDirectory(LogId log) {
        return null;
    }

    @Override
    public boolean inMemory() {
        return true;
    }

    @Override
    public void close() {
        // What is stored is to be lost.
    }

    @Override
    public void halt() {
        // What is stored is to be lost.
    }
}
