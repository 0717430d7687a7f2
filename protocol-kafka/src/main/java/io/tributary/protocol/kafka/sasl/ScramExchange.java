package io.tributary.protocol.kafka.sasl;

import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Credentials;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFirstMessage;
import org.apache.kafka.common.security.scram.internals.ScramSaslServer;
import org.jspecify.annotations.Nullable;

/** SCRAM (RFC 5802) by Kafka's own server class; the credential is looked up before it, since that may take a while. */
final class ScramExchange implements SaslExchange {
    private final Authenticator authenticator;
    private final ScramMechanism mechanism;
    private @Nullable ScramSaslServer server;

    ScramExchange(Authenticator authenticator, ScramMechanism mechanism) {
        this.authenticator = authenticator;
        this.mechanism = mechanism;
    }

    @Override
    public CompletionStage<Step> take(byte[] token) {
        ScramSaslServer running = server;
        if (running == null) {
            return begin(token);
        }
        byte[] answer;
        try {
            answer = running.evaluateResponse(token);
        } catch (SaslException | RuntimeException e) {
            return failed(e);
        }
        if (!running.isComplete()) {
            return CompletableFuture.completedFuture(new Step(answer, null));
        }
        return authenticator.prove(new Credentials.Proven(running.getAuthorizationID())).thenApply(proof -> new Step(answer, proof));
    }

    private CompletionStage<Step> begin(byte[] token) {
        String username;
        try {
            username = ScramFormatter.username(new ClientFirstMessage(token).saslName());
        } catch (SaslException | RuntimeException e) {
            return failed(e);
        }
        return authenticator.scramCredential(username, mechanism).thenApply(credential -> {
            if (credential == null) {
                throw new SaslAuthenticationException("Authentication failed during authentication due to invalid credentials with SASL "
                    + "mechanism " + mechanism.saslName());
            }
            ScramSaslServer fresh = server(credential);
            server = fresh;
            try {
                return new Step(fresh.evaluateResponse(token), null);
            } catch (SaslException | RuntimeException e) {
                throw refusal(e);
            }
        });
    }

    private ScramSaslServer server(ScramCredential credential) {
        try {
            return new ScramSaslServer(
                org.apache.kafka.common.security.scram.internals.ScramMechanism.forMechanismName(mechanism.saslName()), Map.of(),
                callbacks -> answer(callbacks, credential));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java has the hashes of SCRAM", missing);
        }
    }

    /** Delegation tokens, for which the server would ask too, are not known here. */
    private static void answer(Callback[] callbacks, ScramCredential credential) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof ScramCredentialCallback asked) {
                asked.scramCredential(new org.apache.kafka.common.security.scram.ScramCredential(credential.salt(), credential.storedKey(),
                    credential.serverKey(), credential.iterations()));
            } else if (!(callback instanceof NameCallback)) {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    private <T> CompletionStage<T> failed(Exception failure) {
        return CompletableFuture.failedFuture(refusal(failure));
    }

    /** What Kafka's class says of a wrong proof is for the client; what it says of bytes that it cannot read is for nobody. */
    private SaslAuthenticationException refusal(Exception failure) {
        return failure instanceof SaslAuthenticationException known ? known
            : new SaslAuthenticationException("Authentication failed during authentication due to invalid credentials with SASL mechanism "
                + mechanism.saslName(), failure);
    }
}
