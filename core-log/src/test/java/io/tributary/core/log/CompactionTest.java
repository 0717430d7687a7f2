package io.tributary.core.log;

import static io.tributary.core.log.LogFixture.assertFails;
import static io.tributary.core.log.LogFixture.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Append;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.batch.OpenBatch;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.broker.BrokerConfig.Durability;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.storage.internals.log.OffsetMap;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CompactionTest {
    private static final TopicConfig COMPACTED = TopicConfig.ofPartitions(1).withSegmentBytes(4000).withCompaction(Compaction.ON);
    private static final int KEYS = 10;

    @TempDir
    private Path directory;

    private final AtomicLong now = new AtomicLong(1_000_000);

    /** Checkpoints often, compacts when a test says so. */
    private LogFixture open(Durability durability, TopicConfig config) {
        return new LogFixture(TestBroker.start(directory, settings -> settings.withDurability(durability).withMemory(0, 1 << 24)
            .withIntervals(Duration.ofMillis(20), Duration.ofHours(1), Duration.ofDays(1))
            .withClock(() -> Instant.ofEpochMilli(now.get()))), config);
    }

    /** Compacts until there is nothing left to do. */
    private static void compact(LogFixture fixture, int mapBytes) {
        OffsetMap map = map(mapBytes);
        PartitionLog log = (PartitionLog) fixture.partition();
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(() -> log.compact(map));
        // A checkpoint may have let in more meanwhile.
        await().atMost(Duration.ofSeconds(60)).during(Duration.ofMillis(200)).until(() -> !log.compact(map));
    }

    private static OffsetMap map(int bytes) {
        try {
            return new SkimpyOffsetMap(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Appends {@code count} records of {@link #KEYS} keys; a record's value is its offset. */
    private static void append(LogFixture fixture, CompressionType codec, int count, int perBatch) {
        long next = fixture.partition().highWatermark();
        List<Append> appends = new ArrayList<>();
        for (long end = next + count; next < end;) {
            List<Map.Entry<String, Optional<String>>> entries = new ArrayList<>();
            for (int i = 0; i < perBatch; i++, next++) {
                entries.add(Map.entry("key-" + next % KEYS, Optional.of(Long.toString(next))));
            }
            appends.add(fixture.partition().append(TestBatches.of(codec, 1000 + next, entries)));
        }
        appends.forEach(append -> get(append.durable()));
    }

    private static void put(LogFixture fixture, long timestamp, String key, Optional<String> value) {
        get(fixture.partition().append(TestBatches.of(CompressionType.NONE, timestamp, List.of(Map.entry(key, value)))).durable());
    }

    private static Map<String, String> view(List<Record> records) {
        Map<String, String> view = new TreeMap<>();
        for (Record record : records) {
            byte[] value = record.value();
            if (value == null) {
                view.remove(key(record));
            } else {
                view.put(key(record), new String(value, UTF_8));
            }
        }
        return view;
    }

    private static String key(Record record) {
        byte[] key = record.key();
        return key == null ? "" : new String(key, UTF_8);
    }

    private static void assertCompacted(LogFixture fixture, int count) {
        List<Record> records = fixture.readAll();
        assertThat(records).extracting(Record::offset).isSorted().doesNotHaveDuplicates();
        assertThat(records).allSatisfy(record ->
            assertThat(new String(record.value(), UTF_8)).as("a record keeps its offset").isEqualTo(Long.toString(record.offset())));
        assertThat(records).hasSizeLessThan(count / 3);
        assertThat(view(records)).hasSize(KEYS).allSatisfy((key, value) ->
            assertThat(Long.parseLong(value)).as(key).isGreaterThanOrEqualTo(count - KEYS));
        assertThat(fixture.partition().highWatermark()).isEqualTo(count);
        assertThat(fixture.partition().logStartOffset()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"FSYNC, NONE, 1", "OS, NONE, 7", "FSYNC, ZSTD, 20", "OS, GZIP, 5", "FSYNC, LZ4, 5", "FSYNC, SNAPPY, 5"})
    void keepsTheLastRecordOfEveryKeyAtItsOffset(Durability durability, CompressionType codec, int perBatch) {
        int count = 3500;
        try (LogFixture fixture = open(durability, COMPACTED)) {
            append(fixture, codec, count, perBatch);
            long before = fixture.partition().sizeInBytes();
            compact(fixture, 1 << 16);
            assertCompacted(fixture, count);
            assertThat(fixture.partition().sizeInBytes()).isLessThan(before / 2);
            fixture.broker.kill();
            assertCompacted(fixture, count);
            fixture.broker.restart();
            assertCompacted(fixture, count);
            append(fixture, codec, count, perBatch);
            compact(fixture, 1 << 16);
            assertCompacted(fixture, 2 * count);
        }
    }

    @Test
    void batchesWithGapsAreCompactedLikeOthers() {
        int batches = 300;
        Map<String, String> expected = new TreeMap<>();
        try (LogFixture fixture = open(Durability.FSYNC, COMPACTED)) {
            for (int i = 0; i < batches; i++) {
                SimpleRecord[] records = new SimpleRecord[3];
                BitSet taken = new BitSet();
                for (int j = 0; j < records.length; j++) {
                    records[j] = new SimpleRecord(1000 + i, ("key-" + (i + j) % KEYS).getBytes(UTF_8), ("v" + i + "." + j).getBytes(UTF_8));
                    taken.set(j, (i + j) % 4 != 0);
                    if (!taken.get(j)) {
                        expected.put("key-" + (i + j) % KEYS, "v" + i + "." + j);
                    }
                }
                ByteBuffer batch = MemoryRecords.withIdempotentRecords(Compression.lz4().build(), 7, (short) 0, 3 * i, records).buffer();
                get(fixture.partition().appendWithGaps(OpenBatch.of(batch, 1 << 20).without(taken)).durable());
            }
            compact(fixture, 1 << 16);
            assertThat(view(fixture.readAll())).isEqualTo(expected);
            fixture.broker.kill();
            assertThat(view(fixture.readAll())).isEqualTo(expected);
            assertThat(fixture.readAll().size()).isLessThan(batches * 3 / 4);
            ByteBuffer next = MemoryRecords.withIdempotentRecords(Compression.NONE, 7, (short) 0, 3 * batches,
                new SimpleRecord(5, "key-0".getBytes(UTF_8), "end".getBytes(UTF_8))).buffer();
            assertThat(get(fixture.partition().append(next).durable()).baseOffset()).isEqualTo(3L * batches);
        }
    }

    @Test
    void compactsWhatLivesInMemory() {
        try (LogFixture fixture = open(Durability.FSYNC, COMPACTED.withStorage(TopicConfig.Storage.MEMORY))) {
            append(fixture, CompressionType.NONE, 3000, 1);
            compact(fixture, 1 << 16);
            assertCompacted(fixture, 3000);
        }
    }

    @Test
    void goesOnWithTheNextPassWhenThereAreMoreKeysThanRoom() {
        int keys = 3000;
        try (LogFixture fixture = open(Durability.FSYNC, COMPACTED.withCompaction(Compaction.ON.withMinDirtyRatio(0)))) {
            for (int round = 0; round < 3; round++) {
                for (int key = 0; key < keys; key += 10) {
                    List<Map.Entry<String, Optional<String>>> entries = new ArrayList<>();
                    for (int i = 0; i < 10; i++) {
                        entries.add(Map.entry("key-" + (key + i), Optional.of("round " + round)));
                    }
                    get(fixture.partition().append(TestBatches.of(CompressionType.NONE, 1000, entries)).durable());
                }
            }
            compact(fixture, 24 * 500);
            List<Record> records = fixture.readAll();
            assertThat(records).hasSizeLessThan(keys + 300);
            assertThat(view(records)).hasSize(keys).allSatisfy((key, value) -> assertThat(value).isEqualTo("round 2"));
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void removesAKeyAndThenItsTombstone(Durability durability) {
        long retention = 60_000;
        TopicConfig config = COMPACTED.withCompaction(Compaction.ON.withMinDirtyRatio(0).withTombstoneRetentionMs(retention));
        try (LogFixture fixture = open(durability, config)) {
            put(fixture, 1, "gone", Optional.of("x"));
            put(fixture, 2, "gone", Optional.empty());
            append(fixture, CompressionType.NONE, 1000, 1);
            compact(fixture, 1 << 16);
            assertThat(fixture.readAll()).filteredOn(record -> key(record).equals("gone")).singleElement()
                .satisfies(record -> assertThat(record.value()).isNull()).satisfies(record -> assertThat(record.offset()).isEqualTo(1));
            now.addAndGet(retention + 1);
            append(fixture, CompressionType.NONE, 1000, 1);
            compact(fixture, 1 << 16);
            assertThat(fixture.readAll()).extracting(CompactionTest::key).doesNotContain("gone").contains("key-1");
        }
    }

    @Test
    void leavesRecordsAloneThatAreTooYoung() {
        now.set(10_000);
        try (LogFixture fixture = open(Durability.FSYNC, COMPACTED.withCompaction(Compaction.ON.withMinLagMs(8_000)))) {
            append(fixture, CompressionType.NONE, 3000, 1);
            compact(fixture, 1 << 16);
            // Those of the first second of records' time are old enough.
            List<Record> records = fixture.readAll();
            assertThat(records.stream().filter(record -> record.timestamp() > 2000)).hasSize(2000);
            assertThat(records).hasSizeLessThan(2200);
        }
    }

    @Test
    void waitsUntilEnoughIsNew() {
        try (LogFixture fixture = open(Durability.FSYNC, COMPACTED.withCompaction(Compaction.ON.withMinDirtyRatio(0.5)))) {
            for (int key = 0; key < 2000; key++) {
                put(fixture, 1, "once-" + key, Optional.of("x"));
            }
            // A checkpoint of all: one pass takes all that is sealed.
            fixture.broker.restart();
            compact(fixture, 1 << 16);
            append(fixture, CompressionType.NONE, 500, 1);
            OffsetMap map = map(1 << 16);
            await().during(Duration.ofMillis(300)).until(() -> !((PartitionLog) fixture.partition()).compact(map));
            assertThat(fixture.readAll()).hasSize(2500);
            append(fixture, CompressionType.NONE, 30_000, 10);
            // Again of all: what a checkpoint leaves over may be too little for another pass.
            fixture.broker.restart();
            compact(fixture, 1 << 16);
            assertThat(fixture.readAll()).hasSizeGreaterThan(2000).hasSizeLessThan(3000);
        }
    }

    @Test
    void keepsByRetentionOnlyWhenItIsToldTo() {
        Retention minute = new Retention(Retention.Kind.TIME_AND_SIZE, 60_000, Retention.UNLIMITED);
        try (LogFixture fixture = open(Durability.FSYNC, COMPACTED.withRetention(minute))) {
            append(fixture, CompressionType.NONE, 3000, 1);
            now.set(10_000_000);
            ((PartitionLog) fixture.partition()).retain();
            put(fixture, now.get(), "last", Optional.of("x"));
            assertThat(fixture.partition().logStartOffset()).isZero();
            get(fixture.broker.broker().topics().update(LogFixture.TOPIC,
                config -> config.withCompaction(config.compaction().withMode(Compaction.Mode.COMPACT_AND_DELETE))));
            ((PartitionLog) fixture.partition()).retain();
            await().until(() -> fixture.partition().logStartOffset() > 2000);
        }
    }

    @Test
    void refusesRecordsWithoutAKey() {
        try (LogFixture fixture = open(Durability.FSYNC, COMPACTED)) {
            assertFails(fixture.broker.broker().publisher().publish(
                PublishRequest.of(LogFixture.TOPIC, null, "x".getBytes(UTF_8), Headers.EMPTY)), ErrorCode.INVALID_BATCH);
            for (CompressionType codec : CompressionType.values()) {
                assertFails(fixture.partition().append(TestBatches.withoutKeys(codec, "x", "y")).durable(), ErrorCode.INVALID_BATCH);
            }
            assertThat(fixture.partition().highWatermark()).isZero();
        }
    }

    @Test
    void knowsIdempotentProducersWhoseRecordsAreGone() {
        try (LogFixture fixture = open(Durability.FSYNC, COMPACTED)) {
            ByteBuffer first = TestBatches.idempotent(CompressionType.NONE, 1, 77, (short) 0, 0, "a");
            ByteBuffer second = TestBatches.idempotent(CompressionType.NONE, 1, 77, (short) 0, 1, "b");
            get(fixture.partition().append(first).durable());
            get(fixture.partition().append(second.duplicate()).durable());
            get(fixture.partition().append(TestBatches.of("c")).durable());
            append(fixture, CompressionType.NONE, 1997, 1);
            compact(fixture, 1 << 16);
            assertThat(fixture.readAll()).extracting(Record::offset).doesNotContain(0L, 1L);
            fixture.broker.kill();
            assertThat(get(fixture.partition().append(second).durable()).baseOffset()).as("a repetition").isEqualTo(1);
            ByteBuffer third = TestBatches.idempotent(CompressionType.NONE, 1, 77, (short) 0, 2, "d");
            assertThat(get(fixture.partition().append(third).durable()).baseOffset()).isEqualTo(2000);
        }
    }

    @Test
    void readersSeeOneOrTheOtherWhileSegmentsAreExchanged() throws InterruptedException {
        TopicConfig config = COMPACTED.withCompaction(Compaction.ON.withMinDirtyRatio(0));
        try (LogFixture fixture = open(Durability.FSYNC, config)) {
            append(fixture, CompressionType.NONE, 2000, 1);
            AtomicBoolean stop = new AtomicBoolean();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            AtomicLong rounds = new AtomicLong();
            Thread reader = new Thread(() -> {
                try {
                    while (!stop.get()) {
                        long from = 0;
                        Map<String, Long> last = new HashMap<>();
                        long end = fixture.partition().lastStableOffset();
                        while (from < end) {
                            List<Record> records = get(fixture.partition().readRecords(from, 100, 2000));
                            for (Record record : records) {
                                assertThat(record.offset()).isGreaterThanOrEqualTo(from);
                                last.put(key(record), record.offset());
                            }
                            from = records.isEmpty() ? end : records.get(records.size() - 1).offset() + 1;
                        }
                        assertThat(last).hasSize(KEYS);
                        assertThat(last.values()).allMatch(offset -> offset >= end - KEYS);
                        rounds.incrementAndGet();
                    }
                } catch (RuntimeException | Error e) {
                    failure.set(e);
                }
            });
            reader.start();
            for (int i = 0; i < 10; i++) {
                append(fixture, CompressionType.NONE, 500, 1);
                compact(fixture, 1 << 16);
            }
            stop.set(true);
            reader.join();
            assertThat(failure.get()).isNull();
            assertThat(rounds.get()).isPositive();
        }
    }

    @Test
    void findsTimesInWhatIsLeft() {
        try (LogFixture fixture = open(Durability.FSYNC, COMPACTED)) {
            append(fixture, CompressionType.NONE, 3000, 1);
            compact(fixture, 1 << 16);
            List<Record> records = fixture.readAll();
            for (long timestamp : new long[] {0, 1000, 1500, 2500, 3990}) {
                Record expected = records.stream().filter(record -> record.timestamp() >= timestamp).findFirst().orElseThrow();
                assertThat(get(fixture.partition().lookUpTimestamp(timestamp)).offset()).isEqualTo(expected.offset());
            }
        }
    }

    @Test
    void theBrokerDoesItByItself() {
        try (LogFixture fixture = new LogFixture(TestBroker.start(settings -> settings.withMemory(0, 1 << 24)
                .withIntervals(Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofDays(1))), COMPACTED)) {
            append(fixture, CompressionType.NONE, 3000, 1);
            await().untilAsserted(() -> assertCompacted(fixture, 3000));
        }
    }
}
