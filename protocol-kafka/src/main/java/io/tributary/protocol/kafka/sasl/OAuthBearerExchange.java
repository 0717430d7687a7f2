package io.tributary.protocol.kafka.sasl;

import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Credentials;
import io.tributary.core.security.Proof;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerClientInitialResponse;

/** OAUTHBEARER (RFC 7628): a token, or, when that is refused, an error for which the client has one answer before it is told again. */
final class OAuthBearerExchange implements SaslExchange {
    private static final String ERROR = "{\"status\":\"invalid_token\"}";

    private final Authenticator authenticator;
    private boolean refused;

    OAuthBearerExchange(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    @Override
    public CompletionStage<Step> take(byte[] token) {
        if (refused) {
            return SaslExchange.failed(ERROR);
        }
        OAuthBearerClientInitialResponse response;
        try {
            response = new OAuthBearerClientInitialResponse(token);
        } catch (SaslException e) {
            return SaslExchange.failed("the client's first message is none of OAUTHBEARER");
        }
        return authenticator.prove(new Credentials.Token(response.tokenValue())).handle((proof, failure) -> {
            if (failure == null) {
                checkIdentity(response.authorizationId(), proof);
                return Step.done(proof);
            }
            refused = true;
            return new Step(ERROR.getBytes(StandardCharsets.UTF_8), null);
        });
    }

    private static void checkIdentity(String identity, Proof proof) {
        if (!identity.isEmpty() && !identity.equals(proof.principal().name())) {
            throw new SaslAuthenticationException("Authentication failed: Client requested an authorization id (" + identity
                + ") that is different from the token's principal name (" + proof.principal().name() + ")");
        }
    }
}
