package io.tributary.core.log;

import static io.tributary.core.log.LogFixture.assertFails;
import static io.tributary.core.log.LogFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.api.LogRead;
import io.tributary.core.api.LogSlice;
import io.tributary.core.api.Registration;
import io.tributary.core.api.TimestampLookup;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartitionLogTest {
    private static final TopicConfig ONE = TopicConfig.ofPartitions(1);
    private LogFixture fixture = new LogFixture(TestBroker.start(), ONE);

    @AfterEach
    void close() {
        fixture.close();
    }

    private void reopen(LogFixture other) {
        fixture.close();
        fixture = other;
    }

    @Test
    void givesDenseOffsetsAndKeepsBytesWhateverTheCompression() {
        long next = 0;
        for (CompressionType codec : CompressionType.values()) {
            ByteBuffer batch = TestBatches.of(codec, 5, "a", "b", "c");
            ByteBuffer sent = TestBatches.join(batch);
            AppendResult result = get(fixture.partition().append(batch).durable());
            assertThat(result).isEqualTo(new AppendResult(next, next + 2, false));
            LogRead read = get(fixture.partition().read(next, 1 << 20));
            assertThat(read.slices()).hasSize(1);
            ByteBuffer stored = Slices.bytes(read.slices().get(0));
            assertThat(stored.slice(16, stored.remaining() - 16)).isEqualTo(sent.slice(16, sent.remaining() - 16));
            next += 3;
        }
        assertThat(fixture.values()).hasSize(15).startsWith("a", "b", "c");
        assertThat(fixture.partition().highWatermark()).isEqualTo(15);
    }

    @Test
    void appendsAllBatchesOfARequestOrNone() {
        ByteBuffer bad = TestBatches.of("x");
        bad.put(bad.limit() - 1, (byte) (bad.get(bad.limit() - 1) ^ 1));
        assertFails(fixture.partition().append(TestBatches.join(TestBatches.of("a"), bad)).accepted(), ErrorCode.CORRUPT_BATCH);
        AppendResult both = get(fixture.partition().append(TestBatches.join(TestBatches.of("a", "b"), TestBatches.of("c"))).durable());
        assertThat(both).isEqualTo(new AppendResult(0, 2, false));
        assertThat(fixture.values()).containsExactly("a", "b", "c");
    }

    @Test
    void readsNothingAtTheEndAndRefusesBeyond() {
        get(fixture.partition().append(TestBatches.of("a")).durable());
        assertThat(get(fixture.partition().read(1, 100)).slices()).isEmpty();
        assertThat(get(fixture.partition().readRecords(1, 10, 100))).isEmpty();
        assertFails(fixture.partition().read(2, 100), ErrorCode.OFFSET_OUT_OF_RANGE);
        assertFails(fixture.partition().readRecords(-1, 1, 100), ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void readsFromFilesWhatIsNotInMemory() {
        reopen(new LogFixture(TestBroker.start(config -> config.withMemory(0, 1 << 20)), ONE.withSegmentBytes(20_000)));
        for (int i = 0; i < 500; i++) {
            get(fixture.partition().append(TestBatches.of("value-" + i, "more")).accepted());
        }
        get(fixture.partition().append(TestBatches.of("last")).durable());
        assertThat(fixture.segmentFiles()).hasSizeGreaterThan(2);
        assertThat(get(fixture.partition().read(17, 1000)).slices().get(0)).isInstanceOf(LogSlice.FileRange.class);
        assertThat(fixture.values()).hasSize(1001).startsWith("value-0", "more", "value-1").endsWith("last");
    }

    @Test
    void findsTheFirstRecordOfATime() {
        for (int i = 0; i < 300; i++) {
            get(fixture.partition().append(TestBatches.of(CompressionType.NONE, 1000L * (i / 3), "v" + i, "x".repeat(100))).accepted());
        }
        get(fixture.partition().append(TestBatches.of(CompressionType.GZIP, 500_000, "last")).durable());
        for (int run = 0; run < 2; run++) {
            assertThat(get(fixture.partition().lookUpTimestamp(0))).isEqualTo(new TimestampLookup(0, 0));
            assertThat(get(fixture.partition().lookUpTimestamp(41_001))).isEqualTo(new TimestampLookup(252, 42_000));
            assertThat(get(fixture.partition().lookUpTimestamp(99_001))).isEqualTo(new TimestampLookup(600, 500_000));
            assertThat(get(fixture.partition().lookUpTimestamp(500_001)).found()).isFalse();
            fixture.broker.restart();
        }
    }

    @Test
    void tellsListenersOfEveryAdvanceUntilTheyLeave() {
        AtomicLong seen = new AtomicLong();
        AtomicInteger second = new AtomicInteger();
        Registration registration = fixture.partition().onAdvance(() -> seen.set(fixture.partition().highWatermark()));
        fixture.partition().onAdvance(second::incrementAndGet);
        get(fixture.partition().append(TestBatches.of("a", "b")).durable());
        await().untilAsserted(() -> assertThat(seen).hasValue(2));
        registration.close();
        int before = second.get();
        get(fixture.partition().append(TestBatches.of("c")).durable());
        await().untilAsserted(() -> assertThat(second.get()).isGreaterThan(before));
        assertThat(seen).hasValue(2);
    }

    @Test
    void movesItsStartAndRemembersItAfterACrash() {
        reopen(new LogFixture(TestBroker.start(), ONE.withSegmentBytes(1000)));
        for (int i = 0; i < 100; i++) {
            get(fixture.partition().append(TestBatches.of("v" + i)).durable());
        }
        int before = fixture.segmentFiles().size();
        assertThat(get(fixture.partition().deleteBefore(60))).isEqualTo(60);
        assertThat(get(fixture.partition().deleteBefore(10))).isEqualTo(60);
        assertFails(fixture.partition().read(59, 100), ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(fixture.segmentFiles()).hasSizeLessThan(before);
        fixture.broker.kill();
        assertThat(fixture.partition().logStartOffset()).isEqualTo(60);
        assertThat(fixture.values()).hasSize(40).startsWith("v60");
        assertThat(get(fixture.partition().deleteBefore(1000))).isEqualTo(100);
        fixture.broker.kill();
        assertThat(fixture.partition().logStartOffset()).isEqualTo(100);
        assertThat(get(fixture.partition().append(TestBatches.of("on")).durable()).baseOffset()).isEqualTo(100);
        fixture.broker.restart();
        assertThat(fixture.values()).containsExactly("on");
    }

    @Test
    void refusesWhatIsTooLargeAndWhatIsTooMuch() {
        reopen(new LogFixture(TestBroker.start(config -> config.withMemory(1 << 20, 1 << 20)), ONE.withMaxBatchBytes(400_000)));
        assertFails(fixture.partition().append(TestBatches.of("x".repeat(400_000))).durable(), ErrorCode.BATCH_TOO_LARGE);
        List<Append> appends = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            appends.add(fixture.partition().append(TestBatches.of("x".repeat(300_000))));
        }
        for (Append append : appends) {
            try {
                get(append.durable());
            } catch (RuntimeException refusal) {
                assertThat(BrokerException.of(refusal).code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
                refused++;
            }
        }
        assertThat(fixture.partition().highWatermark()).isEqualTo(200 - refused);
        get(fixture.partition().append(TestBatches.of("there is room again")).durable());
    }

    @Test
    void sealsASegmentAtItsTopicsAge() {
        AtomicLong now = new AtomicLong(1_000_000);
        reopen(new LogFixture(TestBroker.start(config -> config.withClock(() -> Instant.ofEpochMilli(now.get()))),
            ONE.withSegmentMs(60_000)));
        get(fixture.partition().append(TestBatches.of("first")).durable());
        now.addAndGet(59_999);
        get(fixture.partition().append(TestBatches.of("young enough")).durable());
        assertThat(fixture.segmentFiles()).hasSize(1);
        now.addAndGet(1);
        get(fixture.partition().append(TestBatches.of("into the next")).durable());
        assertThat(fixture.segmentFiles()).hasSize(2);
        fixture.broker.restart();
        now.addAndGet(60_000);
        get(fixture.partition().append(TestBatches.of("the age is kept with the topic")).durable());
        assertThat(fixture.segmentFiles()).hasSize(3);
        assertThat(fixture.values()).containsExactly("first", "young enough", "into the next", "the age is kept with the topic");
    }

    @Test
    void letsOldSegmentsGoByTimeAndBySize() {
        AtomicLong now = new AtomicLong(1_000_000);
        reopen(new LogFixture(TestBroker.start(config -> config.withClock(() -> Instant.ofEpochMilli(now.get()))
            .withIntervals(Duration.ofHours(1), Duration.ofMillis(20), Duration.ofDays(1))),
            ONE.withSegmentBytes(1000).withRetention(new Retention(Retention.Kind.TIME_AND_SIZE, 60_000, Retention.UNLIMITED))));
        for (int i = 0; i < 100; i++) {
            get(fixture.partition().append(TestBatches.of(CompressionType.NONE, 1_000_000 + i * 1000L, "v" + i)).durable());
        }
        now.set(1_000_000 + 110_000);
        await().untilAsserted(() -> assertThat(fixture.partition().logStartOffset()).isBetween(30L, 51L));
        get(fixture.broker.broker().topics().update(LogFixture.TOPIC,
            config -> config.withRetention(new Retention(Retention.Kind.TIME_AND_SIZE, Retention.UNLIMITED, 2000))));
        await().untilAsserted(() -> assertThat(fixture.partition().sizeInBytes()).isBetween(2000L, 3000L));
        assertThat(fixture.values()).endsWith("v98", "v99");
        get(fixture.broker.broker().topics().update(LogFixture.TOPIC,
            config -> config.withRetention(new Retention(Retention.Kind.TIME_AND_SIZE, 60_000, Retention.UNLIMITED))));
        now.set(10_000_000);
        await().untilAsserted(() -> assertThat(fixture.partition().logStartOffset()).isEqualTo(100));
        fixture.broker.kill();
        assertThat(fixture.partition().highWatermark()).isEqualTo(100);
        assertThat(fixture.partition().logStartOffset()).isEqualTo(100);
    }

    @Test
    void keepsNothingUntilConsumedWhenNobodySubscribes() {
        AtomicLong now = new AtomicLong(1_000_000);
        reopen(new LogFixture(TestBroker.start(config -> config.withClock(() -> Instant.ofEpochMilli(now.get()))
            .withIntervals(Duration.ofHours(1), Duration.ofMillis(20), Duration.ofDays(1))), ONE.withRetention(Retention.UNTIL_CONSUMED)));
        get(fixture.partition().append(TestBatches.of("nobody", "wants", "it")).durable());
        now.addAndGet(61_000);
        await().untilAsserted(() -> assertThat(fixture.partition().logStartOffset()).isEqualTo(3));
        assertThat(fixture.partition().sizeInBytes()).isZero();
        assertThat(get(fixture.partition().append(TestBatches.of("next")).durable()).baseOffset()).isEqualTo(3);
    }
}
