package io.tributary.core.store.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.LogRead;
import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.log.LogThread;
import io.tributary.core.log.PartitionLog;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.Retention;
import io.tributary.core.model.Tiering;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.store.LogId;
import io.tributary.core.store.SegmentStore;
import io.tributary.core.store.file.FileSegmentStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.CompressionType;
import org.awaitility.Awaitility;

/** One tiered log on a directory and an object store of the test's. Its checkpoints follow at once; retention is run by the test. */
final class TierFixture implements AutoCloseable {
    static final int SEGMENT_BYTES = 6 << 20;
    static final String CLUSTER = "cluster";
    static final long START_MS = 1_000_000_000_000L;
    private static final int VALUE_BYTES = 200_000;
    private static final long SEED = 42;
    private static final FileSegmentStore.Settings SETTINGS = new FileSegmentStore.Settings(true, 4 << 20, Duration.ofMillis(20));

    final LogId id = new LogId(new UUID(7, 7), 0);
    final AtomicLong clock = new AtomicLong(START_MS);
    final Path directory;
    private final ObjectStorage objects;
    private final long cacheBytes;
    volatile TopicConfig config = TopicConfig.ofPartitions(1).withSegmentBytes(SEGMENT_BYTES).withRetention(Retention.FOREVER)
        .withTiering(new Tiering(true, 0, Retention.UNLIMITED));
    private final ExecutorService reads = Executors.newFixedThreadPool(2);
    private final Random random = new Random(SEED);
    TieredSegmentStore store;
    PartitionLog log;
    private LogThread thread;

    TierFixture(Path directory, ObjectStorage objects, long cacheBytes) {
        this.directory = directory;
        this.objects = objects;
        this.cacheBytes = cacheBytes;
        this.store = newStore();
        this.thread = newThread();
        this.log = open(List.of(id));
    }

    private TieredSegmentStore newStore() {
        return new TieredSegmentStore(floor -> new FileSegmentStore(directory, SETTINGS, floor), objects, "prefix/", CLUSTER,
            directory.resolve("cache"), new TieredSegmentStore.Settings(cacheBytes, 2));
    }

    private LogThread newThread() {
        return new LogThread("test-log", new LogThread.Settings(1 << 26, 0, Duration.ofDays(7).toMillis(),
            () -> Instant.ofEpochMilli(clock.get()), reads));
    }

    private PartitionLog open(List<LogId> known) {
        Map<LogId, SegmentStore.StoredLog> stored;
        try {
            stored = store.recover(known);
        } catch (RuntimeException refused) {
            store.halt();
            thread.halt();
            throw refused;
        }
        thread.setConsumedFloor((partition, highWatermark) -> highWatermark);
        return new PartitionLog(new PartitionId(TopicName.of("t"), 0), id, thread, store,
            Objects.requireNonNullElse(stored.get(id), SegmentStore.StoredLog.EMPTY), () -> config);
    }

    /** Ends as a crash would, and recovers. */
    void kill() {
        thread.halt();
        store.halt();
        reopen(List.of(id));
    }

    void restart() {
        log.takeSnapshot();
        thread.close();
        store.close();
        reopen(List.of(id));
    }

    /** Ends as a crash would, and recovers without the topic. */
    void killAndForgetTopic() {
        thread.halt();
        store.halt();
        reopen(List.of());
    }

    private void reopen(List<LogId> known) {
        store = newStore();
        thread = newThread();
        log = open(known);
    }

    /** Appends batches of one record of incompressible text, one millisecond after another; returns their bytes as stored. */
    ByteBuffer append(int batches) {
        ByteBuffer[] all = new ByteBuffer[batches];
        for (int i = 0; i < batches; i++) {
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            String text = new String(value, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "x");
            ByteBuffer batch = TestBatches.of(CompressionType.NONE, clock.incrementAndGet(), text);
            log.append(batch).durable().toCompletableFuture().join();
            all[i] = batch;
        }
        return TestBatches.join(all);
    }

    void appendOf(ByteBuffer batch) {
        log.append(batch).durable().toCompletableFuture().join();
    }

    /** Runs retention until so many of the log's files are left. */
    void awaitLocalFiles(int count) {
        await().until(() -> {
            retain();
            return segmentFiles().size() == count;
        });
    }

    void retain() {
        clock.incrementAndGet();
        log.retain();
        CompletableFuture.runAsync(() -> { }, thread).join();
    }

    static org.awaitility.core.ConditionFactory await() {
        return Awaitility.await().atMost(60, TimeUnit.SECONDS).pollInterval(20, TimeUnit.MILLISECONDS);
    }

    List<Path> segmentFiles() {
        try (Stream<Path> files = Files.list(logDirectory())) {
            return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path logDirectory() {
        return Objects.requireNonNull(store.stateDirectory(id));
    }

    String key(long base) {
        return new ObjectKeys("prefix/", CLUSTER).key(id, base);
    }

    /** All batches from an offset on, read as a consumer does. */
    ByteBuffer readFrom(long offset) {
        List<ByteBuffer> all = new ArrayList<>();
        long next = offset;
        while (next < log.highWatermark()) {
            LogRead read = log.read(next, 1 << 20).toCompletableFuture().join();
            for (LogSlice slice : read.slices()) {
                ByteBuffer bytes = bytes(slice);
                all.add(bytes);
                int at = 0;
                while (at < bytes.limit()) {
                    int size = BatchHeader.intactSize(bytes, at);
                    assertThat(size).isPositive();
                    next = BatchHeader.lastOffset(bytes, at) + 1;
                    at += size;
                }
            }
        }
        return TestBatches.join(all.toArray(ByteBuffer[]::new));
    }

    static ByteBuffer bytes(LogSlice slice) {
        if (slice instanceof LogSlice.Memory memory) {
            return memory.bytes().slice();
        }
        LogSlice.FileRange range = (LogSlice.FileRange) slice;
        ByteBuffer bytes = ByteBuffer.allocate(range.length());
        try {
            while (bytes.hasRemaining()) {
                assertThat(range.channel().read(bytes, range.position() + bytes.position())).isPositive();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.flip();
    }

    BrokerException readFailure(long offset) {
        return log.read(offset, 1 << 20).toCompletableFuture().handle((read, failure) -> BrokerException.of(failure)).join();
    }

    void deleteTopic() {
        log.delete(new BrokerException(ErrorCode.CLOSED, "deleted")).join();
        store.delete(id);
    }

    @Override
    public void close() {
        thread.close();
        store.close();
        reads.shutdownNow();
    }
}
