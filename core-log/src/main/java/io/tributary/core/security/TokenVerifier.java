package io.tributary.core.security;

import java.util.concurrent.CompletionStage;

/** Tells whom a bearer token speaks for. */
public interface TokenVerifier {
    /** Never blocks its caller. Fails with AUTHENTICATION_FAILED. */
    CompletionStage<Proof> verify(String token);
}
