package io.tributary.core.access;

import io.tributary.core.security.Acl;
import io.tributary.core.security.Resource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The ACLs of one snapshot, found by the resource. Prefixes are looked up by each length that any has. */
final class AclIndex {
    private static final List<Acl> NONE = List.of();

    /** Those of one type of resource. */
    private static final class OfType {
        final Map<String, List<Acl>> byName = new HashMap<>();
        final Map<String, List<Acl>> byPrefix = new HashMap<>();
        final List<Acl> all = new ArrayList<>();
        final TreeSet<Integer> prefixLengths = new TreeSet<>();
    }

    private final Set<Acl> source;
    private final Map<Resource.Type, OfType> types = new EnumMap<>(Resource.Type.class);

    AclIndex(Set<Acl> source) {
        this.source = source;
        for (Resource.Type type : Resource.Type.values()) {
            types.put(type, new OfType());
        }
        for (Acl acl : source) {
            OfType of = of(acl.pattern().type());
            of.all.add(acl);
            String name = acl.pattern().name();
            Map<String, List<Acl>> map = acl.pattern().prefixed() ? of.byPrefix : of.byName;
            map.computeIfAbsent(name, fresh -> new ArrayList<>()).add(acl);
            if (acl.pattern().prefixed()) {
                of.prefixLengths.add(name.length());
            }
        }
    }

    private OfType of(Resource.Type type) {
        OfType of = types.get(type);
        if (of == null) {
            throw new IllegalArgumentException("no such type: " + type);
        }
        return of;
    }

    boolean isOf(Set<Acl> acls) {
        return source == acls;
    }

    /** Those about every resource of the type, one by one or together. */
    List<Acl> ofType(Resource.Type type) {
        return of(type).all;
    }

    /** Those about the resource, in up to as many lists as there are lengths of prefixes, and two. */
    List<List<Acl>> about(Resource resource) {
        OfType of = of(resource.type());
        List<List<Acl>> found = new ArrayList<>(3);
        add(found, of.byName.getOrDefault(resource.name(), NONE));
        if (!resource.name().equals(Resource.EVERY)) {
            add(found, of.byName.getOrDefault(Resource.EVERY, NONE));
        }
        for (int length : of.prefixLengths) {
            if (length > resource.name().length()) {
                break;
            }
            add(found, of.byPrefix.getOrDefault(resource.name().substring(0, length), NONE));
        }
        return found;
    }

    private static void add(List<List<Acl>> lists, List<Acl> list) {
        if (!list.isEmpty()) {
            lists.add(list);
        }
    }
}
