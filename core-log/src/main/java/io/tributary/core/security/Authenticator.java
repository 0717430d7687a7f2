package io.tributary.core.security;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells who a client is. */
public interface Authenticator {
    /** Fails with AUTHENTICATION_FAILED. */
    CompletionStage<Principal> authenticate(Credentials credentials);

    /** Lets everybody in; a name is believed without a proof. */
    static Authenticator open() {
        return credentials -> CompletableFuture.completedFuture(
            credentials instanceof Credentials.Password password
                ? new Principal(password.username(), Principal.ANONYMOUS.namespace())
                : Principal.ANONYMOUS);
    }
}
