package io.tributary.core.log;

import io.tributary.core.model.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A record without an offset yet. Arrays are not copied and must not be changed.
 *
 * @param timestamp milliseconds since the epoch
 */
@SuppressWarnings("ArrayRecordComponent")
public record NewRecord(long timestamp, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
}
