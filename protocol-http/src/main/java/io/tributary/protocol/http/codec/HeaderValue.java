package io.tributary.protocol.http.codec;

import org.jspecify.annotations.Nullable;

/**
 * One value of a record header in JSON: a string for UTF-8 text, {@code {"base64": "..."}} for other bytes, null for a null value.
 */
public record HeaderValue(String name, byte @Nullable [] value) {
}
