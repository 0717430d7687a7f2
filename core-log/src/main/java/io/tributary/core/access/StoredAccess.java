package io.tributary.core.access;

import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Access;
import io.tributary.core.security.Acl;
import io.tributary.core.security.Acls;
import io.tributary.core.security.Logins;
import io.tributary.core.security.Quotas;
import io.tributary.core.security.Users;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is kept of users, ACLs and quotas, beneath keys of their own of the metadata store. */
public final class StoredAccess implements Access {
    private final StoredUsers users;
    private final ByNamespace<Acl, Boolean> acls;
    private final ByNamespace<Quotas.Entity, Map<String, Double>> quotas;
    private final Map<Namespace, Acls> aclsOf = new ConcurrentHashMap<>();
    private final Map<Namespace, Quotas> quotasOf = new ConcurrentHashMap<>();

    /** Reads everything into memory; blocks until that is done. Fails with STORAGE_FAILURE. */
    public StoredAccess(MetadataStore store) {
        users = new StoredUsers(store);
        acls = StoredAcls.open(store);
        quotas = StoredQuotas.open(store);
    }

    @Override
    public Logins logins() {
        return users;
    }

    @Override
    public Users users(Namespace namespace) {
        return users.of(namespace);
    }

    @Override
    public Acls acls(Namespace namespace) {
        return aclsOf.computeIfAbsent(namespace, name -> new StoredAcls(acls, name));
    }

    @Override
    public Quotas quotas(Namespace namespace) {
        return quotasOf.computeIfAbsent(namespace, name -> new StoredQuotas(quotas, name));
    }
}
