package io.tributary.core.api;

import io.tributary.core.api.stats.PartitionProgress;
import io.tributary.core.api.stats.SubscriptionReport;
import io.tributary.core.model.Binding;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A queue subscription: every record that a binding takes is delivered to one consumer, and delivered again until it is acknowledged.
 * Order is kept within a partition for a single consumer that requeues nothing; over partitions it is the order of commit while the
 * broker runs, and that of timestamps after a restart.
 */
public interface Subscription {
    SubscriptionName name();

    SubscriptionConfig config();

    /** Those in force. */
    List<Binding> bindings();

    /** Adds a binding, once; one that is there already completes at once. Once complete, whatever is published next is taken. */
    CompletionStage<Void> bind(Binding binding, StartPosition start);

    /**
     * As {@link #bind(Binding, StartPosition)}, from an offset in each partition: the log's own bounds where it is beyond them, and the end
     * where none is named.
     */
    CompletionStage<Void> bind(Binding binding, Map<PartitionId, Long> from);

    /** Ends a binding, if it is there; what was published before stays to be delivered. */
    CompletionStage<Void> unbind(Binding binding);

    /** Attaches a consumer, without credit. Fails with SUBSCRIPTION_IN_USE when exclusiveness forbids it, or CLOSED. */
    CompletionStage<Consumer> attach(ConsumerOptions options, DeliveryHandler handler);

    /** Drops what is ready (not what is outstanding) and completes with its number. */
    CompletionStage<Long> purge();

    /**
     * Begins anew in these partitions: all before the offset counts as settled, and nothing from there on as delivered, also what was
     * published before a binding was made. An offset beyond the log's bounds is the bound; a partition that no binding ever covered is
     * passed over. Completes when it is written. Fails with SUBSCRIPTION_IN_USE while there are consumers.
     */
    CompletionStage<Void> seek(Map<PartitionId, Long> offsets);

    /** How far it is with each partition that its bindings cover. */
    CompletionStage<List<PartitionProgress>> progress();

    /** Counts as a use: a subscription that expires unused has its whole time again. Cheap, and waits for nothing. */
    void touch();

    /** Counts exactly; for a filtered backlog that reads it. */
    CompletionStage<SubscriptionStats> stats();

    /** As {@link #stats}, with the age of what waits, and what has been done since the start. Reads a record of each partition at most. */
    CompletionStage<SubscriptionReport> report();
}
