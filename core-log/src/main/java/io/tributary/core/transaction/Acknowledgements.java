package io.tributary.core.transaction;

import io.tributary.core.api.TransactionRequest.Settled;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** What a transaction needs of the subscriptions. */
public interface Acknowledgements {
    /**
     * Records that a durable subscription is rid of.
     *
     * @param subscription tells it from an earlier one of the same name
     */
    record Acked(UUID subscription, UUID topic, int partition, long[] offsets) {
    }

    /**
     * What is to be written down of these deliveries, once it is durable that they were made; empty unless they are acknowledged, and for a
     * subscription that nothing is kept of.
     */
    CompletionStage<List<Acked>> prepare(Settled settled);

    /** Settles them; completes when nobody else can have them any more. */
    CompletionStage<Void> settle(Settled settled);

    /** Completes when what was settled of this is durable. */
    CompletionStage<Void> flush(Settled settled);

    /** Settles what an earlier process had decided about, durably; what is not there any more is passed over. Before anybody consumes. */
    CompletionStage<Void> settle(List<Acked> acked);
}
