package io.tributary.protocol.kafka.handler;

import io.tributary.core.api.Partition;
import org.apache.kafka.common.protocol.Errors;

/** Checks the leader epoch that a request carries (KIP-320). */
public final class LeaderEpochs {
    private static final int UNKNOWN = -1;

    private LeaderEpochs() {
    }

    /** NONE, or why a request with this epoch is not for the partition as it is now. */
    public static Errors check(int requested, Partition partition) {
        if (requested == UNKNOWN || requested == partition.leaderEpoch()) {
            return Errors.NONE;
        }
        return requested < partition.leaderEpoch() ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
    }
}
