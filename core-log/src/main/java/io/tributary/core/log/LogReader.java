package io.tributary.core.log;

import io.tributary.core.api.AbortedTransaction;
import io.tributary.core.api.LogRead;
import io.tributary.core.api.LogSlice;
import io.tributary.core.api.TimestampLookup;
import io.tributary.core.batch.BatchDecoder;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.Record;
import io.tributary.core.store.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads of one log, on any thread: from memory at once, from files on the threads for reading. */
final class LogReader {
    private static final int LOOKUP_BYTES = 64 << 10;

    private final PartitionId id;
    private final LogState state;
    private final LogActivity activity;
    private final TailWindow tail;
    private final AbortedTransactions aborted;
    private final boolean inMemory;
    private final Executor reads;
    private final Executor remoteReads;

    /**
     * A log's reader.
     *
     * @param reads       runs reads that block
     * @param remoteReads runs those of segments that are not local
     */
    LogReader(PartitionId id, LogState state, LogActivity activity, TailWindow tail, AbortedTransactions aborted, boolean inMemory,
              Executor reads, Executor remoteReads) {
        this.id = id;
        this.state = state;
        this.activity = activity;
        this.tail = tail;
        this.aborted = aborted;
        this.inMemory = inMemory;
        this.reads = reads;
        this.remoteReads = remoteReads;
    }

    CompletableFuture<LogRead> read(long offset, int maxBytes) {
        return checked(offset, () -> {
            long end = state.highWatermark();
            List<LogSlice> slices = fromMemory(offset, end, maxBytes);
            return slices != null ? CompletableFuture.completedFuture(result(slices, List.of()))
                : blocking(threadsFor(offset), () -> result(fromSegments(offset, end, maxBytes).slices, List.of()));
        });
    }

    CompletableFuture<LogRead> readCommitted(long offset, int maxBytes) {
        return checked(offset, () -> {
            long end = state.lastStableOffset();
            List<LogSlice> slices = fromMemory(offset, end, maxBytes);
            return slices != null ? CompletableFuture.completedFuture(committed(slices, offset, end))
                : blocking(threadsFor(offset), () -> {
                    Found found = fromSegments(offset, end, maxBytes);
                    return committed(found.slices, offset, Math.min(end, found.end));
                });
        });
    }

    CompletableFuture<List<Record>> readRecords(long offset, int maxRecords, int maxBytes) {
        return checked(offset, () -> {
            List<Record> records = new ArrayList<>();
            long end = state.lastStableOffset();
            long next = maxRecords <= 0 ? end : decodeFromMemory(offset, end, maxRecords, maxBytes, records);
            return !records.isEmpty() || next >= end
                ? CompletableFuture.completedFuture(records)
                : blocking(threadsFor(next), () -> decodeFromSegments(next, end, maxRecords, maxBytes, records));
        });
    }

    CompletableFuture<TimestampLookup> lookUp(long timestampMs) {
        return checked(state.startOffset(), () -> blocking(threadsFor(firstWith(timestampMs)), () -> find(timestampMs)));
    }

