package io.tributary.core.subscription.state;

import java.util.UUID;

/** A partition of one topic, told from one of an earlier topic of the same name. */
public record PartitionKey(UUID topic, int partition) {
}
