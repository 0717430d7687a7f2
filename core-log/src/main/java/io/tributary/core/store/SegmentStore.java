package io.tributary.core.store;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the segments of logs. Calls block and fail with BrokerException STORAGE_FAILURE; they are made on log threads and when a broker
 * opens, never on an event loop.
 */
public interface SegmentStore extends AutoCloseable {
    /**
     * What is stored of a log.
     *
     * @param startOffset     the first offset that is kept
     * @param compactedBefore what {@link #noteCompacted} was last told, or 0
     * @param segments        by base offset; each begins where the one before ends; may be none
     */
    record StoredLog(long startOffset, long compactedBefore, List<Segment> segments) {
        public static final StoredLog EMPTY = new StoredLog(0, 0, List.of());

        public StoredLog {
            segments = List.copyOf(segments);
        }
    }

    /**
     * What is stored of these logs, as they were last left; an empty log that begins at 0 where there is nothing. Called once, before
     * anything else. Logs that are not named here are deleted.
     */
    Map<LogId, StoredLog> recover(Collection<LogId> logs);

    /** A new, empty segment at the end of the log. */
    Segment create(LogId log, long baseOffset);

    /** Whether a sealed segment can be replaced yet; what is replaced must not be needed to recover. On any thread. */
    boolean isReplaceable(Segment sealed);

    /**
     * Begins a segment that will hold what is left of others.
     *
     * @param sealed neighbours, all of them replaceable and none the log's last
     */
    SegmentReplacement replace(LogId log, List<Segment> sealed);

    /** Takes note that the log has been compacted before an offset; it may be lost, and is then done again. */
    void noteCompacted(LogId log, long offset);

    /**
     * Puts a small file beside the log's segments, in the place of the one that has the name; durable on return, and gone with the log. A
     * store that keeps nothing keeps no note either. On any thread.
     */
    void writeNote(LogId log, String name, ByteBuffer contents);

    /** What {@link #writeNote} was last given under the name, or null; whatever became of it. */
    @Nullable ByteBuffer readNote(LogId log, String name);

    /** Deletes the log with all its segments. The log's thread must have stopped using it. */
    void delete(LogId log);

    /** A way to append, for the use of one thread. */
    Lane openLane();

    /** A directory for what belongs to a log beside its segments; null when nothing of it outlives the process. */
    @Nullable Path stateDirectory(LogId log);

    /** Whether it can take segments into a second tier. */
    default boolean hasSecondTier() {
        return false;
    }

    /** Whether any part of a log is in the second tier. On any thread. */
    default boolean isOffloaded(LogId log) {
        return false;
    }

    /** Threads for reads of segments that are not local, so that these do not hold up the others; null without a second tier. */
    default @Nullable Executor remoteReads() {
        return null;
    }

    /** Whether reads come from memory and never block. */
    boolean inMemory();

    /** Makes everything durable that was appended and lets go. */
    @Override
    void close();

    /** Lets go of everything as it is, as a crash would. */
    void halt();
}
