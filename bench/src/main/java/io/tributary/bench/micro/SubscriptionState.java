package io.tributary.bench.micro;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A subscription of the iteration's topic with one consumer that takes all there is. */
@State(Scope.Benchmark)
public class SubscriptionState {
    private static final SubscriptionName NAME = new SubscriptionName(Namespace.DEFAULT, "bench");
    private static final int ENOUGH = 1 << 30;

    /** Every record (a cursor is enough), or those whose subject matches (references are kept). */
    @Param({"all", "pattern"})
    public String filter = "all";

    private final Semaphore delivered = new Semaphore(0);
    private @Nullable Consumer consumer;

    /** Subscribes. */
    @Setup(Level.Iteration)
    public void subscribe(BrokerState state) {
        Filter taken = filter.equals("all") ? new Filter.All() : new Filter.MatchingSubject(SubjectPattern.parse("a/+", '/', "+", "#"));
        delivered.drainPermits();
        Consumer attached = state.broker().subscriptions()
            .create(NAME, SubscriptionConfig.DURABLE, List.of(new Binding(state.topicName(), taken)), StartPosition.LATEST)
            .thenCompose(subscription -> subscription.attach(new ConsumerOptions(false, true, Duration.ZERO), new Counter()))
            .toCompletableFuture().join();
        attached.request(ENOUGH);
        consumer = attached;
    }

    /** Ends the subscription. */
    @TearDown(Level.Iteration)
    public void unsubscribe(BrokerState state) {
        Consumer attached = consumer;
        if (attached != null) {
            attached.close().toCompletableFuture().join();
        }
        state.broker().subscriptions().delete(NAME).toCompletableFuture().join();
    }

    void awaitDelivered(int count) {
        delivered.acquireUninterruptibly(count);
    }

    private final class Counter implements DeliveryHandler {
        @Override
        public void onDelivery(Delivery delivery) {
            delivered.release();
        }

        @Override
        public void onCancelled(BrokerException cause) {
            // The bench ends it itself.
        }
    }
}
