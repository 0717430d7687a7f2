package io.tributary.protocol.http.session;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Names a delivery to a client: this run of the server, the consumer, the delivery. One of an earlier run is told from those of this one
 * by the run's random number, so that it settles nothing.
 *
 * @param consumer the number of the consumer that the delivery is outstanding with
 * @param delivery the core's identifier
 */
record AckId(long consumer, long delivery) {
    private static final long RUN = new SecureRandom().nextLong();
    private static final int LENGTH = 24;
    private static final int TEXT_LENGTH = 32;

    /** 32 characters of URL-safe Base64. */
    String text() {
        byte[] bytes = ByteBuffer.allocate(LENGTH).putLong(RUN).putLong(consumer).putLong(delivery).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Null for anything that {@link #text} has not written in this run. */
    static @Nullable AckId parse(String text) {
        if (text.length() != TEXT_LENGTH) {
            return null;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            return bytes.remaining() == LENGTH && bytes.getLong() == RUN ? new AckId(bytes.getLong(), bytes.getLong()) : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
