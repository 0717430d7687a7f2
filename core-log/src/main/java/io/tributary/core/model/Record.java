package io.tributary.core.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stored record. Arrays are not copied and must not be changed.
 *
 * @param offset    its place in its partition, from 0
 * @param timestamp milliseconds since the epoch
 * @param key       the subject; null when it has none
 * @param value     the body; null is Kafka's tombstone
 */
@SuppressWarnings("JavaLangClash")
public record Record(long offset, long timestamp, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
    /** The bytes that the record holds, for limits; not its exact size in a batch. */
    public int sizeInBytes() {
        int size = (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        for (Header header : headers) {
            byte[] bytes = header.value();
            size += header.name().length() + (bytes == null ? 0 : bytes.length);
        }
        return size;
    }

    /** The key as text; null when there is none or it is not UTF-8. */
    public @Nullable String subject() {
        return Subject.ofKey(key);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Record r && offset == r.offset && timestamp == r.timestamp && Arrays.equals(key, r.key)
            && Arrays.equals(value, r.value) && headers.equals(r.headers);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(offset) * 31 + Long.hashCode(timestamp);
    }

    @Override
    public String toString() {
        return "Record[" + offset + " @" + timestamp + " key=" + subject() + " " + (value == null ? "null" : value.length + " bytes") + " "
            + headers + "]";
    }
}
