package io.tributary.core.subscription;

import java.util.UUID;

/** A partition of one topic, told from one of an earlier topic of the same name. */
record PartitionKey(UUID topic, int partition) {
}
