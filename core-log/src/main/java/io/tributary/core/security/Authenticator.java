package io.tributary.core.security;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Tells who a client is. */
public interface Authenticator {
    /** Fails with AUTHENTICATION_FAILED. Never blocks its caller. */
    CompletionStage<Principal> authenticate(Credentials credentials);

    /** As {@link #authenticate}, and for how long the credentials count, for connections that ask for new ones then. */
    default CompletionStage<Proof> prove(Credentials credentials) {
        return authenticate(credentials).thenApply(Proof::lasting);
    }

    /** What a SCRAM exchange with this user is checked against; null for a user without it. Never blocks its caller. */
    default CompletionStage<@Nullable ScramCredential> scramCredential(String username, ScramMechanism mechanism) {
        return CompletableFuture.completedFuture(null);
    }

    /** Lets everybody in; a name is believed without a proof. A token names nobody, and is refused. */
    static Authenticator open() {
        return new OpenAuthenticator(null);
    }

    /** Lets everybody in as {@link #open()} does; those who want SCRAM, which both sides must know something for, if they are users. */
    static Authenticator open(Logins users) {
        return new OpenAuthenticator(users);
    }
}
