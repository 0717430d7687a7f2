package io.tributary.core.subscription;

import static org.awaitility.Awaitility.await;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.StateTable;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.SubscriptionStats;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import io.tributary.core.routing.FullSubscriptions;
import io.tributary.core.routing.RouteTable;
import io.tributary.core.state.StateTables;
import io.tributary.core.subscription.loop.Clocks;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/** Subscriptions over topics in memory, with a clock that a test sets. */
final class SubscriptionFixture implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    final FakeTopics topics;
    final RouteTable routes = new RouteTable();
    final FullSubscriptions full = new FullSubscriptions();
    final AtomicLong nanos = new AtomicLong();
    final FakeMetadataStore metadata = new FakeMetadataStore();
    private final SubscriptionLimits limits;
    private final StateTable state;
    QueueSubscriptions subscriptions;

    SubscriptionFixture() {
        this(SubscriptionLimits.DEFAULT, null);
    }

    SubscriptionFixture(SubscriptionLimits limits, @Nullable Executor readExecutor) {
        this.limits = limits;
        topics = new FakeTopics(readExecutor);
        topics.setClock(this::wallMillis);
        state = get(new StateTables(topics, topics).open("subscriptions"));
        subscriptions = open();
    }

    private QueueSubscriptions open() {
        QueueSubscriptions opened = new QueueSubscriptions(new QueueSubscriptions.Surroundings(topics, routes, topics, full),
            new QueueSubscriptions.DurableStores(metadata, state), limits, 2, new Clocks(nanos::get, this::wallMillis));
        get(opened.recover());
        topics.tell(opened);
        return opened;
    }

    /** The wall clock: what has passed since the fixture was made. */
    long wallMillis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos.get());
    }

    /** Closes the subscriptions and opens them again. */
    void restart() {
        subscriptions.close();
        subscriptions = open();
    }

    /** Drops the subscriptions as a crash would and opens them again. */
    void crash() {
        subscriptions.halt();
        subscriptions = open();
    }

    static SubscriptionName name(String name) {
        return new SubscriptionName(Namespace.DEFAULT, name);
    }

    static Binding all(String topic) {
        return new Binding(TopicName.of(topic), new Filter.All());
    }

    static Binding subject(String topic, String subject) {
        return new Binding(TopicName.of(topic), new Filter.ExactSubject(subject));
    }

    Subscription subscription(String name, StartPosition start, Binding... bindings) {
        return get(subscriptions.create(name(name), SubscriptionConfig.TRANSIENT, List.of(bindings), start));
    }

    /** A subscription to what is published to a topic, which is made if need be. */
    Subscription subscription(String name, String topic) {
        topics.topic(topic, 1);
        return subscription(name, StartPosition.LATEST, all(topic));
    }

    /** A subscription with a policy to what is published to a topic, which is made if need be. */
    Subscription subscription(String name, String topic, boolean durable, DeliveryPolicy policy) {
        topics.topic(topic, 1);
        SubscriptionConfig config = durable ? SubscriptionConfig.DURABLE : SubscriptionConfig.TRANSIENT;
        return get(subscriptions.create(name(name), config.withPolicy(policy), List.of(all(topic)), StartPosition.LATEST));
    }

    Subscription find(String name) {
        return Objects.requireNonNull(subscriptions.find(name(name)));
    }

    /** Publishes at the time that the clock shows. */
    void publishNow(String topic, @Nullable String key, String text, Header... headers) {
        get(topics.publish(PublishRequest.of(TopicName.of(topic), Subject.toKey(key), text.getBytes(StandardCharsets.UTF_8),
            Headers.of(headers))));
    }

    /** Publishes texts to a topic's first partition. */
    void publish(String topic, String... texts) {
        for (String text : texts) {
            topics.partition(topic).publish(null, text);
        }
    }

    Consumer attach(Subscription subscription, RecordingHandler handler, int credit) {
        Consumer consumer = get(subscription.attach(ConsumerOptions.SHARED, handler));
        if (credit > 0) {
            consumer.request(credit);
        }
        return consumer;
    }

    /** Pulls until nothing is ready. */
    static List<Delivery> pullAll(Consumer consumer) {
        List<Delivery> all = new ArrayList<>();
        for (List<Delivery> some = get(consumer.pull(100, Duration.ZERO)); !some.isEmpty(); some = get(consumer.pull(100, Duration.ZERO))) {
            all.addAll(some);
        }
        return all;
    }

    static List<String> texts(List<Delivery> deliveries) {
        return deliveries.stream().map(RecordingHandler::text).toList();
    }

    static SubscriptionStats stats(Subscription subscription) {
        return get(subscription.stats());
    }

    void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
        subscriptions.wakeUp();
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw BrokerException.of(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static void awaitThat(ThrowingRunnable assertion) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).untilAsserted(assertion);
    }

    @Override
    public void close() {
        subscriptions.close();
    }
}
