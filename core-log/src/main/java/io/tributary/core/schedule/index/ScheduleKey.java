package io.tributary.core.schedule.index;

import java.nio.ByteBuffer;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Names a waiting record and tells its place: by due time, then in the order of publishing. Since it begins with the due time, one row
 * serves both to fire and to cancel.
 *
 * @param dueMs  milliseconds since the epoch, not negative
 * @param run    the schedule log's end when the process began to use it: a later process has a higher one if this one wrote anything. Or,
 *               for what may be published again, {@link #REPEATABLE} and a hash of who published it
 * @param number counts within the process, or of the publisher's
 */
public record ScheduleKey(long dueMs, long run, long number) implements Comparable<ScheduleKey> {
    /** The size of the binary form, whose order is that of the keys. */
    public static final int BYTES = 3 * Long.BYTES;

    /** Set in the run of a key that does not come from the process but from what is published: the same again has the same key. */
    public static final long REPEATABLE = 1L << 62;

    private static final int TEXT_LENGTH = BYTES * 4 / 3;

    /** Whether the key is given again to what is published again. */
    public boolean isRepeatable() {
        return (run & REPEATABLE) != 0;
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(dueMs).putLong(run).putLong(number).array();
    }

    /** The inverse of {@link #toBytes}. */
    public static ScheduleKey ofBytes(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, BYTES);
        return new ScheduleKey(buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /** As clients see it: 32 characters of URL-safe Base64. */
    public String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(toBytes());
    }

    /** The inverse of {@link #text}; null when it is none. */
    public static @Nullable ScheduleKey parse(String text) {
        if (text.length() != TEXT_LENGTH) {
            return null;
        }
        try {
            ScheduleKey key = ofBytes(Base64.getUrlDecoder().decode(text));
            return key.dueMs < 0 || key.run < 0 || key.number < 0 ? null : key;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    @Override
    public int compareTo(ScheduleKey other) {
        int byDue = Long.compare(dueMs, other.dueMs);
        int byRun = byDue != 0 ? byDue : Long.compare(run, other.run);
        return byRun != 0 ? byRun : Long.compare(number, other.number);
    }
}
