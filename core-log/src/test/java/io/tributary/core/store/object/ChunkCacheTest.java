package io.tributary.core.store.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.LogId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkCacheTest {
    private static final LogId LOG = new LogId(new UUID(1, 1), 0);
    private static final ByteBuffer BATCH = TestBatches.of("x".repeat(1000));
    private static final int SIZE = BATCH.limit();
    private static final int ROOM = 3;

    @TempDir
    Path directory;
    private ChunkCache cache;
    private final AtomicInteger fetches = new AtomicInteger();

    @BeforeEach
    void open() {
        open(ChunkCache.Grace.DEFAULT);
    }

    private void open(ChunkCache.Grace grace) {
        cache = new ChunkCache(directory, (long) ROOM * SIZE, grace);
    }

    @AfterEach
    void close() {
        cache.close();
    }

    private CachedChunk get(int chunk) throws InterruptedException {
        return cache.get(new ChunkCache.Key(LOG, 0, chunk), SIZE, this::fetch);
    }

    private ChunkCache.Fetched fetch() {
        fetches.incrementAndGet();
        return new ChunkCache.Fetched(BATCH.duplicate(), ChunkIndex.of(BATCH, Long.MIN_VALUE));
    }

    private long bytesOnDisk() throws IOException {
        try (var files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Test
    void holdsNoMoreThanItsBytesAndDropsWhatWasUsedLeast() throws IOException, InterruptedException {
        open(new ChunkCache.Grace(0, -1, 0));
        for (int i = 0; i < 20; i++) {
            get(0);
            get(i);
            assertThat(bytesOnDisk()).isEqualTo(cache.sizeInBytes()).isLessThanOrEqualTo((long) ROOM * SIZE);
            assertThat(cache.leavingBytes()).isLessThanOrEqualTo((long) ROOM * SIZE);
        }
        assertThat(fetches).hasValue(20);
    }

    @Test
    void whatAReaderWasGivenStaysReadableWhenTheChunkGoes() throws InterruptedException {
        LogSlice held = Objects.requireNonNull(get(0).slice(0, 1, 1 << 20));
        for (int i = 1; i <= ROOM; i++) {
            get(i);
        }
        cache.sweep();
        assertThat(cache.leavingBytes()).isEqualTo(SIZE);
        assertThat(TierFixture.bytes(held)).isEqualTo(BATCH);
        get(0);
        assertThat(fetches).hasValue(ROOM + 2);
    }

    @Test
    void aFetchWaitsWhileReadersHoldAllThatWent() throws InterruptedException {
        // Nothing can be closed before the wait ends.
        open(new ChunkCache.Grace(60_000, 60_000, 300));
        for (int i = 0; i < 2 * ROOM; i++) {
            get(i);
        }
        CompletableFuture<CachedChunk> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return get(2 * ROOM);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThatThrownBy(waiting::join).satisfies(failure ->
            assertThat(BrokerException.of(failure).code()).isEqualTo(ErrorCode.STORAGE_FAILURE));
        assertThat(cache.sizeInBytes() + cache.leavingBytes()).isEqualTo(2L * ROOM * SIZE);
    }

    @Test
    void aFetchThatFailsFailsItsReadersAndIsMadeAgain() throws InterruptedException {
        ChunkCache.Key key = new ChunkCache.Key(LOG, 0, 0);
        assertThatThrownBy(() -> cache.get(key, SIZE, () -> {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "no");
        })).isInstanceOf(BrokerException.class).hasMessage("no");
        assertThat(cache.sizeInBytes()).isZero();
        assertThat(get(0).size()).isEqualTo(SIZE);
    }

    @Test
    void manyReadersOfAChunkShareAFetch() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        List<Thread> readers = IntStream.range(0, 8).mapToObj(i -> new Thread(() -> {
            try {
                cache.get(new ChunkCache.Key(LOG, 0, 0), SIZE, () -> {
                    try {
                        gate.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return fetch();
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })).toList();
        readers.forEach(Thread::start);
        Awaitility.await().until(() -> readers.stream().allMatch(reader -> reader.getState() == Thread.State.WAITING));
        gate.countDown();
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void forgetsTheChunksOfASegmentThatIsGone() throws IOException, InterruptedException {
        get(0);
        get(1);
        cache.forget(LOG, 5);
        assertThat(cache.sizeInBytes()).isEqualTo(2L * SIZE);
        cache.forget(LOG, 0);
        assertThat(cache.sizeInBytes()).isZero();
        assertThat(bytesOnDisk()).isZero();
    }
}
