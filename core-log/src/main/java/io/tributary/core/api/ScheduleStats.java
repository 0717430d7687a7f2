package io.tributary.core.api;

/**
 * A moment's counts; all but the first and the last since the process began.
 *
 * @param waiting   records that wait
 * @param fired     records that were appended to their topic
 * @param cancelled records whose waiting was ended
 * @param dropped   records that were due when their topic no longer existed, or no longer took them
 * @param lateMs    how long the first of those that wait has been due, in milliseconds; 0 when none is
 */
public record ScheduleStats(long waiting, long fired, long cancelled, long dropped, long lateMs) {
}
