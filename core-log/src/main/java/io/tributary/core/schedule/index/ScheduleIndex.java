package io.tributary.core.schedule.index;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The waiting records by key, those whose transactions are undecided, and the keys of repeatable ones that do not wait any more. Belongs to
 * one thread; every method may fail with {@link IndexFailure}. What was applied and not flushed may be lost by a crash, the newest first;
 * rows and state always go together.
 */
public interface ScheduleIndex extends AutoCloseable {
    /** Null for an index that was just made. */
    @Nullable IndexState state();

    /** Makes changes and sets the state, all or nothing. */
    void apply(IndexChanges changes, IndexState state);

    /** The undecided record of this key, or null. */
    @Nullable UndecidedRow findUndecided(ScheduleKey key);

    /** As {@link #scan}, of the undecided ones. */
    void scanUndecided(@Nullable ScheduleKey from, Predicate<UndecidedRow> visitor);

    /** Whether the key was noted as ended and not forgotten since. */
    boolean hasEnded(ScheduleKey key);

    /** Forgets the ended keys that were due before, in milliseconds since the epoch. */
    void forgetEnded(long dueBeforeMs);

    @Nullable WaitingRow find(ScheduleKey key);

    /** Visits the rows in their order until the visitor has enough. {@code from} is the first, or null for all. */
    void scan(@Nullable ScheduleKey from, Predicate<WaitingRow> visitor);

    /** The memory that the index holds outside of the heap, in bytes. */
    long memoryBytes();

    /** Makes what was applied outlive the process. */
    void flush();

    /** Lets go of the files; does not flush. */
    @Override
    void close();
}
