package io.tributary.core.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.TestBroker;
import io.tributary.core.TestObjectStore;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.model.Retention;
import io.tributary.core.model.Tiering;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.store.object.TierStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.CompressionType;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A broker with a second tier on a server that speaks S3. */
class TieredBrokerIT {
    private static final TopicName TOPIC = TopicName.of("t");
    private static final int SEGMENT_BYTES = 11 << 20;
    private static final int BATCHES = 50;
    private static final String VALUE = "v".repeat(800_000);
    private static final TopicConfig CONFIG = TopicConfig.ofPartitions(1).withSegmentBytes(SEGMENT_BYTES)
        .withRetention(Retention.FOREVER).withTiering(new Tiering(true, Retention.UNLIMITED, 0));

    private final TestObjectStore objects = TestObjectStore.start();
    private TestBroker broker;

    @BeforeEach
    void open() {
        broker = TestBroker.start(config -> config.withTier(objects.settings()).withMemory(0, 1 << 27)
            .withIntervals(Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofDays(7)));
    }

    @AfterEach
    void close() {
        broker.close();
        objects.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(90, TimeUnit.SECONDS);
    }

    private Partition partition() {
        return Objects.requireNonNull(broker.broker().topics().find(TOPIC)).partition(0);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private void fill() {
        Topic topic = get(broker.broker().topics().create(TOPIC, CONFIG));
        for (int i = 0; i < BATCHES; i++) {
            get(topic.partition(0).append(TestBatches.of(CompressionType.NONE, 1_000_000_000_000L + i, i + VALUE)).durable());
        }
    }

    private Path directory() {
        return broker.directory().resolve("segments").resolve(Objects.requireNonNull(broker.broker().topics().find(TOPIC)).id().toString())
            .resolve("0");
    }

    private long localFiles() {
        try (Stream<Path> files = Files.list(directory())) {
            return files.filter(file -> file.toString().endsWith(".log")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertAllIsThere() {
        for (long offset = 0; offset < BATCHES; offset++) {
            List<Record> records = get(partition().readRecords(offset, 1, 1));
            assertThat(records).hasSize(1);
            assertThat(new String(records.get(0).value(), US_ASCII)).isEqualTo(offset + VALUE);
        }
        assertThat(get(partition().lookUpTimestamp(1_000_000_000_017L)).offset()).isEqualTo(17);
    }

    private TierStatus status() {
        return Objects.requireNonNull(((EmbeddedBroker) broker.broker()).tierStatus());
    }

    @Test
    void aTopicLivesInTheBucketThroughRestartAndCrashUntilItIsDeleted() {
        fill();
        await().until(() -> localFiles() == 2);
        await().until(() -> objects.keys().size() == 3);
        assertThat(objects.unfinishedUploads()).isZero();
        assertThat(objects.keys()).allMatch(key -> key.startsWith(broker.broker().clusterId() + "/"));
        assertThat(status().uploadedBytes()).isGreaterThan(3L * 10 * VALUE.length());
        assertAllIsThere();
        assertThat(status().fetchedBytes()).isPositive();
        broker.restart();
        assertAllIsThere();
        // As a crash between two parts leaves it.
        objects.leaveUpload(objects.keys().get(0).replace("00000.log", "00999.log"));
        broker.kill();
        assertAllIsThere();
        await().until(() -> objects.unfinishedUploads() == 0);
        assertThat(objects.keys()).hasSize(3);
        get(broker.broker().topics().delete(TOPIC));
        await().until(() -> objects.keys().isEmpty());
    }

    @Test
    void retentionAndDeleteBeforeReachTheBucket() {
        fill();
        await().until(() -> objects.keys().size() == 3);
        long start = get(partition().deleteBefore(15));
        assertThat(start).isEqualTo(15);
        await().until(() -> objects.keys().size() == 2);
        get(broker.broker().topics().update(TOPIC, config -> config.withRetention(new Retention(Retention.Kind.TIME_AND_SIZE, 1000,
            Retention.UNLIMITED))));
        await().until(() -> objects.keys().isEmpty());
        assertThat(partition().logStartOffset()).isGreaterThan(15);
    }

    @Test
    void appendsAndLocalReadsGoOnWithoutTheServer() {
        fill();
        await().until(() -> localFiles() == 2);
        objects.stop();
        long end = partition().highWatermark();
        get(partition().append(TestBatches.of("more")).durable());
        assertThat(get(partition().readRecords(end, 1, 1))).hasSize(1);
        assertThatThrownBy(() -> get(partition().readRecords(0, 1, 1)))
            .satisfies(failure -> assertThat(BrokerException.of(failure).code()).isEqualTo(ErrorCode.STORAGE_FAILURE));
        assertThat(status().failedReads()).isPositive();
        assertThat(status().available()).isFalse();
    }

    @Test
    void refusesWhatCannotBeTiered() {
        assertRefused(CONFIG.withCompaction(Compaction.ON), "compacted");
        assertRefused(CONFIG.withRetention(Retention.UNTIL_CONSUMED), "until consumed");
        assertRefused(CONFIG.withStorage(TopicConfig.Storage.MEMORY), "no object store");
        fill();
        await().until(() -> !objects.keys().isEmpty());
        assertThatThrownBy(() -> get(broker.broker().topics().update(TOPIC, config -> config.withTiering(Tiering.OFF)
            .withCompaction(Compaction.ON)))).hasMessageContaining("cannot be compacted");
        try (TestBroker plain = TestBroker.start()) {
            assertThatThrownBy(() -> get(plain.broker().topics().create(TOPIC, CONFIG))).hasMessageContaining("tributary.tier.bucket");
        }
    }

    private void assertRefused(TopicConfig config, String why) {
        assertThatThrownBy(() -> get(broker.broker().topics().create(TOPIC, config))).hasMessageContaining(why)
            .satisfies(failure -> assertThat(BrokerException.of(failure).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }
}
