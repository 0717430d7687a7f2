package io.tributary.core.api;

/**
 * The record found for a timestamp; both fields are {@link #NONE} when there is none.
 *
 * @param timestamp milliseconds since the epoch
 */
public record TimestampLookup(long offset, long timestamp) {
    public static final long NONE = -1;
    public static final TimestampLookup NOT_FOUND = new TimestampLookup(NONE, NONE);

    public boolean found() {
        return offset != NONE;
    }
}
