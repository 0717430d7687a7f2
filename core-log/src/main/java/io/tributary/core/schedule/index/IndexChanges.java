package io.tributary.core.schedule.index;

import java.util.Collection;
import java.util.List;

/**
 * What a part of the log does to the index. A key is in one of the first three at most.
 *
 * @param added     records that wait from now on; undecided ones of the same key are no more
 * @param undecided records whose transactions may still end either way
 * @param removed   records that do not wait any more
 * @param ended     keys of repeatable records that neither wait nor are undecided any more
 */
public record IndexChanges(Collection<WaitingRow> added, Collection<UndecidedRow> undecided, Collection<ScheduleKey> removed,
                           Collection<ScheduleKey> ended) {
    /** Records that are gone. */
    public static IndexChanges removing(Collection<ScheduleKey> removed) {
        return new IndexChanges(List.of(), List.of(), removed, List.of());
    }
}
