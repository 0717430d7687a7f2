package io.tributary.core.transaction;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Broker;
import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.Topic;
import io.tributary.core.api.TransactionRequest;
import io.tributary.core.api.TransactionRequest.Settled;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactionCommitTest {
    private static final SubscriptionName WORK = new SubscriptionName(Namespace.DEFAULT, "work");
    private static final DeliveryHandler NOTHING = new DeliveryHandler() {
        @Override
        public void onDelivery(Delivery delivery) {
            throw new AssertionError("nothing was asked for");
        }

        @Override
        public void onCancelled(BrokerException cause) {
            // The broker has ended.
        }
    };

    private static final int TASKS = 120;

    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = TestBroker.start();
        for (String topic : List.of("in", "a", "b")) {
            get(broker().topics().create(TopicName.of(topic), TopicConfig.ofPartitions(2)));
        }
        get(broker().subscriptions().create(WORK, SubscriptionConfig.DURABLE,
            List.of(new Binding(TopicName.of("in"), new Filter.All())), StartPosition.EARLIEST));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Broker broker() {
        return broker.broker();
    }

    private Subscription work() {
        return Objects.requireNonNull(broker().subscriptions().find(WORK));
    }

    private static PublishRequest record(String topic, String value) {
        return PublishRequest.of(TopicName.of(topic), value.getBytes(UTF_8), value.getBytes(UTF_8), Headers.EMPTY);
    }

    private List<String> values(String topic) {
        List<String> values = new ArrayList<>();
        Topic found = Objects.requireNonNull(broker().topics().find(TopicName.of(topic)));
        for (Partition partition : found.partitions()) {
            long next = 0;
            for (List<Record> some = get(partition.readRecords(next, 100, 1 << 20)); !some.isEmpty();
                    some = get(partition.readRecords(next, 100, 1 << 20))) {
                some.forEach(record -> values.add(new String(Objects.requireNonNull(record.value()), UTF_8)));
                next = some.get(some.size() - 1).offset() + 1;
            }
        }
        return values;
    }

    @Test
    void publishesToManyTopicsAndAcknowledgesAsOne() {
        get(broker().publisher().publish(record("in", "task")));
        Subscription subscription = work();
        Consumer consumer = get(subscription.attach(ConsumerOptions.SHARED, NOTHING));
        List<Delivery> tasks = get(consumer.pull(1, Duration.ofSeconds(10)));
        List<PublishRequest> records = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            records.add(record(i % 2 == 0 ? "a" : "b", "result " + i));
        }
        List<PublishResult> results = get(broker().transactions().commit(new TransactionRequest(records,
            List.of(new Settled(subscription, consumer, ids(tasks), Settlement.ACK)))));
        assertThat(results).hasSize(10);
        assertThat(values("a")).containsExactlyInAnyOrder("result 0", "result 2", "result 4", "result 6", "result 8");
        assertThat(values("b")).containsExactlyInAnyOrder("result 1", "result 3", "result 5", "result 7", "result 9");
        broker.kill();
        assertThat(values("a")).hasSize(5);
        assertThat(get(work().stats()).ready()).as("the acknowledgement is durable when the transaction is").isZero();
    }

    @Test
    void leavesNothingWhenARecordIsRefused() {
        assertThatThrownBy(() -> get(broker().transactions().commit(new TransactionRequest(
            List.of(record("a", "x"), record("b", "y"), record("none", "z")), List.of()))))
            .satisfies(failure -> assertThat(BrokerException.of(failure).code()).isEqualTo(ErrorCode.TOPIC_NOT_FOUND));
        PublishRequest large = PublishRequest.of(TopicName.of("b"), null, new byte[2 << 20], Headers.EMPTY);
        assertThatThrownBy(() -> get(broker().transactions().commit(new TransactionRequest(List.of(record("a", "x"), large), List.of()))))
            .satisfies(failure -> assertThat(BrokerException.of(failure).code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE));
        assertThat(values("a")).isEmpty();
        assertThat(values("b")).isEmpty();
    }

    @Test
    void abortsWhenAPartitionRefuses() {
        TopicName compacted = TopicName.of("compacted");
        get(broker().topics().create(compacted, TopicConfig.ofPartitions(1).withCompaction(Compaction.ON)));
        PublishRequest unkeyed = PublishRequest.of(compacted, null, new byte[1], Headers.EMPTY);
        assertThatThrownBy(() -> get(broker().transactions().commit(
            new TransactionRequest(List.of(record("a", "x"), unkeyed), List.of()))))
            .satisfies(failure -> assertThat(BrokerException.of(failure).code()).isEqualTo(ErrorCode.INVALID_BATCH));
        get(broker().publisher().publish(record("a", "later")));
        assertThat(values("a")).containsExactly("later");
        get(broker().transactions().commit(new TransactionRequest(List.of(record("a", "1"), record("b", "2")), List.of())));
        assertThat(values("b")).containsExactly("2");
    }

    /** Tasks become two results each; whenever the process is killed, a task has both and is acknowledged, or neither and comes again. */
    @Test
    void isAllOrNothingWheneverTheProcessIsKilled() {
        Random random = new Random(7);
        int tasks = TASKS;
        for (int i = 0; i < tasks; i++) {
            get(broker().publisher().publish(record("in", "task " + i)));
        }
        int kills = 0;
        while (values("a").size() < tasks && kills < 200) {
            Subscription subscription = work();
            Consumer consumer = get(subscription.attach(ConsumerOptions.SHARED, NOTHING));
            for (int i = 0; i < 8; i++) {
                List<Delivery> some = get(consumer.pull(1 + random.nextInt(3), Duration.ZERO));
                if (!some.isEmpty()) {
                    process(subscription, consumer, some);
                }
            }
            LockSupport.parkNanos(random.nextInt(6_000_000));
            broker.kill();
            kills++;
            checkWhole();
        }
        assertThat(kills).as("killed").isGreaterThan(3);
        await().untilAsserted(() -> assertThat(get(work().stats()).ready()).isZero());
        assertThat(values("a")).hasSize(tasks).doesNotHaveDuplicates();
    }

    private void process(Subscription subscription, Consumer consumer, Collection<Delivery> some) {
        List<PublishRequest> results = new ArrayList<>();
        for (Delivery task : some) {
            String value = new String(Objects.requireNonNull(task.record().value()), UTF_8);
            results.add(record("a", value));
            results.add(record("b", value));
        }
        CompletionStage<?> unused = broker().transactions().commit(new TransactionRequest(results,
            List.of(new Settled(subscription, consumer, ids(some), Settlement.ACK))));
    }

    private static List<Long> ids(Collection<Delivery> deliveries) {
        return deliveries.stream().map(Delivery::id).toList();
    }

    private void checkWhole() {
        List<String> first = values("a");
        Set<String> second = new HashSet<>(values("b"));
        assertThat(first).doesNotHaveDuplicates();
        assertThat(new HashSet<>(first)).isEqualTo(second);
        assertThat(get(work().stats()).ready()).isEqualTo(TASKS - first.size());
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
