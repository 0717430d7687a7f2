package io.tributary.core.model;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A record's routing words are its key, as UTF-8 text. */
public final class Subject {
    private Subject() {
    }

    /** The key that stores a subject. */
    public static byte @Nullable [] toKey(@Nullable String subject) {
        return subject == null ? null : subject.getBytes(StandardCharsets.UTF_8);
    }

    /** The subject that a key stores; null for a null key and for one that is not well-formed UTF-8. */
    public static @Nullable String ofKey(byte @Nullable [] key) {
        if (key == null) {
            return null;
        }
        for (byte b : key) {
            if (b < 0) {
                return decodeStrictly(key);
            }
        }
        return new String(key, StandardCharsets.ISO_8859_1);
    }

    private static @Nullable String decodeStrictly(byte[] key) {
        try {
            return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(key)).toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }
}
