package io.tributary.protocol.kafka.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Partition;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.broker.BrokerConfig.Durability;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.server.common.TransactionVersion;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The coordinator on a broker without any connection, with a clock that is set. */
class TransactionCoordinatorTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final TransactionSettings SETTINGS =
        new TransactionSettings(3, Duration.ofMinutes(15), Duration.ofDays(1), Duration.ofDays(7), Duration.ofDays(1), 100);

    private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
    private final List<Marker> offsetMarkers = new ArrayList<>();
    private TestBroker broker;
    private TransactionCoordinators coordinators;

    @BeforeEach
    void start() {
        broker = TestBroker.start(settings -> settings.withDurability(Durability.OS));
        get(broker.broker().topics().create(TopicName.of("t"), TopicConfig.ofPartitions(2)));
        coordinators = coordinators();
    }

    @AfterEach
    void stop() {
        get(coordinators.stop());
        broker.close();
    }

    private TransactionCoordinators coordinators() {
        return new TransactionCoordinators(broker.broker(), SETTINGS, (namespace, partition, marker) -> {
            offsetMarkers.add(marker);
            return CompletableFuture.completedFuture(null);
        }, () -> Instant.ofEpochMilli(now.get()));
    }

    private void restart() {
        get(coordinators.stop());
        broker.restart();
        coordinators = coordinators();
        coordinators.resume();
    }

    private TransactionCoordinator coordinator() {
        return get(coordinators.of(Namespace.DEFAULT));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static void assertRefused(Errors error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(CompletionException.class).satisfies(thrown ->
            assertThat(Errors.forException(thrown.getCause())).isEqualTo(error));
    }

    private ProducerIdentity init(String id) {
        return await().ignoreExceptionsInstanceOf(CompletionException.class).until(() -> get(coordinator().init(id, 60_000, null)),
            Objects::nonNull);
    }

    private Partition log() {
        return Objects.requireNonNull(broker.broker().topics().find(TopicName.of("t"))).partition(0);
    }

    private void append(String id, ProducerIdentity producer, int sequence) {
        List<CompletionStage<?>> appended = new ArrayList<>();
        get(coordinator().append(Claim.adding(id, producer, Set.of(PARTITION), TransactionVersion.TV_2), () -> appended.add(
            log().appendInTransaction(TestBatches.transactional(producer.id(), producer.epoch(), sequence, List.of(Map.entry("k", "v"))))
                .durable())));
        get(appended.get(0));
    }

    private ProducerIdentity end(String id, ProducerIdentity producer, TransactionResult result) {
        return get(coordinator().end(id, producer, result, TransactionVersion.TV_2));
    }

    private String state(String id) {
        return get(coordinator().describe(id)).transactionState();
    }

    @Test
    void aTransactionIsAbortedWhenItsTimeIsOverAndNotBefore() {
        ProducerIdentity producer = init("a");
        append("a", producer, 0);
        now.addAndGet(60_000);
        get(coordinator().checkTimes());
        assertThat(state("a")).isEqualTo("Ongoing");
        now.addAndGet(1);
        get(coordinator().checkTimes());
        await().until(() -> state("a").equals("CompleteAbort"));
        assertThat(log().lastStableOffset()).isEqualTo(2);
        assertRefused(Errors.PRODUCER_FENCED, () -> end("a", producer, TransactionResult.COMMIT));
    }

    @Test
    void theTimeRunsOnOverARestart() {
        ProducerIdentity producer = init("a");
        append("a", producer, 0);
        now.addAndGet(30_000);
        restart();
        append("a", producer, 1);
        now.addAndGet(30_001);
        get(coordinator().checkTimes());
        await().until(() -> state("a").equals("CompleteAbort"));
    }

    @Test
    void anIdentifierIsForgottenAfterItsTimeUnlessItHasATransaction() {
        ProducerIdentity unused = init("unused");
        ProducerIdentity used = init("used");
        append("used", used, 0);
        now.addAndGet(Duration.ofDays(7).toMillis() - 1);
        get(coordinator().checkTimes());
        await().until(() -> state("used").equals("CompleteAbort"));
        assertThat(state("unused")).isEqualTo("Empty");
        now.addAndGet(1);
        get(coordinator().checkTimes());
        await().until(() -> get(coordinator().describe("unused")).errorCode() == Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
        assertRefused(Errors.INVALID_PRODUCER_ID_MAPPING, () -> append("unused", unused, 0));
        restart();
        assertThat(get(coordinator().describe("unused")).errorCode()).isEqualTo(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
        assertThat(state("used")).isEqualTo("CompleteAbort");
        assertThat(init("unused").id()).isNotEqualTo(unused.id());
    }

    @Test
    void committedOffsetsGetTheirMarkerFromTheGroupCoordinator() {
        get(broker.broker().topics().create(TopicName.of("__consumer_offsets"), TopicConfig.ofPartitions(2)));
        ProducerIdentity producer = init("a");
        TopicPartition offsets = new TopicPartition("__consumer_offsets", 1);
        get(coordinator().admit(Claim.adding("a", producer, Set.of(offsets, PARTITION), TransactionVersion.TV_2)));
        ProducerIdentity next = end("a", producer, TransactionResult.COMMIT);
        assertThat(next).isEqualTo(new ProducerIdentity(producer.id(), (short) 1));
        await().until(() -> state("a").equals("CompleteCommit"));
        assertThat(offsetMarkers).containsExactly(new Marker(next, 0, TransactionResult.COMMIT, (short) 2));
    }

    @Test
    void partitionsThatAreNoMoreAreNoHindrance() {
        ProducerIdentity producer = init("a");
        get(coordinator().admit(Claim.adding("a", producer, Set.of(PARTITION, new TopicPartition("t", 9), new TopicPartition("gone", 0)),
            TransactionVersion.TV_2)));
        end("a", producer, TransactionResult.ABORT);
        await().until(() -> state("a").equals("CompleteAbort"));
    }

    @Test
    void aTransactionHasSoManyPartitionsAndNoMore() {
        ProducerIdentity producer = init("a");
        Set<TopicPartition> many = new HashSet<>();
        for (int i = 0; i < TransactionCoordinator.MAX_PARTITIONS; i++) {
            many.add(new TopicPartition("a-topic-with-a-name-of-some-length-" + i % 100, i / 100));
        }
        get(coordinator().admit(Claim.adding("a", producer, many, TransactionVersion.TV_2)));
        assertRefused(Errors.POLICY_VIOLATION, () ->
            get(coordinator().admit(Claim.adding("a", producer, Set.of(PARTITION), TransactionVersion.TV_2))));
        end("a", producer, TransactionResult.ABORT);
        await().until(() -> state("a").equals("CompleteAbort"));
    }

    @Test
    void theEpochsOfAProducerRunOutAndAnotherOneTakesItsPlace() {
        ProducerIdentity first = init("a");
        ProducerIdentity producer = first;
        while (producer.id() == first.id()) {
            ProducerIdentity next = end("a", producer, TransactionResult.ABORT);
            assertThat(next.epoch()).isEqualTo(next.id() == first.id() ? (short) (producer.epoch() + 1) : 0);
            producer = next;
        }
        append("a", producer, 0);
        assertThat(end("a", producer, TransactionResult.COMMIT).epoch()).isEqualTo((short) 1);
    }
}
