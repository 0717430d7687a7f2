package io.tributary.core.access;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Credentials;
import io.tributary.core.security.Logins;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Proof;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import io.tributary.core.security.TokenVerifier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Knows the users of the configuration and those of the metadata; the former count where both have one. A name that the configuration gives
 * a namespace is in that, a stored user in the one whose administrators made it, everybody else in the default one.
 */
public final class UserAuthenticator implements Authenticator {
    private final Map<String, String> configured;
    private final Logins stored;
    private final Map<String, Namespace> namespaces;
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
    public UserAuthenticator(Map<String, String> configured, Logins stored, boolean letsAnonymousIn, @Nullable TokenVerifier tokens) {
        this(configured, Map.of(), stored, letsAnonymousIn, tokens);
    }

    /**
     * Knows these.
     *
     * @param configured passwords by name
     * @param namespaces of configured users and of names in certificates and tokens; the default one for others
     * @param tokens     null to refuse tokens
     */
    public UserAuthenticator(Map<String, String> configured, Map<String, Namespace> namespaces, Logins stored, boolean letsAnonymousIn,
                             @Nullable TokenVerifier tokens) {
        this.configured = Map.copyOf(configured);
        this.namespaces = Map.copyOf(namespaces);
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
            return CompletableFuture.completedFuture(Proof.lasting(user(proven.username())));
        }
        if (credentials instanceof Credentials.Certified certified && !certified.username().isEmpty()) {
            return CompletableFuture.completedFuture(Proof.lasting(named(certified.username())));
        }
        if (credentials instanceof Credentials.Token token && tokens != null) {
            return tokens.verify(token.value()).thenApply(this::placed);
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
                ? CompletableFuture.completedFuture(Proof.lasting(user(given.username())))
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
            return Proof.lasting(user(given.username()));
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

    /** One whose password was right. Who is stored in a namespace is nobody in another, whatever the configuration says of the name. */
    private Principal user(String name) {
        Namespace own = configured.containsKey(name) ? null : stored.namespace(name);
        return own == null ? named(name) : new Principal(name, own);
    }

    private Principal named(String name) {
        return new Principal(name, namespaces.getOrDefault(name, Namespace.DEFAULT));
    }

    /** A token may say itself which namespace it is for. */
    private Proof placed(Proof proof) {
        Principal told = proof.principal();
        return told.namespace().equals(Namespace.DEFAULT) ? new Proof(named(told.name()), proof.expiresAtMs()) : proof;
    }

    private static BrokerException refusal() {
        return new BrokerException(ErrorCode.AUTHENTICATION_FAILED, "unknown user or wrong password");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
