package io.tributary.core.access;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Credentials;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Proof;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import io.tributary.core.security.TokenVerifier;
import io.tributary.core.security.Users;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Knows the users of the configuration and those of the metadata, all in the default namespace; the former count where both have one. */
public final class UserAuthenticator implements Authenticator {
    private final Map<String, String> configured;
    private final Users stored;
    private final boolean letsAnonymousIn;
    private final @Nullable TokenVerifier tokens;
    private final PasswordCheck passwords = new PasswordCheck();
    private final ScramCredential decoy =
        ScramCredential.ofPassword(ScramMechanism.SCRAM_SHA_256, "of nobody", ScramMechanism.MIN_ITERATIONS);
    /** Of configured users, each made when it is first asked for. */
    private final Map<String, CompletableFuture<@Nullable ScramCredential>> made = new ConcurrentHashMap<>();

    /**
     * Knows these.
     *
     * @param configured passwords by name
     * @param tokens     null to refuse tokens
     */
    public UserAuthenticator(Map<String, String> configured, Users stored, boolean letsAnonymousIn, @Nullable TokenVerifier tokens) {
        this.configured = Map.copyOf(configured);
        this.stored = stored;
        this.letsAnonymousIn = letsAnonymousIn;
        this.tokens = tokens;
    }

    @Override
    public CompletionStage<Principal> authenticate(Credentials credentials) {
        return prove(credentials).thenApply(Proof::principal);
    }

    @Override
    public CompletionStage<Proof> prove(Credentials credentials) {
        if (credentials instanceof Credentials.Password given) {
            return password(given);
        }
        if (credentials instanceof Credentials.Proven proven && !proven.username().isEmpty()) {
            return CompletableFuture.completedFuture(Proof.lasting(principal(proven.username())));
        }
        if (credentials instanceof Credentials.Token token && tokens != null) {
            return tokens.verify(token.value());
        }
        if (credentials instanceof Credentials.Anonymous && letsAnonymousIn) {
            return CompletableFuture.completedFuture(Proof.lasting(Principal.ANONYMOUS));
        }
        return CompletableFuture.failedFuture(refusal());
    }

    private CompletionStage<Proof> password(Credentials.Password given) {
        String expected = configured.get(given.username());
        if (expected != null) {
            return MessageDigest.isEqual(bytes(expected), bytes(given.password()))
                ? CompletableFuture.completedFuture(Proof.lasting(principal(given.username())))
                : CompletableFuture.failedFuture(refusal());
        }
        ScramCredential credential = stored.credential(given.username(), ScramMechanism.SCRAM_SHA_256);
        if (credential == null) {
            credential = stored.credential(given.username(), ScramMechanism.SCRAM_SHA_512);
        }
        return passwords.check(credential, decoy, given.password()).thenApply(right -> {
            if (!right) {
                throw refusal();
            }
            return Proof.lasting(principal(given.username()));
        });
    }

    @Override
    public CompletionStage<@Nullable ScramCredential> scramCredential(String username, ScramMechanism mechanism) {
        String password = configured.get(username);
        if (password == null) {
            return CompletableFuture.completedFuture(stored.credential(username, mechanism));
        }
        String key = mechanism.name() + "/" + username;
        try {
            return made.computeIfAbsent(key, missing -> CompletableFuture.supplyAsync(
                () -> ScramCredential.ofPassword(mechanism, password, ScramMechanism.MIN_ITERATIONS), passwords.executor()));
        } catch (RejectedExecutionException busy) {
            return CompletableFuture.failedFuture(refusal());
        }
    }

    private static Principal principal(String name) {
        return new Principal(name, Namespace.DEFAULT);
    }

    private static BrokerException refusal() {
        return new BrokerException(ErrorCode.AUTHENTICATION_FAILED, "unknown user or wrong password");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