    private <T> CompletableFuture<T> checked(long offset, Supplier<CompletableFuture<T>> read) {
        if (state.isClosed()) {
            return CompletableFuture.failedFuture(new BrokerException(ErrorCode.CLOSED, id + " is closed"));
        }
        long start = state.startOffset();
        long end = state.highWatermark();
        if (offset < start || offset > end) {
            return CompletableFuture.failedFuture(new BrokerException(ErrorCode.OFFSET_OUT_OF_RANGE,
                "offset " + offset + " of " + id + " is not within " + start + " and " + end));
        }
        try {
            return read.get();
        } catch (BrokerException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    /** A read may go on into segments that are nearer, never into one that is further away. */
    private Executor threadsFor(long offset) {
        List<Segment> segments = state.segments();
        int index = floor(segments, offset);
        return index < 0 || segments.get(index).isLocal() ? reads : remoteReads;
    }

    /** Where the first segment begins that may hold a record of this time or later. */
    private long firstWith(long timestampMs) {
        for (Segment segment : state.segments()) {
            if (segment.maxTimestamp() >= timestampMs && segment.endOffset() > state.startOffset()) {
                return segment.baseOffset();
            }
        }
        return state.highWatermark();
    }

    private static <T> CompletableFuture<T> blocking(Executor threads, Supplier<T> read) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    result.complete(read.get());
                } catch (RuntimeException failure) {
                    result.completeExceptionally(BrokerException.of(failure));
                }
            });
        } catch (RejectedExecutionException stopping) {
            result.completeExceptionally(new BrokerException(ErrorCode.CLOSED, "the broker is stopping", stopping));
        }
        return result;
    }

    private LogRead result(List<LogSlice> slices, List<AbortedTransaction> among) {
        long lastStable = state.lastStableOffset();
        slices.forEach(slice -> activity.read(slice.sizeInBytes()));
        return new LogRead(slices, among, state.startOffset(), state.highWatermark(), lastStable);
    }

    /** A result with the aborted transactions in it, given an offset that all of it is before. */
    private LogRead committed(List<LogSlice> slices, long offset, long end) {
        if (slices.isEmpty() || aborted.isEmpty()) {
            return result(slices, List.of());
        }
        boolean read = slices.get(slices.size() - 1) instanceof LogSlice.Memory;
        return result(slices, aborted.within(offset, read ? lastOffset(Slices.bytes(slices.get(slices.size() - 1))) + 1 : end));
    }

    private @Nullable List<LogSlice> fromMemory(long offset, long end, int maxBytes) {
        if (offset >= end) {
            tail.nearEnd();
            return List.of();
        }
        return inMemory ? fromSegments(offset, end, maxBytes).slices : tail.read(offset, end, maxBytes);
    }

    /** What was read, and an offset that it is before. */
    private record Found(List<LogSlice> slices, long end) {
    }

    /** From one segment: a read ends where its segment does. Empty when compaction has left nothing from the offset on. */
    private Found fromSegments(long offset, long end, int maxBytes) {
        List<Segment> segments = state.segments();
        int index = floor(segments, offset);
        if (index < 0) {
            throw new BrokerException(ErrorCode.OFFSET_OUT_OF_RANGE, "offset " + offset + " of " + id + " has just been deleted");
        }
        for (; index < segments.size() && segments.get(index).baseOffset() < end; index++) {
            Found found = read(segments.get(index), offset, end, maxBytes);
            if (!found.slices.isEmpty()) {
                return found;
            }
        }
        return new Found(List.of(), end);
    }

    private Found read(Segment segment, long offset, long end, int maxBytes) {
        long from = Math.max(offset, segment.baseOffset());
        long segmentEnd = segment.endOffset();
        if (from >= segmentEnd) {
            return new Found(List.of(), end);
        }
        try {
            List<LogSlice> slices = segment.read(from, end, maxBytes);
            if (segmentEnd >= end && sizeInBytes(slices) < maxBytes) {
                tail.nearEnd();
            }
            return new Found(slices, segmentEnd);
        } catch (BrokerException failure) {
            if (offset < state.startOffset()) {
                throw new BrokerException(ErrorCode.OFFSET_OUT_OF_RANGE, "offset " + offset + " of " + id + " has just been deleted",
                    failure);
            }
            if (!state.segments().contains(segment)) {
                // Compaction has put another in its place, longer ago than readers are waited for.
                return fromSegments(from, end, maxBytes);
            }
            throw failure;
        }
    }

    private static long sizeInBytes(List<LogSlice> slices) {
        long size = 0;
        for (LogSlice slice : slices) {
            size += slice.sizeInBytes();
        }
        return size;
    }

    private static int floor(List<Segment> segments, long offset) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).baseOffset() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Goes on until there is a record, the end, or what is not in memory. */
    private long decodeFromMemory(long offset, long end, int maxRecords, int maxBytes, List<Record> into) {
        long next = offset;
        while (into.isEmpty() && next < end) {
            List<LogSlice> slices = fromMemory(next, end, maxBytes);
            if (slices == null) {
                break;
            }
            next = slices.isEmpty() ? end : decode(slices, next, maxRecords, into);
        }
        return next;
    }

    private List<Record> decodeFromSegments(long offset, long end, int maxRecords, int maxBytes, List<Record> into) {
        long next = offset;
        while (into.isEmpty() && next < end) {
            List<LogSlice> slices = fromSegments(next, end, maxBytes).slices;
            next = slices.isEmpty() ? end : decode(slices, next, maxRecords, into);
        }
        return into;
    }

    private long decode(List<LogSlice> slices, long offset, int maxRecords, List<Record> into) {
        long next = offset;
        for (LogSlice slice : slices) {
            if (into.size() >= maxRecords) {
                break;
            }
            activity.read(slice.sizeInBytes());
            next = BatchDecoder.decode(Slices.bytes(slice), next, maxRecords, aborted.isEmpty() ? null : aborted::contains, into);
        }
        return next;
    }

    private TimestampLookup find(long timestampMs) {
        long highWatermark = state.highWatermark();
        for (Segment segment : state.segments()) {
            if (segment.maxTimestamp() < timestampMs || segment.endOffset() <= state.startOffset()) {
                continue;
            }
            long next = Math.max(segment.offsetBefore(timestampMs), state.startOffset());
            long end = Math.min(segment.endOffset(), highWatermark);
            while (next < end) {
                List<LogSlice> slices = read(segment, next, end, LOOKUP_BYTES).slices;
                if (slices.isEmpty()) {
                    break;
                }
                for (LogSlice slice : slices) {
                    ByteBuffer batches = Slices.bytes(slice);
                    TimestampLookup found = findIn(batches, next, timestampMs);
                    if (found.found()) {
                        return found;
                    }
                    next = lastOffset(batches) + 1;
                }
            }
        }
        return TimestampLookup.NOT_FOUND;
    }

    private static TimestampLookup findIn(ByteBuffer batches, long fromOffset, long timestampMs) {
        for (int at = batches.position(); at < batches.limit();) {
            int size = (int) BatchHeader.sizeInBytes(batches, at);
            if (BatchHeader.maxTimestamp(batches, at) >= timestampMs) {
                List<Record> records = new ArrayList<>();
                BatchDecoder.decode(batches.slice(at, size), fromOffset, Integer.MAX_VALUE, null, records);
                for (Record record : records) {
                    if (record.timestamp() >= timestampMs) {
                        return new TimestampLookup(record.offset(), record.timestamp());
                    }
                }
            }
            at += size;
        }
        return TimestampLookup.NOT_FOUND;
    }

    private static long lastOffset(ByteBuffer batches) {
        long last = -1;
        for (int at = batches.position(); at < batches.limit();) {
            last = BatchHeader.lastOffset(batches, at);
            at += (int) BatchHeader.sizeInBytes(batches, at);
        }
        return last;
    }
}
