package io.tributary.core.security;

import io.tributary.core.model.Namespace;

/**
 * What is kept with the metadata of who may come in and do what, namespace by namespace. Whether it is asked is the gateway's to say.
 */
public interface Access {
    /** The users of all namespaces, by whom logins are checked. */
    Logins logins();

    /** The namespace's users, as its administrators see and change them. */
    Users users(Namespace namespace);

    /** The namespace's ACLs. */
    Acls acls(Namespace namespace);

    /** The namespace's quotas. */
    Quotas quotas(Namespace namespace);
}
