package io.tributary.core.schedule.index;

import java.util.UUID;

/**
 * What an index covers; written together with its rows.
 *
 * @param log      the schedule topic's identity
 * @param position the log's records before this offset are in the index
 * @param waiting  the number of rows
 * @param claim    the offset of the last claim before the position, or {@link #NO_CLAIM}
 */
public record IndexState(UUID log, long position, long waiting, long claim) {
    public static final long NO_CLAIM = -1;

    /** Of an index of nothing yet. */
    public static IndexState empty(UUID log) {
        return new IndexState(log, 0, 0, NO_CLAIM);
    }
}
