package io.tributary.protocol.kafka.sasl;

import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Credentials;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.SaslAuthenticationException;

/** PLAIN (RFC 4616): authorization identity, name and password, divided by NUL. The identity must be the name, or empty. */
final class PlainExchange implements SaslExchange {
    private static final int PARTS = 3;

    private final Authenticator authenticator;

    PlainExchange(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    @Override
    public CompletionStage<Step> take(byte[] token) {
        String[] parts = new String(token, StandardCharsets.UTF_8).split("\0", -1);
        if (parts.length != PARTS) {
            return SaslExchange.failed("Invalid SASL/PLAIN response: expected 3 tokens, got " + parts.length);
        }
        String identity = parts[0];
        String username = parts[1];
        String password = parts[2];
        if (username.isEmpty() || password.isEmpty()) {
            return SaslExchange.failed("Authentication failed: username or password not specified");
        }
        if (!identity.isEmpty() && !identity.equals(username)) {
            return SaslExchange.failed("Authentication failed: Client requested an authorization id that is different from username");
        }
        return authenticator.prove(new Credentials.Password(username, password)).handle((proof, failure) -> {
            if (failure != null) {
                throw new SaslAuthenticationException("Authentication failed: Invalid username or password", failure);
            }
            return Step.done(proof);
        });
    }
}
