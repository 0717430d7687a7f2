package io.tributary.protocol.http.session;

import io.tributary.core.api.Delivery;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.SubscriptionName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The consumers by which HTTP clients take from subscriptions, found again by the identifiers of their deliveries. The one that pulls
 * share leaves its subscription a minute after the last use.
 */
public final class SubscriptionConsumers implements AutoCloseable {
    /** When a delivery that is not settled is delivered again, unless a client says otherwise. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final long SWEEP_SECONDS = 5;

    private final AtomicLong numbers = new AtomicLong();
    private final ConcurrentHashMap<Long, AttachedConsumer> byNumber = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<SubscriptionName, AttachedConsumer> shared = new ConcurrentHashMap<>();
    private final Disposable sweep;

    /** A delivery and the text that names it to the client. */
    public record Pulled(Delivery delivery, String ackId) {
    }

    /** What became of a list of identifiers. */
    public record Outcome(int settled, List<String> unknown) {
    }

    public SubscriptionConsumers() {
        sweep = Schedulers.parallel().schedulePeriodically(this::closeIdle, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Takes up to {@code max} deliveries. If the caller goes away before they come, they go back as if never delivered.
     *
     * @param ackDeadline when they are delivered again
     */
    public Mono<List<Pulled>> pull(Subscription subscription, int max, Duration wait, Duration ackDeadline, ClientConnection connection) {
        return Mono.defer(() -> {
            AttachedConsumer consumer = enterShared(subscription);
            CompletionStage<List<Delivery>> pull = consumer.pull(max, wait, ackDeadline).whenComplete((deliveries, failure) -> {
                consumer.leave();
                if (failure != null) {
                    discard(subscription, consumer);
                }
            });
            return connection.on(pull, unwanted -> consumer.settle(unwanted, Settlement.RELEASE))
                .map(deliveries -> name(consumer, deliveries));
        });
    }

    private AttachedConsumer enterShared(Subscription subscription) {
        while (true) {
            AttachedConsumer consumer = shared.computeIfAbsent(subscription.name(), name -> attach(subscription, DEFAULT_DEADLINE));
            if (consumer.enter()) {
                return consumer;
            }
            forget(consumer);
        }
    }

    /** A consumer of its own, found by the identifiers of its deliveries until it is given back to {@link #release}. */
    public AttachedConsumer attach(Subscription subscription, Duration deadline) {
        long number = numbers.incrementAndGet();
        AttachedConsumer consumer = new AttachedConsumer(number, subscription, deadline, System::nanoTime, () -> byNumber.remove(number));
        byNumber.put(number, consumer);
        return consumer;
    }

    /** Ends a consumer; what is outstanding with it is delivered again. */
    public CompletionStage<Void> release(AttachedConsumer consumer) {
        forget(consumer);
        return consumer.close();
    }

    /** Names deliveries to the client. */
    static List<Pulled> name(AttachedConsumer consumer, List<Delivery> deliveries) {
        List<Pulled> named = new ArrayList<>(deliveries.size());
        for (Delivery delivery : deliveries) {
            named.add(new Pulled(delivery, new AckId(consumer.number(), delivery.id()).text()));
        }
        return named;
    }

    /** Settles deliveries of one subscription; identifiers that name none of its outstanding ones are told. */
    public CompletionStage<Outcome> settle(SubscriptionName subscription, List<String> ackIds, Settlement settlement) {
        return forEach(subscription, ackIds, (consumer, delivery) -> consumer.settle(delivery, settlement));
    }

    /** Gives deliveries a new deadline, from now. */
    public CompletionStage<Outcome> extend(SubscriptionName subscription, List<String> ackIds, Duration ackDeadline) {
        return forEach(subscription, ackIds, (consumer, delivery) -> consumer.extend(delivery, ackDeadline));
    }

    private interface Step {
        CompletionStage<Boolean> apply(AttachedConsumer consumer, long delivery);
    }

    private CompletionStage<Outcome> forEach(SubscriptionName subscription, List<String> ackIds, Step step) {
        List<CompletableFuture<Boolean>> steps = new ArrayList<>(ackIds.size());
        for (String text : ackIds) {
            AckId ackId = AckId.parse(text);
            AttachedConsumer consumer = ackId == null ? null : byNumber.get(ackId.consumer());
            if (ackId == null || consumer == null || !consumer.subscription().equals(subscription)) {
                steps.add(CompletableFuture.completedFuture(false));
            } else {
                steps.add(step.apply(consumer, ackId.delivery()).toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new)).thenApply(done -> {
            List<String> unknown = new ArrayList<>();
            for (int i = 0; i < steps.size(); i++) {
                if (!steps.get(i).join()) {
                    unknown.add(ackIds.get(i));
                }
            }
            return new Outcome(ackIds.size() - unknown.size(), unknown);
        });
    }

    /** A consumer that failed to attach or was cancelled is of no more use. */
    private void discard(Subscription subscription, AttachedConsumer consumer) {
        shared.remove(subscription.name(), consumer);
        release(consumer);
    }

    private void forget(AttachedConsumer consumer) {
        byNumber.remove(consumer.number(), consumer);
        shared.remove(consumer.subscription(), consumer);
    }

    private void closeIdle() {
        for (AttachedConsumer consumer : shared.values()) {
            if (consumer.closeIfIdle(IDLE)) {
                forget(consumer);
            }
        }
    }

    @Override
    public void close() {
        sweep.dispose();
        List.copyOf(byNumber.values()).forEach(this::release);
    }
}
