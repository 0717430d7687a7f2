package io.tributary.core.access;

import io.tributary.core.model.Namespace;
import io.tributary.core.security.Acl;
import io.tributary.core.security.Acls;
import io.tributary.core.security.Authorizer;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Decides by ACLs as Kafka's authorizer does. Super users may do everything. Otherwise one rule that forbids is enough to forbid, and one
 * that allows is needed to allow; to be allowed to read, write, delete or alter is to be allowed to describe.
 */
public final class AclAuthorizer implements Authorizer {
    private final Function<Namespace, Acls> acls;
    private final Set<String> superUsers;
    private final boolean allowsWithoutAcls;
    private final Map<Namespace, AclIndex> indexes = new ConcurrentHashMap<>();

    /** Decides by the same ACLs in all namespaces. */
    public AclAuthorizer(Acls acls, Set<String> superUsers, boolean allowsWithoutAcls) {
        this(namespace -> acls, superUsers, allowsWithoutAcls);
    }

    /**
     * Decides by the ACLs as they are at the time.
     *
     * @param acls       of a namespace
     * @param superUsers each in its own namespace
     * @param allowsWithoutAcls whether everybody may do everything to a resource that no ACL is about
     */
    public AclAuthorizer(Function<Namespace, Acls> acls, Set<String> superUsers, boolean allowsWithoutAcls) {
        this.acls = acls;
        this.superUsers = Set.copyOf(superUsers);
        this.allowsWithoutAcls = allowsWithoutAcls;
    }

    @Override
    public boolean asksAcls() {
        return true;
    }

    private AclIndex of(Namespace namespace) {
        AclIndex known = indexes.get(namespace);
        Set<Acl> all = acls.apply(namespace).all();
        if (known == null || !known.isOf(all)) {
            known = new AclIndex(all);
            indexes.put(namespace, known);
        }
        return known;
    }

    @Override
    public boolean allows(Principal principal, Operation operation, Resource resource) {
        if (superUsers.contains(principal.name())) {
            return true;
        }
        if (resource.name().equals(Resource.EVERY)) {
            return allowsEvery(principal, operation, resource.type());
        }
        List<List<Acl>> about = of(principal.namespace()).about(resource);
        boolean allowed = about.isEmpty() && allowsWithoutAcls;
        for (List<Acl> list : about) {
            for (Acl acl : list) {
                if (isFor(acl, principal)) {
                    if (forbids(acl, operation)) {
                        return false;
                    }
                    allowed |= permits(acl, operation);
                }
            }
        }
        return allowed;
    }

    /** All resources of a type together: what is forbidden of one of them is not allowed of all. */
    private boolean allowsEvery(Principal principal, Operation operation, Resource.Type type) {
        boolean allowed = allowsWithoutAcls && of(principal.namespace()).ofType(type).isEmpty();
        for (Acl acl : of(principal.namespace()).ofType(type)) {
            if (isFor(acl, principal)) {
                if (forbids(acl, operation)) {
                    return false;
                }
                allowed |= isEvery(acl.pattern()) && permits(acl, operation);
            }
        }
        return allowed;
    }

    /** There is one if a pattern that allows is not wholly within one that forbids. */
    @Override
    public boolean allowsAny(Principal principal, Operation operation, Resource.Type type) {
        if (superUsers.contains(principal.name())) {
            return true;
        }
        List<Acl.Pattern> forbidden = new ArrayList<>();
        List<Acl.Pattern> allowed = new ArrayList<>();
        boolean anyWithoutAcls = allowsWithoutAcls;
        for (Acl acl : of(principal.namespace()).ofType(type)) {
            anyWithoutAcls &= !isEvery(acl.pattern());
            if (isFor(acl, principal)) {
                if (forbids(acl, operation)) {
                    forbidden.add(acl.pattern());
                } else if (permits(acl, operation)) {
                    allowed.add(acl.pattern());
                }
            }
        }
        if (forbidden.stream().anyMatch(AclAuthorizer::isEvery)) {
            return false;
        }
        return anyWithoutAcls || allowed.stream().anyMatch(each -> forbidden.stream().noneMatch(other -> covers(other, each)));
    }

    private static boolean isEvery(Acl.Pattern pattern) {
        return !pattern.prefixed() && pattern.name().equals(Resource.EVERY);
    }

    /** Whether every resource of the inner pattern is one of the outer. */
    private static boolean covers(Acl.Pattern outer, Acl.Pattern inner) {
        if (isEvery(outer)) {
            return true;
        }
        if (isEvery(inner)) {
            return false;
        }
        return outer.prefixed()
            ? inner.name().startsWith(outer.name())
            : !inner.prefixed() && outer.name().equals(inner.name());
    }

    private static boolean isFor(Acl acl, Principal principal) {
        return (acl.principal().equals(Acl.ANY) || acl.principal().equals(principal.name()))
            && (acl.address().equals(Acl.ANY) || acl.address().equals(principal.address()));
    }

    private static boolean forbids(Acl acl, Operation operation) {
        return !acl.allows() && (acl.operation() == null || acl.operation() == operation);
    }

    private static boolean permits(Acl acl, Operation operation) {
        if (!acl.allows()) {
            return false;
        }
        Operation named = acl.operation();
        if (named == null || named == operation) {
            return true;
        }
        return switch (operation) {
            case DESCRIBE -> named == Operation.READ || named == Operation.WRITE || named == Operation.DELETE || named == Operation.ALTER;
            case DESCRIBE_CONFIGS -> named == Operation.ALTER_CONFIGS;
            default -> false;
        };
    }
}
