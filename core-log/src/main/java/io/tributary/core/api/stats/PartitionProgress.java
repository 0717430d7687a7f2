package io.tributary.core.api.stats;

import io.tributary.core.model.PartitionId;

/**
 * How far a subscription is with a partition. Filters make no difference: what they leave out counts as settled.
 *
 * @param floor        the first offset that is not settled
 * @param settledAbove how many offsets behind the floor are settled
 */
public record PartitionProgress(PartitionId partition, long floor, long settledAbove) {
}
