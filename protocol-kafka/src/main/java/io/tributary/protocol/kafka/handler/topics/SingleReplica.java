package io.tributary.protocol.kafka.handler.topics;

import java.util.List;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.requests.CreateTopicsRequest;

/** What Kafka clients see of replication: every partition has one replica, on this node. */
final class SingleReplica {
    static final short FACTOR = 1;

    private SingleReplica() {
    }

    static void checkFactor(short factor) {
        if (factor != FACTOR && factor != CreateTopicsRequest.NO_REPLICATION_FACTOR) {
            throw new InvalidReplicationFactorException("replication factor " + factor + ": there is 1 broker");
        }
    }

    /** The number of partitions that an assignment by hand makes. */
    static int checkAssignments(CreatableTopic asked, int nodeId) {
        int partitions = asked.assignments().size();
        for (CreatableReplicaAssignment assignment : asked.assignments()) {
            if (assignment.partitionIndex() < 0 || assignment.partitionIndex() >= partitions) {
                throw new InvalidReplicaAssignmentException("partitions are to be numbered from 0 without a gap");
            }
            checkNodes(assignment.brokerIds(), nodeId);
        }
        return partitions;
    }

    static void checkNodes(List<Integer> nodes, int nodeId) {
        if (!nodes.equals(List.of(nodeId))) {
            throw new InvalidReplicaAssignmentException("replicas " + nodes + ": the only broker is " + nodeId);
        }
    }
}
