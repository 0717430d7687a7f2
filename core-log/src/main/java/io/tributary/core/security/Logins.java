package io.tributary.core.security;

import io.tributary.core.model.Namespace;
import org.jspecify.annotations.Nullable;

/** The users of all namespaces that are kept with the metadata: a name is one user's only. Read from memory. Safe on any thread. */
public interface Logins {
    /** Null for a user who is not there, or has no such credential. */
    @Nullable ScramCredential credential(String username, ScramMechanism mechanism);

    /** Whose the user is; null for one who is not there. */
    @Nullable Namespace namespace(String username);
}
