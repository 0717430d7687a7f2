package io.tributary.core.access;

import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.security.Access;
import io.tributary.core.security.Acls;
import io.tributary.core.security.Quotas;
import io.tributary.core.security.Users;

/** What is kept of users, ACLs and quotas, beneath keys of their own of the metadata store. */
public final class StoredAccess implements Access {
    private final Users users;
    private final Acls acls;
    private final Quotas quotas;

    /** Reads everything into memory; blocks until that is done. Fails with STORAGE_FAILURE. */
    public StoredAccess(MetadataStore store) {
        users = new StoredUsers(store);
        acls = new StoredAcls(store);
        quotas = new StoredQuotas(store);
    }

    @Override
    public Users users() {
        return users;
    }

    @Override
    public Acls acls() {
        return acls;
    }

    @Override
    public Quotas quotas() {
        return quotas;
    }
}
