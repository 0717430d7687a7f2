package io.tributary.core.retained.view;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The places of the retained values of several logs. Changed by one thread, read by any; every call blocks and may fail with
 * STORAGE_FAILURE. A crash loses what was applied last, if anything: rows and position always go together.
 */
public interface RetainedView extends AutoCloseable {
    /** The logs that it knows. */
    Collection<UUID> logs();

    /** The offset before which the log's records are in the view; 0 for a log that it does not know. */
    long position(UUID log);

    /** Sets rows, or with an empty one removes them, and moves the position, all or nothing. */
    void apply(UUID log, Map<PathKey, Optional<RetainedRow>> changes, long position);

    @Nullable RetainedRow find(UUID log, PathKey path);

    /** The log's rows as they are now, in the order of their keys; to be closed. */
    Rows rows(UUID log);

    /** Forgets a log. */
    void forget(UUID log);

    /** Lets go of the files. */
    @Override
    void close();

    /** Goes over rows. For one thread. */
    interface Rows extends AutoCloseable {
        /** Moves to the first row at or after {@code from}; returns whether there is one. */
        boolean seek(PathKey from);

        /** Moves to the next row; returns whether there is one. */
        boolean next();

        PathKey path();

        RetainedRow row();

        @Override
        void close();
    }
}
