package io.tributary.core.api;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Publishing and acknowledging as one. Safe on any thread. */
public interface Transactions {
    /**
     * Stores all the records and settles all the deliveries, or nothing, also when the process is killed meanwhile. Until it completes no
     * reader sees any of the records; then all do, in each partition at the place where they were stored. What comes behind them in their
     * partitions waits for the outcome.
     *
     * <p>Fails as {@link Publisher#publish} does, also with LIMIT_EXCEEDED when there are too many transactions, partitions or bytes; then
     * nothing has happened. Of the deliveries, those that are not outstanding any more are passed over.
     * With CLOSED it may have been decided; the next process knows, and completes it if so.
     *
     * @return the places of the records, in their order
     */
    CompletionStage<List<PublishResult>> commit(TransactionRequest request);
}
