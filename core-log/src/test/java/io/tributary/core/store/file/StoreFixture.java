package io.tributary.core.store.file;

import io.tributary.core.log.LogThread;
import io.tributary.core.log.PartitionLog;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.store.LogId;
import io.tributary.core.store.SegmentStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A file store on a disk of the test's, with a log for each of some configurations, on one log thread. */
final class StoreFixture implements AutoCloseable {
    private static final int WAIT_SECONDS = 20;
    private static final Duration SEGMENT_AGE = Duration.ofDays(7);

    /**
     * What a fixture is opened with.
     *
     * @param clock milliseconds since the epoch
     */
    record Setup(Path directory, FileSegmentStore.Settings settings, List<TopicConfig> configs, AtomicLong clock) {
        LogId log(int number) {
            return new LogId(new UUID(1, number), 0);
        }
    }

    final FileSegmentStore store;
    final LogThread thread;
    final List<PartitionLog> logs = new ArrayList<>();

    /** Recovers; fails as the store does. */
    StoreFixture(Setup setup, Disk disk) {
        store = new FileSegmentStore(setup.directory(), setup.settings(), disk);
        List<LogId> ids = new ArrayList<>();
        for (int i = 0; i < setup.configs().size(); i++) {
            ids.add(setup.log(i));
        }
        Map<LogId, SegmentStore.StoredLog> stored;
        try {
            stored = store.recover(ids);
        } catch (RuntimeException e) {
            store.halt();
            throw e;
        }
        thread = new LogThread("test-log", new LogThread.Settings(1 << 24, 0, SEGMENT_AGE.toMillis(),
            () -> Instant.ofEpochMilli(setup.clock().get()), Runnable::run));
        thread.setConsumedFloor((partition, highWatermark) -> highWatermark);
        for (int i = 0; i < ids.size(); i++) {
            TopicConfig config = setup.configs().get(i);
            logs.add(new PartitionLog(new PartitionId(TopicName.of("t" + i), 0), ids.get(i), thread, store,
                Objects.requireNonNull(stored.get(ids.get(i))), () -> config));
        }
    }

    /** All that can be read of a log. */
    static List<Record> read(PartitionLog log) {
        List<Record> all = new ArrayList<>();
        long next = log.logStartOffset();
        while (next < log.highWatermark()) {
            List<Record> records = get(log.readRecords(next, 1000, 1 << 20));
            if (records.isEmpty()) {
                break;
            }
            all.addAll(records);
            next = records.get(records.size() - 1).offset() + 1;
        }
        return all;
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Waits for an outcome; returns null when it is good. */
    static @Nullable BrokerException failure(CompletionStage<?> stage) {
        CompletableFuture<?> future = stage.toCompletableFuture().orTimeout(WAIT_SECONDS, TimeUnit.SECONDS);
        try {
            future.join();
            return null;
        } catch (RuntimeException e) {
            return BrokerException.of(e);
        }
    }

    /** Ends it as a crash of the process would. */
    void halt() {
        thread.halt();
        store.halt();
    }

    @Override
    public void close() {
        thread.close();
        store.close();
    }
}
