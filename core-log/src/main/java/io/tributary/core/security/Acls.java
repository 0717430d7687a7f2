package io.tributary.core.security;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The ACLs that are kept with the metadata. Read from memory, changed durably. Safe on any thread. */
public interface Acls {
    /** A snapshot: as long as nothing changes, the same object. */
    Set<Acl> all();

    /** Adds those that are not there. Fails with LIMIT_EXCEEDED, and adds none then. */
    CompletionStage<Void> add(Collection<Acl> acls);

    /** Removes those that are there. */
    CompletionStage<Void> remove(Collection<Acl> acls);
}
