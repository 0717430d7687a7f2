package io.tributary.core.access;

import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Acl;
import io.tributary.core.security.Acls;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Resource;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A namespace's ACLs; one metadata entry for each. */
final class StoredAcls implements Acls {
    private static final String PREFIX = "acl/";
    private static final int MAX_ACLS = 100_000;

    /** A set for a map, so that it is the same one as long as the map is. */
    private record Snapshot(Map<Acl, Boolean> of, Set<Acl> acls) {
    }

    private final ByNamespace<Acl, Boolean> map;
    private final Namespace namespace;
    private volatile @Nullable Snapshot snapshot;

    StoredAcls(ByNamespace<Acl, Boolean> map, Namespace namespace) {
        this.map = map;
        this.namespace = namespace;
    }

    /** Those of all namespaces. Reads what is there; blocks until that is done. */
    static ByNamespace<Acl, Boolean> open(MetadataStore store) {
        return new ByNamespace<>(store, PREFIX, new AclFormat(), MAX_ACLS);
    }

    @Override
    public Set<Acl> all() {
        Map<Acl, Boolean> current = map.view(namespace);
        Snapshot known = snapshot;
        if (known == null || known.of() != current) {
            known = new Snapshot(current, current.keySet());
            snapshot = known;
        }
        return known.acls();
    }

    @Override
    public CompletionStage<Void> add(Collection<Acl> acls) {
        List<Acl> added = List.copyOf(acls);
        return map.change(namespace, all -> {
            added.forEach(acl -> all.put(acl, true));
            return all;
        });
    }

    @Override
    public CompletionStage<Void> remove(Collection<Acl> acls) {
        List<Acl> removed = List.copyOf(acls);
        return map.change(namespace, all -> {
            removed.forEach(all::remove);
            return all;
        });
    }

    /** The ACL is the key; there is nothing else to it. */
    private static final class AclFormat implements DurableMap.Format<Acl, Boolean> {
        private static final String ALL_OPERATIONS = "";

        @Override
        public void writeKey(Acl acl, DataOutputStream out) throws IOException {
            out.writeUTF(acl.pattern().type().name());
            out.writeUTF(acl.pattern().name());
            out.writeBoolean(acl.pattern().prefixed());
            out.writeUTF(acl.principal());
            out.writeUTF(acl.address());
            Operation operation = acl.operation();
            out.writeUTF(operation == null ? ALL_OPERATIONS : operation.name());
            out.writeBoolean(acl.allows());
        }

        @Override
        public Acl readKey(DataInputStream in) throws IOException {
            Acl.Pattern pattern = new Acl.Pattern(Resource.Type.valueOf(in.readUTF()), in.readUTF(), in.readBoolean());
            String principal = in.readUTF();
            String address = in.readUTF();
            String operation = in.readUTF();
            return new Acl(pattern, principal, address, operation.equals(ALL_OPERATIONS) ? null : Operation.valueOf(operation),
                in.readBoolean());
        }

        @Override
        public void writeValue(Boolean value, DataOutputStream out) {
            // Nothing.
        }

        @Override
        public Boolean readValue(Acl key, DataInputStream in) {
            return true;
        }
    }
}
