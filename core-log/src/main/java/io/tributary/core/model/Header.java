package io.tributary.core.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record's header. The value is bytes, by convention UTF-8 text; the array is not copied and must not be changed. A name may occur
 * more than once in a record.
 */
public record Header(String name, byte @Nullable [] value) {
    public Header {
        Objects.requireNonNull(name, "name");
    }

    /** A header whose value is text. */
    public static Header of(String name, String text) {
        return new Header(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The value as text, malformed UTF-8 replaced; null for a null value. */
    public @Nullable String text() {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Header h && name.equals(h.name) && Arrays.equals(value, h.value);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return name + "=" + text();
    }
}
