package io.tributary.protocol.amqp.session;

import java.security.SecureRandom;
import java.util.Base64;

/** Names that the server makes. */
final class ServerNames {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 16;

    private ServerNames() {
    }

    /** The prefix and 22 characters that were never used before and are legal in a topic's name. */
    static String next(String prefix) {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
