package io.tributary.core.log;

import io.tributary.core.model.BrokerException;
import io.tributary.core.store.Lane;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A log thread's lane to one store, with what was appended since the last commit. Belongs to the log thread.
 *
 * <p>When a commit fails nothing more is taken until those behind it have come back, failed as well; then every log goes back to its high
 * watermark and the lane begins again.
 */
final class CommitLane {
    private static final int MAX_COMMITS = 2;
    /** What may wait for the next commit before the log thread leaves its mailbox alone. */
    private static final long MAX_UNCOMMITTED_BYTES = 16 << 20;

    private final SegmentStore store;
    private final LogThread thread;
    private final Lane lane;
    private List<LogWriter> uncommitted = new ArrayList<>();
    private List<Consumer<@Nullable BrokerException>> callbacks = new ArrayList<>();
    private long uncommittedBytes;
    private int underWay;
    private final Set<LogWriter> failed = new LinkedHashSet<>();
    private @Nullable BrokerException failure;

    CommitLane(SegmentStore store, LogThread thread) {
        this.store = store;
        this.thread = thread;
        this.lane = store.openLane();
    }

    SegmentStore store() {
        return store;
    }

    void append(Segment segment, List<ByteBuffer> run, long bytes) {
        lane.append(segment, run);
        uncommittedBytes += bytes;
    }

    /** Notes that a log has appended, once for each {@link LogWriter#takeUncommittedEnd}. */
    void appended(LogWriter writer) {
        uncommitted.add(writer);
    }

    /** Moves the log's start; the callback runs on the log thread when that is durable, or with the failure. */
    void moveStart(LogId log, long startOffset, Consumer<@Nullable BrokerException> callback) {
        lane.moveStart(log, startOffset);
        callbacks.add(callback);
    }

    boolean takesMore() {
        return failure == null && (underWay < MAX_COMMITS || uncommittedBytes < MAX_UNCOMMITTED_BYTES);
    }

    boolean isIdle() {
        return underWay == 0 && uncommitted.isEmpty() && callbacks.isEmpty() && failure == null;
    }

    boolean commitIfDue() {
        if (uncommitted.isEmpty() && callbacks.isEmpty() || underWay >= MAX_COMMITS || failure != null) {
            return false;
        }
        List<LogWriter> writers = uncommitted;
        List<Consumer<@Nullable BrokerException>> told = callbacks;
        uncommitted = new ArrayList<>();
        callbacks = new ArrayList<>();
        uncommittedBytes = 0;
        long[] ends = new long[writers.size()];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = writers.get(i).takeUncommittedEnd();
        }
        underWay++;
        lane.commit(cause -> {
            if (thread.isCurrent()) {
                done(writers, ends, told, cause);
            } else {
                thread.execute(() -> done(writers, ends, told, cause));
            }
        });
        return true;
    }

    private void done(List<LogWriter> writers, long[] ends, List<Consumer<@Nullable BrokerException>> told,
            @Nullable BrokerException cause) {
        underWay--;
        if (cause == null) {
            for (int i = 0; i < ends.length; i++) {
                writers.get(i).committed(ends[i]);
            }
            told.forEach(callback -> callback.accept(null));
            return;
        }
        if (failure == null) {
            failure = cause;
        }
        failed.addAll(writers);
        callbacks.addAll(told);
        if (underWay == 0) {
            beginAgain(cause);
        }
    }

    private void beginAgain(BrokerException cause) {
        failed.addAll(uncommitted);
        uncommitted = new ArrayList<>();
        uncommittedBytes = 0;
        lane.reset();
        for (LogWriter writer : failed) {
            writer.rollBack(cause);
        }
        failed.clear();
        List<Consumer<@Nullable BrokerException>> told = callbacks;
        callbacks = new ArrayList<>();
        failure = null;
        told.forEach(callback -> callback.accept(cause));
    }

    void close() {
        lane.close();
    }
}
