package io.tributary.core.security;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Believes every name. */
final class OpenAuthenticator implements Authenticator {
    private final @Nullable Logins users;

    OpenAuthenticator(@Nullable Logins users) {
        this.users = users;
    }

    @Override
    public CompletionStage<Principal> authenticate(Credentials credentials) {
        if (credentials instanceof Credentials.Password password) {
            return CompletableFuture.completedFuture(new Principal(password.username(), Namespace.DEFAULT));
        }
        if (credentials instanceof Credentials.Proven proven) {
            return CompletableFuture.completedFuture(new Principal(proven.username(), Namespace.DEFAULT));
        }
        if (credentials instanceof Credentials.Certified certified) {
            return CompletableFuture.completedFuture(new Principal(certified.username(), Namespace.DEFAULT));
        }
        if (credentials instanceof Credentials.Token) {
            return CompletableFuture.failedFuture(new BrokerException(ErrorCode.AUTHENTICATION_FAILED, "no tokens are known here"));
        }
        return CompletableFuture.completedFuture(Principal.ANONYMOUS);
    }

    @Override
    public CompletionStage<@Nullable ScramCredential> scramCredential(String username, ScramMechanism mechanism) {
        return CompletableFuture.completedFuture(users == null ? null : users.credential(username, mechanism));
    }
}
