package io.tributary.bench.micro;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A subscription of the iteration's topic, with priorities or without, and records of random priorities for it. */
@State(Scope.Benchmark)
public class PriorityState {
    static final int HIGHEST = DeliveryPolicy.HIGHEST_PRIORITY;
    private static final SubscriptionName NAME = new SubscriptionName(Namespace.DEFAULT, "bench");
    private static final int ENOUGH = 1 << 30;
    private static final int UNDER_WAY = 10_000;

    /** The subscription's highest priority; 0 for the order of the log. */
    @Param({"0", "9", "255"})
    public int maxPriority;

    private final Semaphore delivered = new Semaphore(0);
    private final byte[] value = new byte[1024];
    private final List<Headers> headers =
        IntStream.rangeClosed(0, HIGHEST).mapToObj(i -> Headers.of(Header.of(HeaderNames.PRIORITY, String.valueOf(i)))).toList();
    private final Random random = new Random(1);
    private @Nullable BrokerState broker;
    private @Nullable Subscription subscription;

    /** Subscribes. */
    @Setup(Level.Iteration)
    public void subscribe(BrokerState state) {
        broker = state;
        delivered.drainPermits();
        subscription = state.broker().subscriptions()
            .create(NAME, SubscriptionConfig.DURABLE.withPolicy(DeliveryPolicy.NONE.withMaxPriority(maxPriority)),
                List.of(new Binding(state.topicName(), new Filter.All())), StartPosition.LATEST).toCompletableFuture().join();
    }

    /** Ends the subscription. */
    @TearDown(Level.Iteration)
    public void unsubscribe(BrokerState state) {
        state.broker().subscriptions().delete(NAME).toCompletableFuture().join();
    }

    Subscription subscription() {
        if (subscription == null) {
            throw new IllegalStateException("not set up");
        }
        return subscription;
    }

    CompletionStage<PublishResult> publish(int priority) {
        if (broker == null) {
            throw new IllegalStateException("not set up");
        }
        return broker.broker().publisher().publish(PublishRequest.of(broker.topicName(), null, value, headers.get(priority)));
    }

    /** Publishes records of random priorities up to the highest that counts, and waits until all are durable. */
    void publishMany(int count, int highest) {
        CompletionStage<PublishResult> last = publish(0);
        for (int i = 1; i < count; i++) {
            last = publish(random.nextInt(highest + 1));
            if (i % UNDER_WAY == 0) {
                last.toCompletableFuture().join();
            }
        }
        last.toCompletableFuture().join();
    }

    /** Attaches a consumer that takes all there is. */
    void consume() {
        ConsumerOptions options = new ConsumerOptions(false, true, Duration.ZERO);
        Consumer attached = subscription().attach(options, new Counter()).toCompletableFuture().join();
        attached.request(ENOUGH);
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
