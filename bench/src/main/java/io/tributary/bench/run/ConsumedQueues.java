package io.tributary.bench.run;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Queues whose consumers acknowledge each record as soon as they have it, and a publisher that does not run away from them. */
final class ConsumedQueues {
    private static final int PREFETCH = 1_000;

    private final Broker broker;
    private final int queues;
    private final int underWay;
    private final Semaphore room;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * Without consumers yet.
     *
     * @param underWay records that are published and not acknowledged by every queue, at most
     */
    ConsumedQueues(Broker broker, int queues, int underWay) {
        this.broker = broker;
        this.queues = queues;
        this.underWay = underWay;
        room = new Semaphore(underWay * queues);
    }

    /** Makes the queues, all with this filter, and attaches consumers to each. */
    void consume(TopicName topic, Filter filter, int consumers) {
        for (int queue = 0; queue < queues; queue++) {
            Subscription subscription = broker.subscriptions().create(new SubscriptionName(Namespace.DEFAULT, "queue-" + queue),
                SubscriptionConfig.DURABLE, List.of(new Binding(topic, filter)), StartPosition.LATEST).toCompletableFuture().join();
            for (int i = 0; i < consumers; i++) {
                Acknowledging handler = new Acknowledging();
                Consumer consumer = subscription.attach(ConsumerOptions.SHARED, handler).toCompletableFuture().join();
                handler.consumer = consumer;
                consumer.request(PREFETCH);
            }
        }
    }

    /**
     * Publishes for a time and waits until all is acknowledged.
     *
     * @return how many records
     */
    long publish(PublishRequest request, long nanos) throws InterruptedException {
        long start = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - start < nanos && failure.get() == null) {
            room.acquire(queues);
            count++;
            broker.publisher().publish(request).whenComplete((done, thrown) -> {
                if (thrown != null) {
                    fail(thrown);
                }
            });
        }
        room.acquire(underWay * queues);
        room.release(underWay * queues);
        if (failure.get() != null) {
            throw new BenchFailure("a queue or the publisher failed: " + failure.get());
        }
        return count;
    }

    private void fail(Throwable thrown) {
        failure.compareAndSet(null, thrown);
        room.release(underWay * queues);
    }

    private final class Acknowledging implements DeliveryHandler {
        private volatile @Nullable Consumer consumer;

        @Override
        public void onDelivery(Delivery delivery) {
            Consumer known = consumer;
            if (known == null) {
                throw new IllegalStateException("a delivery without credit");
            }
            known.settleById(List.of(delivery.id()), Settlement.ACK).whenComplete((settled, thrown) -> {
                if (thrown != null) {
                    fail(thrown);
                } else {
                    known.request(1);
                    room.release();
                }
            });
        }

        @Override
        public void onCancelled(BrokerException cause) {
            // The broker is closed when all is measured.
        }
    }
}
