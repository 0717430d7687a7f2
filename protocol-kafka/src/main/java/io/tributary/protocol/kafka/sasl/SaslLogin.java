package io.tributary.protocol.kafka.sasl;

import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Proof;
import io.tributary.core.security.ScramMechanism;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.jspecify.annotations.Nullable;

/**
 * How far one connection's login is. A handshake names the mechanism, tokens follow, and the last of them makes the client known; a failure
 * is final. Who has logged in may do so again, as the same user and by the same mechanism, before the session's time is over (KIP-368).
 */
public final class SaslLogin {
    private static final String PLAIN = "PLAIN";
    private static final String OAUTHBEARER = "OAUTHBEARER";

    /** Each leads to the next, DONE back to EXCHANGING, and any to FAILED. */
    private enum State { NOTHING, EXCHANGING, DONE, FAILED }

    /**
     * The answer to a token.
     *
     * @param lifetimeMs how long the session lasts from now; 0 without an end, and while the exchange goes on
     */
    public record Answer(byte[] challenge, long lifetimeMs) {
    }

    private final SaslSettings settings;
    private final Authenticator authenticator;
    private final Clock clock;
    private final boolean offered;
    private final Consumer<Proof> onDone;
    private State state = State.NOTHING;
    private String mechanism = "";
    private @Nullable SaslExchange exchange;
    private @Nullable String user;
    private boolean busy;
    private boolean rawTokens;
    private long endsAtMs = Proof.NEVER;

    /**
     * Nothing yet.
     *
     * @param offered whether clients of this port may log in at all
     * @param onDone  told who has logged in, each time
     */
    public SaslLogin(SaslSettings settings, Authenticator authenticator, Clock clock, boolean offered, Consumer<Proof> onDone) {
        this.settings = settings;
        this.authenticator = authenticator;
        this.clock = clock;
        this.offered = offered;
        this.onDone = onDone;
    }

    public List<String> mechanisms() {
        return settings.mechanisms();
    }

    public SaslSettings settings() {
        return settings;
    }

    /** Whether tokens are awaited, and nothing else. */
    public boolean isExchanging() {
        return state == State.EXCHANGING;
    }

    /** Whether a token is being looked at, so that nothing else is to be. */
    public boolean isBusy() {
        return busy;
    }

    /** Whether tokens come bare, without a request around them, as after a handshake of version 0. */
    public boolean takesRawTokens() {
        return rawTokens && state == State.EXCHANGING;
    }

    /** Whether the time has passed for which the client was let in. */
    public boolean isOver() {
        return clock.millis() >= endsAtMs;
    }

    /** Takes a handshake. Fails with IllegalSaslStateException, or UnsupportedSaslMechanismException after which nothing can follow. */
    public void handshake(String wanted, int version) {
        boolean again = state == State.DONE;
        if (!offered || state == State.FAILED || isExchanging() || again && endsAtMs == Proof.NEVER) {
            throw new IllegalSaslStateException("SaslHandshake request received where clients cannot log in, or a second time");
        }
        if (!settings.mechanisms().contains(wanted) || again && !wanted.equals(mechanism)) {
            state = State.FAILED;
            throw new UnsupportedSaslMechanismException("the mechanism " + wanted + " is not offered");
        }
        mechanism = wanted;
        exchange = exchange(wanted);
        rawTokens = version == 0;
        state = State.EXCHANGING;
    }

    private SaslExchange exchange(String wanted) {
        if (wanted.equals(PLAIN)) {
            return new PlainExchange(authenticator);
        }
        if (wanted.equals(OAUTHBEARER)) {
            return new OAuthBearerExchange(authenticator);
        }
        for (ScramMechanism scram : ScramMechanism.values()) {
            if (scram.saslName().equals(wanted)) {
                return new ScramExchange(authenticator, scram);
            }
        }
        throw new IllegalArgumentException("no mechanism is called " + wanted);
    }

    /**
     * Takes a token, and is busy until {@link #finish}. Fails with IllegalSaslStateException when none is awaited, and otherwise as the
     * mechanism does.
     */
    public CompletionStage<?> take(byte[] token) {
        SaslExchange running = exchange;
        if (!isExchanging() || running == null) {
            throw new IllegalSaslStateException("SaslAuthenticate request received without a handshake, or after the login");
        }
        busy = true;
        try {
            return running.take(token);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Takes over what has become of a token, back on the connection's event loop. Fails with SaslAuthenticationException. */
    public Answer finish(@Nullable Object outcome, @Nullable Throwable failure) {
        busy = false;
        if (failure != null || !(outcome instanceof SaslExchange.Step step)) {
            state = State.FAILED;
            throw refusal(failure);
        }
        Proof proof = step.proof();
        if (proof == null) {
            return new Answer(step.challenge(), 0);
        }
        String name = proof.principal().name();
        if (user != null && !user.equals(name)) {
            state = State.FAILED;
            throw new SaslAuthenticationException(
                "Cannot change principals during re-authentication from User:" + user + " to User:" + name);
        }
        user = name;
        state = State.DONE;
        exchange = null;
        long lifetime = lifetime(proof);
        endsAtMs = lifetime == Proof.NEVER ? Proof.NEVER : clock.millis() + lifetime;
        onDone.accept(proof);
        return new Answer(step.challenge(), lifetime == Proof.NEVER ? 0 : lifetime);
    }

    private long lifetime(Proof proof) {
        long configured = settings.maxSession().isZero() ? Proof.NEVER : settings.maxSession().toMillis();
        long left = proof.expiresAtMs() == Proof.NEVER ? Proof.NEVER : Math.max(1, proof.expiresAtMs() - clock.millis());
        return Math.min(configured, left);
    }

    /** What is for the client is in SaslAuthenticationExceptions alone. */
    private SaslAuthenticationException refusal(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SaslAuthenticationException known) {
                return known;
            }
        }
        return new SaslAuthenticationException("Authentication failed during authentication due to invalid credentials with SASL mechanism "
            + mechanism, failure);
    }
}
