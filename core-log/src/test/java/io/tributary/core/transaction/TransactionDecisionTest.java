package io.tributary.core.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Broker;
import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.StateTable;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.Topic;
import io.tributary.core.api.TransactionRequest;
import io.tributary.core.api.TransactionRequest.Settled;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a caller is told of a transaction whose subscription fails when all is decided. */
class TransactionDecisionTest {
    private static final TopicName RESULTS = TopicName.of("results");

    private final MemoryTable table = new MemoryTable();
    private TestBroker broker;
    private Topic topic;

    @BeforeEach
    void start() {
        broker = TestBroker.start();
        topic = get(broker().topics().create(RESULTS, TopicConfig.ofPartitions(1)));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Broker broker() {
        return broker.broker();
    }

    @Test
    void isCommittedWhenASubscriptionCannotWriteThatItIsRidOfIt() {
        commit(CompletableFuture.completedFuture(null), failed(ErrorCode.STORAGE_FAILURE));
        assertThat(table.entries).as("the decision is kept for the next process").hasSize(1);
    }

    @Test
    void isCommittedWhenASubscriptionEndsMeanwhile() {
        commit(failed(ErrorCode.CLOSED), failed(ErrorCode.CLOSED));
        assertThat(table.entries).as("the decision is kept for the next process").hasSize(1);
    }

    @Test
    void keepsNoDecisionAboutASubscriptionThatWasDeleted() {
        commit(failed(ErrorCode.SUBSCRIPTION_NOT_FOUND), failed(ErrorCode.SUBSCRIPTION_NOT_FOUND));
        await().untilAsserted(() -> assertThat(table.entries).isEmpty());
    }

    private void commit(CompletionStage<Void> settled, CompletionStage<Void> flushed) {
        SubscriptionName name = new SubscriptionName(Namespace.DEFAULT, "work");
        Subscription subscription = get(broker().subscriptions().create(name, SubscriptionConfig.DURABLE,
            List.of(new Binding(RESULTS, new Filter.All())), StartPosition.EARLIEST));
        Consumer consumer = get(subscription.attach(ConsumerOptions.SHARED, new Silent()));
        TransactionCoordinator coordinator = new TransactionCoordinator(table, broker().topics(),
            request -> new Placement.Place(topic, 0, 1, 0), new Failing(settled, flushed),
            () -> CompletableFuture.completedFuture(4711L), Clock.systemUTC());
        get(coordinator.commit(new TransactionRequest(List.of(PublishRequest.of(RESULTS, null, new byte[1], Headers.EMPTY)),
            List.of(new Settled(subscription, consumer, List.of(1L), Settlement.ACK)))));
        assertThat(get(topic.partition(0).readRecords(0, 10, 1000))).hasSize(1);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static <T> CompletionStage<T> failed(ErrorCode code) {
        return CompletableFuture.failedFuture(new BrokerException(code, "for the test"));
    }

    private record Failing(CompletionStage<Void> settled, CompletionStage<Void> flushed) implements Acknowledgements {
        @Override
        public CompletionStage<List<Acked>> prepare(Settled prepared) {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public CompletionStage<Void> settle(Settled decided) {
            return settled;
        }

        @Override
        public CompletionStage<Void> flush(Settled decided) {
            return flushed;
        }

        @Override
        public CompletionStage<Void> settle(List<Acked> acked) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private static final class MemoryTable implements StateTable {
        private final Map<String, byte[]> entries = new ConcurrentSkipListMap<>();

        @Override
        public CompletionStage<Void> put(String key, byte[] value) {
            entries.put(key, value);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> delete(String key) {
            entries.remove(key);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public byte @Nullable [] get(String key) {
            return entries.get(key);
        }

        @Override
        public void forEach(String prefix, BiConsumer<String, byte[]> visitor) {
            entries.forEach(visitor);
        }
    }

    private static final class Silent implements DeliveryHandler {
        @Override
        public void onDelivery(Delivery delivery) {
            throw new AssertionError("nothing was asked for");
        }

        @Override
        public void onCancelled(BrokerException cause) {
            // The broker has ended.
        }
    }
}
