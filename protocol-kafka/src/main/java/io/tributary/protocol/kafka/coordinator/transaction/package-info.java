/**
 * Kafka's transactions (KIP-98, 360, 447, 890): who owns a transactional identifier, what belongs to its transaction, and how that ends.
 * The state is in the internal topic {@code __transaction_state}, in Kafka's format. A namespace's transactions belong to one thread; what
 * is public here, and {@code OpenTransactions}, may be called from any.
 */
@NullMarked
package io.tributary.protocol.kafka.coordinator.transaction;

import org.jspecify.annotations.NullMarked;
