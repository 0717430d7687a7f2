package io.tributary.core.retained.view;

/**
 * A retained value's place.
 *
 * @param offset    of its record
 * @param bytes     of the record
 * @param expiresAt milliseconds since the epoch; {@link #NEVER}
 */
public record RetainedRow(long offset, int bytes, long expiresAt) {
    public static final long NEVER = Long.MAX_VALUE;

    public boolean isExpired(long nowMs) {
        return expiresAt <= nowMs;
    }
}
