package io.tributary.core.api;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A consumer of a queue subscription. Calls may come from any thread and take effect in the caller's order. */
public interface Consumer {
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
