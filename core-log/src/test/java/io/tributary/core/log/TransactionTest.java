package io.tributary.core.log;

import static io.tributary.core.log.LogFixture.assertFails;
import static io.tributary.core.log.LogFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.api.LogRead;
import io.tributary.core.api.Topic;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.batch.TransactionMarker;
import io.tributary.core.broker.BrokerConfig.Durability;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.storage.internals.log.OffsetMap;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionTest {
    private static final TopicConfig PLAIN = TopicConfig.ofPartitions(1);
    private static final int ONE_BATCH = 1;
    private static final int ALL = 1 << 20;

    @TempDir
    private Path directory;

    private final AtomicLong now = new AtomicLong(1_000_000);

    private LogFixture open(TopicConfig config, long tailBytes) {
        return new LogFixture(TestBroker.start(directory, settings -> settings.withMemory(tailBytes, 1 << 24)
            .withIntervals(Duration.ofMillis(20), Duration.ofHours(1), Duration.ofDays(1))
            .withClock(() -> Instant.ofEpochMilli(now.get()))), config);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1 << 20})
    void holdsBackWhatIsOpenAndAllBehindIt(long tailBytes) {
        try (LogFixture fixture = open(PLAIN, tailBytes)) {
            TransactionFixture log = new TransactionFixture(fixture);
            get(fixture.partition().append(TestBatches.of("before")).durable());
            log.write(7, "k", "a");
            get(fixture.partition().append(TestBatches.of("behind")).durable());
            assertThat(fixture.partition().highWatermark()).isEqualTo(3);
            assertThat(fixture.partition().lastStableOffset()).isEqualTo(1);
            assertThat(get(fixture.partition().readRecords(0, 10, ALL))).hasSize(1);
            assertThat(get(fixture.partition().readRecords(1, 10, ALL))).isEmpty();
            assertThat(get(fixture.partition().read(0, ALL)).sizeInBytes())
                .isGreaterThan(get(fixture.partition().readCommitted(0, ALL)).sizeInBytes());
            log.commit(7);
            assertThat(fixture.partition().lastStableOffset()).isEqualTo(4).isEqualTo(fixture.partition().highWatermark());
            assertThat(log.committed()).containsExactly("before", "a", "behind");
            assertThat(log.committedToClient(ALL)).containsExactly("before", "a", "behind");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1 << 20})
    void leavesOutWhatIsAborted(long tailBytes) {
        try (LogFixture fixture = open(PLAIN, tailBytes)) {
            TransactionFixture log = new TransactionFixture(fixture);
            log.write(1, "k", "a1");
            log.write(2, "k", "b1");
            log.write(1, "k", "a2");
            log.abort(1);
            assertThat(fixture.partition().lastStableOffset()).isEqualTo(1);
            log.write(1, "k", "a3");
            log.commit(2);
            assertThat(fixture.partition().lastStableOffset()).isEqualTo(4);
            log.commit(1);
            assertThat(log.committed()).containsExactly("b1", "a3");
            for (int maxBytes : List.of(ONE_BATCH, 150, ALL)) {
                assertThat(log.committedToClient(maxBytes)).containsExactly("b1", "a3");
            }
            LogRead behind = get(fixture.partition().readCommitted(4, ALL));
            assertThat(behind.aborted()).as("not told of what ended before").isEmpty();
        }
    }

    @Test
    void tellsWaitingReadersWhenATransactionEnds() {
        try (LogFixture fixture = open(PLAIN, ALL)) {
            TransactionFixture log = new TransactionFixture(fixture);
            log.write(1, "k", "a");
            List<Long> seen = new ArrayList<>();
            fixture.partition().onAdvance(() -> {
                synchronized (seen) {
                    seen.add(fixture.partition().lastStableOffset());
                }
            });
            log.commit(1);
            await().untilAsserted(() -> {
                synchronized (seen) {
                    assertThat(seen).contains(2L);
                }
            });
        }
    }

    @Test
    void refusesWhatDoesNotGoWithATransaction() {
        try (LogFixture fixture = open(PLAIN, ALL)) {
            TransactionFixture log = new TransactionFixture(fixture);
            assertFails(fixture.partition().append(TestBatches.transactional(1, 0, 0, List.of(Map.entry("k", "v")))).durable(),
                ErrorCode.INVALID_BATCH);
            assertFails(fixture.partition().appendInTransaction(TransactionMarker.of(0, 1, (short) 0, true, 0)).durable(),
                ErrorCode.INVALID_BATCH);
            log.write(1, "k", "a");
            assertFails(fixture.partition().append(
                TestBatches.idempotent(CompressionType.NONE, 1000, 1, (short) 0, 1, "b")).durable(), ErrorCode.INVALID_TRANSACTION);
            get(log.end(1, 0, false, 5, 0).durable());
            log.write(1, "k", "b");
            assertFails(log.end(1, 0, true, 4, 0).durable(), ErrorCode.COORDINATOR_FENCED);
            assertFails(log.end(1, 0, true, 5, 2).durable(), ErrorCode.FENCED_PRODUCER);
            get(log.end(1, 1, true, 5, 2).durable());
            assertFails(log.end(1, 0, true, 5, 0).durable(), ErrorCode.FENCED_PRODUCER);
            assertThat(log.committed()).containsExactly("b");
        }
    }

    @Test
    void takesACoordinatorsBatchesWhateverTheirSequence() {
        try (LogFixture fixture = open(PLAIN, ALL)) {
            TransactionFixture log = new TransactionFixture(fixture);
            for (String value : List.of("a", "a")) {
                get(fixture.partition().appendAsCoordinator(TestBatches.transactional(1, 0, 0, List.of(Map.entry("k", value))), (short) 0)
                    .durable());
            }
            log.commit(1);
            assertThat(log.committed()).containsExactly("a", "a");
        }
    }

    /** How the state beside the segments is lost. */
    enum Loss {
        NONE, SNAPSHOTS, DAMAGED_NOTE
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void knowsItsTransactionsAfterARestart(Loss loss) throws IOException {
        try (LogFixture fixture = open(PLAIN.withSegmentBytes(300), 0)) {
            TransactionFixture log = new TransactionFixture(fixture);
            log.write(9, "k", "open");
            for (int i = 0; i < 10; i++) {
                log.write(1, "k", "a" + i);
                log.abort(1);
                log.write(2, "k", "b" + i);
                log.commit(2);
            }
            log.abort(9);
            log.write(8, "k", "open still");
            log.write(2, "k", "c");
            log.commit(2);
            for (boolean orderly : List.of(true, false)) {
                if (orderly) {
                    fixture.broker.restart();
                } else {
                    fixture.broker.kill();
                }
                lose(fixture, loss);
                await().untilAsserted(() -> assertThat(fixture.partition().lastStableOffset()).isEqualTo(42));
                assertThat(log.committed()).containsExactly("b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9");
                assertThat(log.committedToClient(ONE_BATCH)).hasSize(10);
            }
            log.commit(8);
            assertThat(log.committed()).endsWith("b9", "open still", "c");
        }
    }

    /** Between two starts. */
    private void lose(LogFixture fixture, Loss loss) throws IOException {
        if (loss == Loss.NONE) {
            return;
        }
        fixture.broker.kill();
        Topic topic = fixture.broker.broker().topics().find(LogFixture.TOPIC);
        assertThat(topic).isNotNull();
        Path beside = directory.resolve("segments").resolve(topic.id().toString()).resolve("0");
        if (loss == Loss.DAMAGED_NOTE) {
            byte[] note = Files.readAllBytes(beside.resolve("transactions"));
            note[note.length - 1] ^= 1;
            Files.write(beside.resolve("transactions"), note);
        } else {
            try (var files = Files.list(beside)) {
                for (Path snapshot : files.filter(file -> file.toString().endsWith(".snapshot")).toList()) {
                    Files.delete(snapshot);
                }
            }
        }
        fixture.broker.kill();
    }

    @Test
    void forgetsWhatIsBeforeItsStart() {
        try (LogFixture fixture = open(PLAIN, 0)) {
            TransactionFixture log = new TransactionFixture(fixture);
            log.write(1, "k", "a");
            log.write(2, "k", "b");
            get(fixture.partition().deleteBefore(2));
            assertThat(fixture.partition().lastStableOffset()).isEqualTo(2);
            log.abort(1);
            log.write(1, "k", "c");
            log.commit(2);
            log.commit(1);
            assertThat(log.committed()).containsExactly("c");
        }
    }

    @Test
    void worksInMemory() {
        try (LogFixture fixture = open(TopicConfig.ofPartitions(1).withStorage(TopicConfig.Storage.MEMORY), 0)) {
            TransactionFixture log = new TransactionFixture(fixture);
            log.write(1, "k", "a");
            log.write(2, "k", "b");
            log.abort(1);
            assertThat(fixture.partition().lastStableOffset()).isEqualTo(1);
            log.commit(2);
            assertThat(log.committed()).containsExactly("b");
            assertThat(log.committedToClient(ALL)).containsExactly("b");
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void compactsWhatIsAbortedAndItsMarkersLater(Durability durability) {
        TopicConfig config = PLAIN.withSegmentBytes(300).withCompaction(Compaction.ON.withMinDirtyRatio(0));
        try (LogFixture fixture = new LogFixture(TestBroker.start(directory, settings -> settings.withDurability(durability)
                .withMemory(0, 1 << 24).withIntervals(Duration.ofMillis(20), Duration.ofHours(1), Duration.ofDays(1))
                .withClock(() -> Instant.ofEpochMilli(now.get()))), config)) {
            TransactionFixture log = new TransactionFixture(fixture);
            log.write(1, "x", "x1");
            log.commit(1);
            log.write(1, "x", "x2 that never was");
            log.abort(1);
            log.write(2, "y", "y1");
            log.commit(2);
            fill(log);
            compact(fixture);
            assertThat(log.committed()).startsWith("x1", "y1");
            assertThat(log.committedToClient(ALL)).startsWith("x1", "y1");
            assertThat(get(fixture.partition().readCommitted(0, ALL)).aborted()).as("the marker is still there").hasSize(1);
            // Until now the producer's last batch had to stay, if only to tell where it is.
            log.write(1, "x", "x3");
            log.commit(1);
            // One pass takes the empty batch, the next finds the marker alone and gives it a time to go, and one after that time takes it.
            for (int pass = 0; pass < 2; pass++) {
                fill(log);
                compact(fixture);
            }
            now.addAndGet(Compaction.ON.tombstoneRetentionMs() + 1);
            fill(log);
            compact(fixture);
            log.write(1, "x", "x4");
            log.commit(1);
            assertThat(get(fixture.partition().readCommitted(0, ALL)).aborted()).as("the marker is gone").isEmpty();
            assertThat(log.committedToClient(ALL)).contains("y1", "x3", "x4").doesNotContain("x2 that never was");
            List<String> before = log.committed();
            fixture.broker.kill();
            await().untilAsserted(() -> assertThat(log.committed()).isEqualTo(before));
            assertThat(log.committedToClient(ALL)).isEqualTo(before);
        }
    }

    /** Puts something behind what is to be compacted, whose last segment stays as it is. */
    private static void fill(TransactionFixture log) {
        for (int i = 0; i < 12; i++) {
            log.write(3, "filler", "f");
            log.commit(3);
        }
    }

    private static void compact(LogFixture fixture) {
        PartitionLog log = (PartitionLog) fixture.partition();
        OffsetMap map;
        try {
            map = new SkimpyOffsetMap(1 << 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(() -> log.compact(map));
        await().atMost(Duration.ofSeconds(60)).during(Duration.ofMillis(200)).until(() -> !log.compact(map));
    }
}
