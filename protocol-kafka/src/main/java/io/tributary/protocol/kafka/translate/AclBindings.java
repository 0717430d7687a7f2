package io.tributary.protocol.kafka.translate;

import io.tributary.core.security.Acl;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Resource;
import java.util.Arrays;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.jspecify.annotations.Nullable;

/** ACLs as Kafka's clients write them. */
public final class AclBindings {
    private AclBindings() {
    }

    public static AclBinding toKafka(Acl acl) {
        Acl.Pattern pattern = acl.pattern();
        ResourceType type = switch (pattern.type()) {
            case CLUSTER -> ResourceType.CLUSTER;
            case TOPIC -> ResourceType.TOPIC;
            case SUBSCRIPTION -> ResourceType.GROUP;
            case TRANSACTION -> ResourceType.TRANSACTIONAL_ID;
        };
        String name = pattern.type() == Resource.Type.CLUSTER ? org.apache.kafka.common.resource.Resource.CLUSTER_NAME : pattern.name();
        Operation operation = acl.operation();
        return new AclBinding(new ResourcePattern(type, name, pattern.prefixed() ? PatternType.PREFIXED : PatternType.LITERAL),
            new AccessControlEntry(KafkaPrincipal.USER_TYPE + ":" + acl.principal(), acl.address(),
                operation == null ? AclOperation.ALL : AclOperation.valueOf(operation.name()),
                acl.allows() ? AclPermissionType.ALLOW : AclPermissionType.DENY));
    }

    /** Fails with INVALID_REQUEST for what nothing here would ever be asked for. */
    public static Acl toCore(AclBinding binding) {
        if (binding.isUnknown()) {
            throw new InvalidRequestException("the ACL has an element that is not known: " + binding);
        }
        ResourcePattern pattern = binding.pattern();
        AccessControlEntry entry = binding.entry();
        boolean prefixed = pattern.patternType() == PatternType.PREFIXED;
        if (!prefixed && pattern.patternType() != PatternType.LITERAL) {
            throw new InvalidRequestException("Invalid patternType " + pattern.patternType());
        }
        if (entry.permissionType() != AclPermissionType.ALLOW && entry.permissionType() != AclPermissionType.DENY) {
            throw new InvalidRequestException("Invalid permissionType " + entry.permissionType());
        }
        Resource.Type type = type(pattern.resourceType());
        String name = pattern.name();
        if (type == Resource.Type.CLUSTER) {
            if (prefixed || !name.equals(org.apache.kafka.common.resource.Resource.CLUSTER_NAME)) {
                throw new InvalidRequestException("The only valid name for the CLUSTER resource is "
                    + org.apache.kafka.common.resource.Resource.CLUSTER_NAME);
            }
            name = Resource.CLUSTER.name();
        }
        return new Acl(new Acl.Pattern(type, name, prefixed), principal(entry.principal()), entry.host(), operation(entry.operation()),
            entry.permissionType() == AclPermissionType.ALLOW);
    }

    private static Resource.Type type(ResourceType type) {
        return switch (type) {
            case CLUSTER -> Resource.Type.CLUSTER;
            case TOPIC -> Resource.Type.TOPIC;
            case GROUP -> Resource.Type.SUBSCRIPTION;
            case TRANSACTIONAL_ID -> Resource.Type.TRANSACTION;
            default -> throw new InvalidRequestException("there are no resources of type " + type + " here");
        };
    }

    private static @Nullable Operation operation(AclOperation operation) {
        if (operation == AclOperation.ALL) {
            return null;
        }
        return Arrays.stream(Operation.values()).filter(known -> known.name().equals(operation.name())).findAny()
            .orElseThrow(() -> new InvalidRequestException("Invalid operation " + operation));
    }

    private static String principal(String text) {
        String[] parts = text.split(":", 2);
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new InvalidRequestException("Could not parse principal from `" + text + "`: it is to be of the form User:name");
        }
        if (!parts[0].equals(KafkaPrincipal.USER_TYPE)) {
            throw new InvalidRequestException("there are no principals of type " + parts[0] + " here, only users");
        }
        return parts[1];
    }
}
