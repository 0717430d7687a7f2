package io.tributary.core.schedule.index;

/**
 * A waiting record as the index has it.
 *
 * @param offset in the schedule's log
 * @param bytes  roughly what it takes in memory
 * @param target the same number for all records of one target topic
 */
public record WaitingRow(ScheduleKey key, long offset, int bytes, long target) {
}
