package io.tributary.protocol.mqtt.session;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.BrokerException;
import io.tributary.protocol.mqtt.state.FilterOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A connection's consumer of one queue subscription: the session's own, or a shared one. Settles in groups, and grants as much again. */
final class ConsumerLink implements DeliveryHandler {
    private final Outbound outbound;
    private final @Nullable FilterOptions shared;
    private final CompletionStage<Consumer> attaching;

    private @Nullable Consumer consumer;
    private List<Delivery> settled = new ArrayList<>();
    private List<Delivery> rejected = new ArrayList<>();

    /**
     * Attaches to the subscription.
     *
     * @param shared the shared subscription that it serves; null for the session's own
     */
    ConsumerLink(Outbound outbound, @Nullable FilterOptions shared, Subscription subscription) {
        this.outbound = outbound;
        this.shared = shared;
        this.attaching = subscription.attach(ConsumerOptions.SHARED, this);
    }

    /** Completes with the consumer, or as attaching failed. */
    CompletionStage<Consumer> attaching() {
        return attaching;
    }

    @Nullable FilterOptions shared() {
        return shared;
    }

    /** Lets deliveries come. */
    void open(Consumer newConsumer, int credit) {
        consumer = newConsumer;
        newConsumer.request(credit);
    }

    @Override
    public void onDelivery(Delivery delivery) {
        outbound.arrive(this, delivery);
    }

    @Override
    public void onCancelled(BrokerException cause) {
        outbound.cancelled(this, cause);
    }

    void settle(Delivery delivery) {
        settled.add(delivery);
        outbound.toSettle(this);
    }

    void reject(Delivery delivery) {
        rejected.add(delivery);
        outbound.toSettle(this);
    }

    void flush() {
        Consumer current = consumer;
        if (current == null) {
            return;
        }
        int credit = settled.size() + rejected.size();
        if (!settled.isEmpty()) {
            List<Delivery> batch = settled;
            settled = new ArrayList<>();
            current.settle(batch, Settlement.ACK);
        }
        if (!rejected.isEmpty()) {
            List<Delivery> batch = rejected;
            rejected = new ArrayList<>();
            current.settle(batch, Settlement.REJECT);
        }
        if (credit > 0) {
            current.request(credit);
        }
    }

    /** Detaches; completes, never exceptionally, when what was outstanding is back with the core. */
    CompletionStage<Void> close() {
        flush();
        consumer = null;
        return attaching.thenCompose(Consumer::close).exceptionallyCompose(failed -> CompletableFuture.completedFuture(null));
    }
}
