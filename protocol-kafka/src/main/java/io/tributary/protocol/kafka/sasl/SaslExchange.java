package io.tributary.protocol.kafka.sasl;

import io.tributary.core.security.Proof;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.jspecify.annotations.Nullable;

/** One login by one mechanism, from its first token to its last. Tokens come one after the other. */
interface SaslExchange {
    /**
     * What follows a token.
     *
     * @param challenge for the client
     * @param proof     who the client is, when that is clear; null while it goes on
     */
    record Step(byte[] challenge, @Nullable Proof proof) {
        private static final byte[] EMPTY = new byte[0];

        static Step done(Proof proof) {
            return new Step(EMPTY, proof);
        }
    }

    /** Fails with SaslAuthenticationException, whose message is for the client, or AUTHENTICATION_FAILED. */
    CompletionStage<Step> take(byte[] token);

    static <T> CompletionStage<T> failed(String message) {
        return CompletableFuture.failedFuture(new SaslAuthenticationException(message));
    }
}
