package io.tributary.core.store;

import io.tributary.core.model.BrokerException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thread's way to append to the segments of its logs. */
public interface Lane extends AutoCloseable {
    /** Told what became of a commit, on any thread, in the order of the commits. */
    interface Commit {
        void done(@Nullable BrokerException failure);
    }

    /**
     * Appends batches to the segment's end; their offsets follow it. The buffers are read from position to limit and stay as they are.
     *
     * @throws BrokerException STORAGE_FAILURE; then nothing was appended
     */
    void append(Segment segment, List<ByteBuffer> batches);

    /** Moves the first offset of a log; durable with the next commit. */
    void moveStart(LogId log, long startOffset);

    /** Makes durable what was appended since the last commit. */
    void commit(Commit commit);

    /**
     * Begins again after a failed commit. Every commit after the failed one has failed too; the owner has cut the segments back to what was
     * committed. What was appended and not yet committed is forgotten.
     */
    void reset();

    @Override
    void close();
}
