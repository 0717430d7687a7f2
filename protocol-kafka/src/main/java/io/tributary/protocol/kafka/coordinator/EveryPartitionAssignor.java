package io.tributary.protocol.kafka.coordinator;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.group.api.assignor.GroupAssignment;
import org.apache.kafka.coordinator.group.api.assignor.GroupSpec;
import org.apache.kafka.coordinator.group.api.assignor.MemberAssignment;
import org.apache.kafka.coordinator.group.api.assignor.ShareGroupPartitionAssignor;
import org.apache.kafka.coordinator.group.api.assignor.SubscribedTopicDescriber;

/**
 * Gives every member of a share group all partitions of its topics. Kafka's own assignor does so only while there are more members than
 * partitions, to spare them fetches; here the members are consumers of one subscription, which hands its records to them in turn
 * whatever their partition, so that none is idle while another has a backlog.
 */
public final class EveryPartitionAssignor implements ShareGroupPartitionAssignor {
    @Override
    public String name() {
        return "every-partition";
    }

    @Override
    public GroupAssignment assign(GroupSpec group, SubscribedTopicDescriber topics) {
        Map<Uuid, Set<Integer>> known = new HashMap<>();
        Map<String, MemberAssignment> members = new HashMap<>();
        for (String member : group.memberIds()) {
            Map<Uuid, Set<Integer>> assigned = new HashMap<>();
            for (Uuid topic : group.memberSubscription(member).subscribedTopicIds()) {
                Set<Integer> partitions = known.computeIfAbsent(topic, id -> assignable(id, group, topics));
                if (!partitions.isEmpty()) {
                    assigned.put(topic, partitions);
                }
            }
            members.put(member, new Assigned(assigned));
        }
        return new GroupAssignment(members);
    }

    private static Set<Integer> assignable(Uuid topic, GroupSpec group, SubscribedTopicDescriber topics) {
        Set<Integer> partitions = new HashSet<>();
        for (int partition = 0; partition < topics.numPartitions(topic); partition++) {
            if (group.isPartitionAssignable(topic, partition)) {
                partitions.add(partition);
            }
        }
        return partitions;
    }

    private record Assigned(Map<Uuid, Set<Integer>> partitions) implements MemberAssignment {
    }
}
