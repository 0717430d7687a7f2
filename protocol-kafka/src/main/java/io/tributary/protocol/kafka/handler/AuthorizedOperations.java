package io.tributary.protocol.kafka.handler;

import io.tributary.core.security.Operation;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.acl.AclOperation;

/** The bit field of what a caller may do (KIP-430), for the operations that Kafka knows of each kind of resource. */
public final class AuthorizedOperations {
    private static final List<Operation> TOPIC = List.of(Operation.READ, Operation.WRITE, Operation.CREATE, Operation.DESCRIBE,
        Operation.DELETE, Operation.ALTER, Operation.DESCRIBE_CONFIGS, Operation.ALTER_CONFIGS);
    private static final List<Operation> GROUP = List.of(Operation.READ, Operation.DESCRIBE, Operation.DELETE,
        Operation.DESCRIBE_CONFIGS, Operation.ALTER_CONFIGS);
    private static final List<Operation> CLUSTER = List.of(Operation.CREATE, Operation.CLUSTER_ACTION, Operation.DESCRIBE_CONFIGS,
        Operation.ALTER_CONFIGS, Operation.DESCRIBE, Operation.ALTER, Operation.IDEMPOTENT_WRITE);

    private AuthorizedOperations() {
    }

    public static int onTopic(Caller caller, String topic) {
        return bits(TOPIC, operation -> caller.mayOnTopic(operation, topic));
    }

    public static int onGroup(Caller caller, String group) {
        return bits(GROUP, operation -> caller.mayOnGroup(operation, group));
    }

    /** None for a caller who may not describe the cluster, whatever else that one may do, as in Kafka. */
    public static int onCluster(Caller caller) {
        return caller.mayOnCluster(Operation.DESCRIBE) ? bits(CLUSTER, caller::mayOnCluster) : 0;
    }

    private static int bits(List<Operation> possible, Predicate<Operation> allowed) {
        int bits = 0;
        for (Operation operation : possible) {
            if (allowed.test(operation)) {
                bits |= 1 << AclOperation.valueOf(operation.name()).code();
            }
        }
        return bits;
    }
}
