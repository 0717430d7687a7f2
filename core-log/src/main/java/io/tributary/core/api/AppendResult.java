package io.tributary.core.api;

/**
 * Where batches were appended.
 *
 * @param baseOffset of the first record
 * @param lastOffset of the last record
 * @param duplicate  an idempotent producer's repetition: nothing was appended, the offsets are those of the first time
 */
public record AppendResult(long baseOffset, long lastOffset, boolean duplicate) {
}
