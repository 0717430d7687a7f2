package io.tributary.protocol.kafka.handler;

import io.tributary.core.security.Operation;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.acl.AclOperation;

/** The bit field of what a caller may do (KIP-430). */
public final class AuthorizedOperations {
    private static final Map<Operation, List<AclOperation>> TOPIC = Map.of(
        Operation.READ, List.of(AclOperation.READ),
        Operation.WRITE, List.of(AclOperation.WRITE),
        Operation.CREATE, List.of(AclOperation.CREATE),
        Operation.DELETE, List.of(AclOperation.DELETE),
        Operation.ALTER, List.of(AclOperation.ALTER, AclOperation.ALTER_CONFIGS),
        Operation.DESCRIBE, List.of(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS));
    private static final Map<Operation, List<AclOperation>> GROUP = Map.of(
        Operation.READ, List.of(AclOperation.READ),
        Operation.DELETE, List.of(AclOperation.DELETE),
        Operation.DESCRIBE, List.of(AclOperation.DESCRIBE));
    private static final Map<Operation, List<AclOperation>> CLUSTER = Map.of(
        Operation.CREATE, List.of(AclOperation.CREATE),
        Operation.ALTER, List.of(AclOperation.ALTER, AclOperation.ALTER_CONFIGS),
        Operation.DESCRIBE, List.of(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS));

    private AuthorizedOperations() {
    }

    public static int onTopic(Caller caller, String topic) {
        return bits(TOPIC, operation -> caller.mayOnTopic(operation, topic));
    }

    public static int onGroup(Caller caller, String group) {
        return bits(GROUP, operation -> caller.mayOnGroup(operation, group));
    }

    public static int onCluster(Caller caller) {
        return bits(CLUSTER, caller::mayOnCluster);
    }

    private static int bits(Map<Operation, List<AclOperation>> possible, Predicate<Operation> allowed) {
        int bits = 0;
        for (Map.Entry<Operation, List<AclOperation>> entry : possible.entrySet()) {
            if (allowed.test(entry.getKey())) {
                for (AclOperation operation : entry.getValue()) {
                    bits |= 1 << operation.code();
                }
            }
        }
        return bits;
    }
}
