package io.tributary.gateway.security;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Credentials;
import io.tributary.core.security.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Knows the users that the configuration names, all in the default namespace. */
public final class ConfiguredUsers implements Authenticator {
    private final Map<String, String> passwords;

    /** Users by name, with their passwords. */
    public ConfiguredUsers(Map<String, String> passwords) {
        this.passwords = Map.copyOf(passwords);
    }

    @Override
    public CompletionStage<Principal> authenticate(Credentials credentials) {
        if (credentials instanceof Credentials.Password given) {
            String expected = passwords.get(given.username());
            // Compared also for an unknown user, and in constant time, so that the answer's delay tells nothing.
            boolean same = MessageDigest.isEqual(bytes(expected == null ? given.password() : expected), bytes(given.password()));
            if (expected != null && same) {
                return CompletableFuture.completedFuture(new Principal(given.username(), Principal.ANONYMOUS.namespace()));
            }
        }
        return CompletableFuture.failedFuture(new BrokerException(ErrorCode.AUTHENTICATION_FAILED, "unknown user or wrong password"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
