package io.tributary.core.security;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The users of a namespace that are kept with the metadata; no password is. Names are one user's only, of all namespaces. Read from memory,
 * changed durably. Safe on any thread.
 */
public interface Users {
    /** Null for a user who is not there, or has no such credential. */
    @Nullable ScramCredential credential(String username, ScramMechanism mechanism);

    /** Everybody, by name, with each mechanism's credential: a snapshot. */
    Map<String, Map<ScramMechanism, ScramCredential>> all();

    /**
     * Makes the user if need be. Fails with INVALID_ARGUMENT for a name that is empty, longer than 250, or another namespace's user's, or
     * LIMIT_EXCEEDED.
     */
    CompletionStage<Void> put(String username, ScramCredential credential);

    /** The user goes with the last credential. Completes with whether there was one. */
    CompletionStage<Boolean> remove(String username, ScramMechanism mechanism);
}
