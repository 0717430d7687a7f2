package io.tributary.core.api;

import io.tributary.core.model.PartitionId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** A consumer of a queue subscription. Calls may come from any thread and take effect in the caller's order. */
public interface Consumer {
    /**
     * From now on takes records of these partitions only; without this call, of all. Those of others neither come to it nor hold up what
     * does, however many wait: they are not even read until somebody takes them. What is outstanding stays to be settled. While some
     * consumers of a subscription read other partitions than others do, records of different partitions may come in another order than
     * that of their commit.
     */
    void readOnly(Set<PartitionId> partitions);

    /** Grants credit for {@code count} more deliveries, added to what is left. */
    void request(int count);

    /**
     * Takes up to {@code max} records beside the credit: at once if any is ready, else as soon as one is or with none after {@code wait}.
     * The deliveries are this consumer's to settle. They do not reach the handler.
     */
    CompletionStage<List<Delivery>> pull(int max, Duration wait);

    /**
     * Settles deliveries; those that are not outstanding with this consumer are passed over. Completes with the number settled, before
     * the acknowledgement is durable: after a crash the acknowledgements of the last flush interval may be lost, and their records come
     * again.
     */
    CompletionStage<Integer> settle(Collection<Delivery> deliveries, Settlement settlement);

    /** Gives a delivery's deadline a new start. Completes with whether it was still outstanding. */
    CompletionStage<Boolean> extend(long deliveryId, Duration deadline);

    /** Settles by identifier, as {@link #settle(Collection, Settlement)}. */
    CompletionStage<Integer> settleById(Collection<Long> deliveryIds, Settlement settlement);

    /**
     * Settles this and all earlier deliveries that are outstanding with this consumer, as {@link #settle(Collection, Settlement)};
     * identifiers grow from delivery to delivery.
     */
    CompletionStage<Integer> settleUpTo(long deliveryId, Settlement settlement);

    /** Gives the credit back. What is outstanding stays to be settled, and pulls go on; where one consumer is active another takes over. */
    void retire();

    /** Detaches; what is outstanding goes back to its place in the subscription and counts as redelivered. Completes when that is done. */
    CompletionStage<Void> close();
}
