package io.tributary.core.api.stream;

import io.tributary.core.model.Namespace;
import io.tributary.core.model.PartitionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream subscription at one moment, as its keeper tells.
 *
 * @param kind      the keeper's
 * @param protocol  what the keeper calls its consumers' way of dividing the partitions
 * @param state     in the keeper's words
 * @param members   that consume it now
 * @param positions of the partitions that have one, in no order
 */
public record StreamSubscription(Namespace namespace, String name, String kind, String protocol, String state, int members,
                                 List<Position> positions) {
    public StreamSubscription {
        positions = List.copyOf(positions);
    }

    /**
     * How far it is with a partition.
     *
     * @param committed the first offset that is not consumed
     * @param lag       offsets from there to the end; null when there is no such partition any more
     */
    public record Position(PartitionId partition, long committed, @Nullable Long lag) {
    }

    /** Of all partitions. */
    public long lag() {
        return lagOf(positions);
    }

    /** Of these together, as far as it is known. */
    public static long lagOf(List<Position> positions) {
        return positions.stream().map(Position::lag).mapToLong(lag -> lag == null ? 0 : lag).sum();
    }
}
