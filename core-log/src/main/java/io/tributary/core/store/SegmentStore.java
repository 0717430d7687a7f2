package io.tributary.core.store;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the segments of logs. Calls block and fail with BrokerException STORAGE_FAILURE; they are made on log threads and when a broker
 * opens, never on an event loop.
 */
public interface SegmentStore extends AutoCloseable {
    /**
     * What is stored of a log.
     *
     * @param startOffset the first offset that is kept
     * @param segments    by base offset, without gaps; may be none
     */
    record StoredLog(long startOffset, List<Segment> segments) {
        public static final StoredLog EMPTY = new StoredLog(0, List.of());

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

    /** Deletes the log with all its segments. The log's thread must have stopped using it. */
    void delete(LogId log);

    /** A way to append, for the use of one thread. */
    Lane openLane();

    /** A directory for what belongs to a log beside its segments; null when nothing of it outlives the process. */
    @Nullable Path stateDirectory(LogId log);

    /** Whether reads come from memory and never block. */
    boolean inMemory();

    /** Makes everything durable that was appended and lets go. */
    @Override
    void close();

    /** Lets go of everything as it is, as a crash would. */
    void halt();
}
