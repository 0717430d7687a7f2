package io.tributary.core.schedule;

import io.tributary.core.schedule.index.ScheduleKey;
import io.tributary.core.schedule.index.WaitingRow;
import java.util.List;

/**
 * What becomes of rows.
 *
 * @param batches to be appended
 * @param ended   their waiting is to be ended, for they were appended before, or cannot be
 * @param dropped how many of those cannot be
 * @param gone    their records are not in the log any more: they were ended before, and the index has not seen it
 */
record Plan(List<TargetBatch> batches, List<WaitingRow> ended, int dropped, List<ScheduleKey> gone) {
}
