package io.tributary.core.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.batch.TestBatches;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After a force that failed, what was not forced may be lost, and a force that comes after it and does not fail says nothing of it. */
class IoErrorTest {
    private static final String ERROR = "Input/output error";

    @TempDir
    private Path directory;

    private final Random random = new Random(5);
    private final LogModel model = new LogModel(false);
    private SimulatedDisk disk;

    @BeforeEach
    void newDisk() {
        disk = new SimulatedDisk(directory, random);
    }

    private StoreFixture open(int checkpointMs) {
        return open(true, checkpointMs);
    }

    private StoreFixture open(boolean forced, int checkpointMs) {
        return new StoreFixture(new StoreFixture.Setup(directory, new FileSegmentStore.Settings(forced, 1 << 14,
            Duration.ofMillis(checkpointMs)), List.of(TopicConfig.ofPartitions(1).withSegmentBytes(8000)), new AtomicLong(1000)), disk);
    }

    private @Nullable BrokerException append(StoreFixture store) {
        CompletionStage<?> durable = model.append(store.logs.get(0), random, 1000, 500);
        return StoreFixture.failure(durable);
    }

    private void appendAll(StoreFixture store, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(append(store)).isNull();
        }
    }

    /** Lets so many operations of a kind fail, and counts all of that kind. */
    private AtomicInteger fail(SimulatedDisk.Operation operation, Predicate<Path> paths, int times) {
        AtomicInteger count = new AtomicInteger();
        disk.fail((done, path) -> {
            if (done == operation && paths.test(path) && count.getAndIncrement() < times) {
                throw new IOException(ERROR);
            }
        });
        return count;
    }

    private static boolean isJournal(Path path) {
        return path.toString().endsWith(Journal.SUFFIX);
    }

    private static boolean isSegment(Path path) {
        return path.toString().endsWith(FileSegment.SUFFIX);
    }

    private void assertNothingLostWithoutPower(StoreFixture store) {
        model.check(store.logs.get(0));
        store.halt();
        disk = disk.cutPower();
        try (StoreFixture again = open(60_000)) {
            model.check(again.logs.get(0));
            appendAll(again, 3);
        }
    }

    @Test
    void writesWhatTheJournalCouldNotForceToAnotherFile() {
        for (int i = 0; i < 36; i++) {
            StoreFixture store = open(60_000);
            appendAll(store, i % 3);
            fail(SimulatedDisk.Operation.FORCE, IoErrorTest::isJournal, 1);
            appendAll(store, 3);
            assertNothingLostWithoutPower(store);
        }
    }

    @Test
    void acknowledgesNothingWhileTheJournalCannotBeForced() {
        for (int times = 2; times < 9; times++) {
            StoreFixture store = open(60_000);
            appendAll(store, 3);
            AtomicInteger forces = fail(SimulatedDisk.Operation.FORCE, IoErrorTest::isJournal, times);
            while (forces.get() < times) {
                BrokerException failure = append(store);
                if (failure != null) {
                    assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_FAILURE);
                    assertThat(failure).hasMessageContaining(ERROR);
                }
                model.check(store.logs.get(0));
            }
            appendAll(store, 5);
            assertNothingLostWithoutPower(store);
        }
    }

    @Test
    void survivesAnyFailedWriteOfTheJournal() {
        for (int times = 1; times < 12; times++) {
            StoreFixture store = open(60_000);
            appendAll(store, 2);
            fail(SimulatedDisk.Operation.WRITE, IoErrorTest::isJournal, times);
            for (int i = 0; i < times; i++) {
                append(store);
            }
            appendAll(store, 3);
            assertNothingLostWithoutPower(store);
        }
    }

    @Test
    void makesNoCheckpointOnceASegmentCouldNotBeForced() {
        StoreFixture store = open(3);
        AtomicInteger forces = fail(SimulatedDisk.Operation.FORCE, IoErrorTest::isSegment, 1);
        await().until(() -> append(store) == null && forces.get() > 0);
        appendAll(store, 100);
        await().during(Duration.ofMillis(50)).until(() -> forces.get() == 1);
        assertNothingLostWithoutPower(store);
    }

    /** Between the start and the next power cut the system believes that it has written what it has not. */
    @Test
    void losesNothingThatASegmentCouldNotForceAfterANewStart() {
        for (int i = 0; i < 10; i++) {
            StoreFixture store = open(3);
            AtomicInteger forces = fail(SimulatedDisk.Operation.FORCE, IoErrorTest::isSegment, 1);
            await().until(() -> append(store) == null && forces.get() > 0);
            appendAll(store, 5);
            if (i % 2 == 0) {
                store.halt();
            } else {
                store.close();
            }
            assertNothingLostWithoutPower(open(60_000));
        }
    }

    @Test
    void takesBackWhatAFailedWriteLeftInASegment() {
        for (int i = 0; i < 20; i++) {
            StoreFixture store = open(3);
            appendAll(store, 3);
            AtomicInteger cuts = new AtomicInteger(random.nextInt(3));
            disk.fail((operation, path) -> {
                if (isSegment(path) && (operation == SimulatedDisk.Operation.WRITE
                        || operation == SimulatedDisk.Operation.TRUNCATE && cuts.getAndDecrement() > 0)) {
                    throw new IOException(ERROR);
                }
            });
            assertThat(StoreFixture.failure(model.append(store.logs.get(0), random, 1000, 2000))).isNotNull();
            disk.fail((operation, path) -> { });
            assertThat(StoreFixture.failure(model.append(store.logs.get(0), random, 1000, 5))).isNull();
            // Too much for this segment: it is sealed.
            assertThat(StoreFixture.failure(store.logs.get(0).append(TestBatches.of(model.add("x".repeat(9000)))).durable())).isNull();
            store.close();
            assertNothingLostWithoutPower(open(3));
        }
    }

    /** What the failed write left is followed by nothing: the segment behind is not taken for something that does not belong there. */
    @Test
    void losesNothingBehindASegmentThatCouldNotBeCutWhenTheProcessIsKilled() {
        for (int i = 0; i < 20; i++) {
            StoreFixture store = open(false, 60_000);
            assertThat(append(store)).isNull();
            disk.fail((operation, path) -> {
                if (isSegment(path) && (operation == SimulatedDisk.Operation.WRITE || operation == SimulatedDisk.Operation.TRUNCATE)) {
                    throw new IOException(ERROR);
                }
            });
            assertThat(append(store)).isNotNull();
            disk.fail((operation, path) -> { });
            // Too much for this segment: it is sealed.
            assertThat(StoreFixture.failure(store.logs.get(0).append(TestBatches.of(model.add("x".repeat(9000)))).durable())).isNull();
            assertThat(append(store)).isNull();
            store.halt();
            StoreFixture next = open(false, 60_000);
            model.check(next.logs.get(0));
            next.close();
        }
    }

    @Test
    void makesNoSegmentTwiceWhenItsFirstWriteFails() {
        StoreFixture store = open(60_000);
        CountDownLatch submitted = new CountDownLatch(1);
        store.thread.execute(() -> assertThatCode(submitted::await).doesNotThrowAnyException());
        AtomicInteger writes = new AtomicInteger();
        disk.fail((operation, path) -> {
            if (isJournal(path) || isSegment(path) && operation == SimulatedDisk.Operation.WRITE && writes.getAndIncrement() == 0) {
                throw new IOException(ERROR);
            }
        });
        List<CompletionStage<?>> lost = new ArrayList<>();
        // Written one after the other in one turn, each to a segment of its own.
        for (int i = 0; i < 2; i++) {
            lost.add(store.logs.get(0).append(TestBatches.of(model.add("x".repeat(5000)))).durable());
        }
        submitted.countDown();
        lost.forEach(stage -> assertThat(StoreFixture.failure(stage)).isNotNull());
        disk.fail((operation, path) -> { });
        assertThat(writes).hasValue(2);
        appendAll(store, 3);
        store.close();
        assertNothingLostWithoutPower(open(60_000));
    }

    @Test
    void goesOnWhenASegmentCannotBeDeleted() {
        StoreFixture store = open(60_000);
        appendAll(store, 60);
        long start = store.logs.get(0).highWatermark() - 1;
        model.startMayMove(start);
        fail(SimulatedDisk.Operation.DELETE, IoErrorTest::isSegment, 1);
        assertThat(StoreFixture.get(store.logs.get(0).deleteBefore(start))).isEqualTo(start);
        model.startMoved(start);
        appendAll(store, 3);
        assertNothingLostWithoutPower(store);
    }

    /** What a segment's beginning wrote down of producers is void when the records before it are taken back. */
    @Test
    void knowsNoSequencesOfRecordsThatWereTakenBack() {
        StoreFixture store = open(60_000);
        CompletionStage<?> first = store.logs.get(0).append(idempotent(0, "a")).durable();
        assertThat(StoreFixture.failure(first)).isNull();
        disk.fail((operation, path) -> {
            if (isJournal(path)) {
                throw new IOException(ERROR);
            }
        });
        List<CompletionStage<?>> lost = new ArrayList<>();
        lost.add(store.logs.get(0).append(idempotent(1, "b")).durable());
        lost.add(store.logs.get(0).append(TestBatches.of("x".repeat(9000))).durable());
        lost.forEach(stage -> assertThat(StoreFixture.failure(stage)).isNotNull());
        disk.fail((operation, path) -> { });
        for (int i = 0; i < 5; i++) {
            assertThat(StoreFixture.failure(store.logs.get(0).append(TestBatches.of("c")).durable())).isNull();
        }
        assertThat(StoreFixture.get(store.logs.get(0).append(idempotent(1, "b")).durable()).duplicate()).isFalse();
        store.close();
    }

    private static ByteBuffer idempotent(int sequence, String value) {
        return TestBatches.idempotent(CompressionType.NONE, 1000, 77, (short) 0, sequence, value);
    }

    /** A compacted segment has its name, which is not durable, and the process is killed; power goes at any operation of the next start. */
    @Test
    void keepsWhatACompactionReplacedUntilItsOwnNameIsDurable() throws Exception {
        for (int seed = 0; seed < 4; seed++) {
            long cut = 0;
            while (endsWhileItRecoversFromHalfACompaction(seed, cut)) {
                cut++;
            }
            assertThat(cut).isPositive();
        }
    }

    private boolean endsWhileItRecoversFromHalfACompaction(int seed, long cut) throws Exception {
        Path root = Files.createDirectory(directory.resolve(seed + "-" + cut));
        TopicConfig compacting = TopicConfig.ofPartitions(1).withSegmentBytes(1500).withCompaction(Compaction.ON.withMinDirtyRatio(0));
        StoreFixture.Setup setup = new StoreFixture.Setup(root, new FileSegmentStore.Settings(true, 1 << 14, Duration.ofMinutes(1)),
            List.of(compacting), new AtomicLong(1000));
        Random chance = new Random(seed);
        LogModel compacted = new LogModel(true);
        SimulatedDisk before = new SimulatedDisk(root, chance);
        try (StoreFixture store = new StoreFixture(setup, before)) {
            for (int i = 0; i < 12; i++) {
                assertThat(StoreFixture.failure(compacted.append(store.logs.get(0), chance, 1000, 500))).isNull();
            }
        }
        StoreFixture store = new StoreFixture(setup, before);
        before.fail((operation, path) -> {
            if (operation == SimulatedDisk.Operation.SYNC) {
                throw new IOException(ERROR);
            }
        });
        assertThatThrownBy(() -> store.logs.get(0).compact(new SkimpyOffsetMap(24 * 100))).hasMessageContaining(ERROR);
        before.fail((operation, path) -> { });
        store.halt();
        before.endAfter(before.operations() + cut);
        try {
            new StoreFixture(setup, before).halt();
        } catch (BrokerException powerIsOff) {
            assertThat(before.isOff()).isTrue();
        }
        boolean ended = before.isOff();
        StoreFixture after = new StoreFixture(setup, before.cutPower());
        compacted.check(after.logs.get(0));
        after.halt();
        return ended;
    }
}
