package io.tributary.core.retained.view;

import io.tributary.core.model.Address;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A path as bytes whose order keeps what lies beneath a level together: UTF-8 with 0 in the place of each separator, below every other
 * byte. So that no path has that byte itself, none may have U+0000.
 */
public final class PathKey implements Comparable<PathKey> {
    /** Of the encoded path; MQTT's own bound. */
    public static final int MAX_BYTES = 0xFFFF;
    private static final byte SEPARATOR = 0;

    private final byte[] bytes;

    private PathKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Fails with INVALID_ARGUMENT for a path that is too long or has U+0000. */
    public static PathKey of(String path) {
        byte[] encoded = path.getBytes(StandardCharsets.UTF_8);
        if (encoded.length > MAX_BYTES) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "an address of " + encoded.length + " bytes cannot be retained");
        }
        for (int i = 0; i < encoded.length; i++) {
            if (encoded[i] == SEPARATOR) {
                throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "an address with U+0000 cannot be retained");
            }
            if (encoded[i] == Address.SEPARATOR) {
                encoded[i] = SEPARATOR;
            }
        }
        return new PathKey(encoded);
    }

    public static PathKey ofBytes(byte[] bytes) {
        return new PathKey(bytes);
    }

    /** Must not be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** The inverse of {@link #of}. */
    public String path() {
        return new String(bytes, StandardCharsets.UTF_8).replace('\0', Address.SEPARATOR);
    }

    /** The key right behind this one. */
    public PathKey successor() {
        return new PathKey(Arrays.copyOf(bytes, bytes.length + 1));
    }

    /** Where the level ends that begins at {@code start}. */
    int endOfLevel(int start) {
        int end = start;
        while (end < bytes.length && bytes[end] != SEPARATOR) {
            end++;
        }
        return end;
    }

    int length() {
        return bytes.length;
    }

    /** Compares the level between these places with a word. */
    int compareLevel(int start, int end, byte[] word) {
        return Arrays.compareUnsigned(bytes, start, end, word, 0, word.length);
    }

    /** The first key with this key's bytes before {@code end} that goes on with another level, which is {@code word} or anything. */
    PathKey below(int end, byte @Nullable [] word) {
        byte[] key = Arrays.copyOf(bytes, end + 1 + (word == null ? 0 : word.length));
        key[end] = SEPARATOR;
        if (word != null) {
            System.arraycopy(word, 0, key, end + 1, word.length);
        }
        return new PathKey(key);
    }

    /** The first key behind all that lies beneath this key's first {@code end} bytes, the last of which ends a level. */
    PathKey behind(int end) {
        byte[] key = Arrays.copyOf(bytes, end + 1);
        key[end] = SEPARATOR + 1;
        return new PathKey(key);
    }

    @Override
    public int compareTo(PathKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PathKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return path();
    }
}
