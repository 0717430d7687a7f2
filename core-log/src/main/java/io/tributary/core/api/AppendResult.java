package io.tributary.core.api;

/**
 * Where batches were appended.
 *
 * @param baseOffset of the first record
 * @param lastOffset of the last record
 * @param duplicate  an idempotent producer's repetition: nothing was appended, the offsets are those of the first time
 * @param appendTime the timestamp that all the records have, in milliseconds since the epoch, where the topic's are those of the append;
 *                   otherwise {@link #AS_CREATED}
 */
public record AppendResult(long baseOffset, long lastOffset, boolean duplicate, long appendTime) {
    public static final long AS_CREATED = -1;

    /** Of records that keep their timestamps. */
    public AppendResult(long baseOffset, long lastOffset, boolean duplicate) {
        this(baseOffset, lastOffset, duplicate, AS_CREATED);
    }
}
