package io.tributary.protocol.http.session;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.SubscriptionName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of the core that serves calls: every pull of a subscription shares one, an event stream has its own. Remembers what is
 * outstanding and until when, in order to know when it may leave without giving anything back too early. Safe on any thread.
 */
public final class AttachedConsumer {
    private final long number;
    private final Subscription subscription;
    private final Duration deadline;
    private final LongSupplier nanoTime;
    private final CompletionStage<Consumer> consumer;
    private final Map<Long, Long> outstanding = new HashMap<>();
    private int calls;
    private long lastUse;
    private boolean closed;
    private @Nullable BrokerException cancellation;
    private Runnable onSettled = () -> { };

    /**
     * Attaches.
     *
     * @param deadline    after which a delivery that is not settled goes back; zero for never
     * @param onCancelled called when the subscription has ended
     */
    AttachedConsumer(long number, Subscription subscription, Duration deadline, LongSupplier nanoTime, Runnable onCancelled) {
        this.number = number;
        this.subscription = subscription;
        this.deadline = deadline;
        this.nanoTime = nanoTime;
        this.lastUse = nanoTime.getAsLong();
        this.consumer = subscription.attach(new ConsumerOptions(false, false, deadline), new Cancellation(onCancelled));
    }

    long number() {
        return number;
    }

    SubscriptionName subscription() {
        return subscription.name();
    }

    /** Why the subscription has ended; null when it has not. */
    synchronized @Nullable BrokerException cancellation() {
        return cancellation;
    }

    private synchronized void cancel(BrokerException cause) {
        cancellation = cause;
    }

    /** Tells whoever waits for room that something was settled. */
    synchronized void onSettled(Runnable listener) {
        onSettled = listener;
    }

    /** Begins a call; false when the consumer has been closed and another is to be had. */
    synchronized boolean enter() {
        if (closed || cancellation != null) {
            return false;
        }
        calls++;
        return true;
    }

    /** Ends a call. */
    synchronized void leave() {
        calls--;
        lastUse = nanoTime.getAsLong();
    }

    /**
     * Takes deliveries. They are outstanding when this completes, and have their deadline from then on.
     *
     * @param ackDeadline in place of the consumer's own
     */
    CompletionStage<List<Delivery>> pull(int max, Duration wait, Duration ackDeadline) {
        return consumer.thenCompose(attached -> attached.pull(max, wait).thenApply(deliveries -> {
            remember(deliveries, ackDeadline);
            if (!ackDeadline.equals(deadline)) {
                deliveries.forEach(delivery -> attached.extend(delivery.id(), ackDeadline));
            }
            return deliveries;
        }));
    }

    private synchronized void remember(List<Delivery> deliveries, Duration ackDeadline) {
        long until = nanoTime.getAsLong() + ackDeadline.toNanos();
        deliveries.forEach(delivery -> outstanding.put(delivery.id(), until));
    }

    /** How many deliveries may still be settled. */
    synchronized int outstanding() {
        long now = nanoTime.getAsLong();
        if (!deadline.isZero()) {
            outstanding.values().removeIf(until -> until - now <= 0);
        }
        return outstanding.size();
    }

    /** How long until the next delivery passes its deadline, at most {@code max}. */
    synchronized Duration untilNextDeadline(Duration max) {
        long now = nanoTime.getAsLong();
        long nanos = outstanding.values().stream().mapToLong(until -> until - now).min().orElse(Long.MAX_VALUE);
        return Duration.ofNanos(Math.max(0, Math.min(nanos, max.toNanos())));
    }

    /** Completes with whether the delivery was outstanding. */
    CompletionStage<Boolean> settle(long delivery, Settlement settlement) {
        return consumer.thenCompose(attached -> attached.settleById(List.of(delivery), settlement)).thenApply(count -> {
            forget(delivery);
            return count > 0;
        });
    }

    /** Settles all of them. */
    CompletionStage<Integer> settle(List<Delivery> deliveries, Settlement settlement) {
        return consumer.thenCompose(attached -> attached.settle(deliveries, settlement)).thenApply(count -> {
            deliveries.forEach(delivery -> forget(delivery.id()));
            return count;
        });
    }

    /** Completes with whether the delivery was outstanding. */
    CompletionStage<Boolean> extend(long delivery, Duration ackDeadline) {
        return consumer.thenCompose(attached -> attached.extend(delivery, ackDeadline)).thenApply(found -> {
            synchronized (this) {
                if (found) {
                    outstanding.put(delivery, nanoTime.getAsLong() + ackDeadline.toNanos());
                } else {
                    outstanding.remove(delivery);
                }
            }
            return found;
        });
    }

    private void forget(long delivery) {
        Runnable listener;
        synchronized (this) {
            outstanding.remove(delivery);
            listener = onSettled;
        }
        listener.run();
    }

    /** Closes if there is no call, nothing outstanding, and no use since a while; true when it did. */
    boolean closeIfIdle(Duration idle) {
        synchronized (this) {
            if (closed || calls > 0 || outstanding() > 0 || nanoTime.getAsLong() - lastUse < idle.toNanos()) {
                return false;
            }
            closed = true;
        }
        close();
        return true;
    }

    /** Detaches; what is outstanding goes back to the subscription. */
    CompletionStage<Void> close() {
        synchronized (this) {
            closed = true;
            outstanding.clear();
        }
        return consumer.thenCompose(Consumer::close);
    }

    /** Pulled deliveries do not come here, and no credit is given; only the end does. */
    private final class Cancellation implements DeliveryHandler {
        private final Runnable listener;

        Cancellation(Runnable listener) {
            this.listener = listener;
        }

        @Override
        public void onDelivery(Delivery delivery) {
            onCancelled(new BrokerException(ErrorCode.INTERNAL, "a delivery without credit"));
        }

        @Override
        public void onCancelled(BrokerException cause) {
            cancel(cause);
            listener.run();
        }
    }
}
