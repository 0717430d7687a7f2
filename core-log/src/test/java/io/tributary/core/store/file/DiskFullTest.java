package io.tributary.core.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.batch.TestBatches;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskFullTest {
    private static final String FULL = "No space left on device";

    @TempDir
    private Path directory;

    private final Random random = new Random(3);
    private final LogModel model = new LogModel(false);
    private SimulatedDisk disk;

    @BeforeEach
    void newDisk() {
        disk = new SimulatedDisk(directory, random);
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

    private void fill(StoreFixture store) {
        BrokerException failure = null;
        for (int i = 0; i < 1000 && failure == null; i++) {
            failure = append(store);
        }
        assertThat(failure).isNotNull().hasMessageContaining(FULL);
        assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_FAILURE);
    }

    /** As what does not fit first changes with the room, so does what fails: segment, journal, index or checkpoint. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsOnAndAppendsAgainWhenThereIsRoom(boolean forced) {
        StoreFixture store = open(forced, 3);
        appendAll(store, 20);
        for (int room = 0; room < 20_000; room += 700) {
            disk.setRoom(room);
            fill(store);
            for (int i = 0; i < 5; i++) {
                long end = store.logs.get(0).highWatermark();
                BrokerException failure = append(store);
                assertThat(failure == null || failure.toString().contains(FULL)).isTrue();
                assertThat(store.logs.get(0).highWatermark()).isGreaterThanOrEqualTo(end);
                model.check(store.logs.get(0));
            }
            disk.setRoom(Long.MAX_VALUE);
            appendAll(store, 5);
            if (room % 3 == 0) {
                store.halt();
                store = open(forced, 3);
            }
            model.check(store.logs.get(0));
        }
        store.close();
        store = open(forced, 3);
        model.check(store.logs.get(0));
        store.close();
    }

    private void fullFor(StoreFixture store, SimulatedDisk.Operation operation, String end) {
        assertThat(store.logs).isNotEmpty();
        disk.fail((done, path) -> {
            if (done == operation && path.toString().endsWith(end)) {
                throw new IOException(FULL);
            }
        });
    }

    private void roomAgain() {
        disk.fail((done, path) -> { });
    }

    @Test
    void takesNoAppendsWhenTheJournalDoesNotFit() {
        StoreFixture store = open(true, 60_000);
        appendAll(store, 10);
        fullFor(store, SimulatedDisk.Operation.WRITE, ".journal");
        for (int i = 0; i < 20; i++) {
            assertThat(append(store)).isNotNull().hasMessageContaining(FULL);
        }
        model.check(store.logs.get(0));
        roomAgain();
        appendAll(store, 10);
        store.halt();
        disk = disk.cutPower();
        store = open(true, 60_000);
        model.check(store.logs.get(0));
        appendAll(store, 1);
        store.close();
    }

    @Test
    void losesNothingWhenTheCheckpointDoesNotFit() {
        StoreFixture store = open(true, 3);
        fullFor(store, SimulatedDisk.Operation.WRITE, "checkpoint.tmp");
        appendAll(store, 100);
        model.check(store.logs.get(0));
        assertThat(directory.resolve("checkpoint.tmp")).doesNotExist();
        long files = journalFiles();
        assertThat(files).as("the journal is kept").isGreaterThan(4);
        roomAgain();
        await().until(() -> journalFiles() < files);
        store.halt();
        disk = disk.cutPower();
        try (StoreFixture again = open(true, 3)) {
            model.check(again.logs.get(0));
        }
    }

    private long journalFiles() {
        try (Stream<Path> files = Files.list(directory.resolve("journal"))) {
            return files.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void doesWithoutIndexesThatDoNotFit(boolean forced) {
        StoreFixture store = open(forced, 3);
        fullFor(store, SimulatedDisk.Operation.WRITE, ".index.tmp");
        appendAll(store, 100);
        model.check(store.logs.get(0));
        store.close();
        store = open(forced, 3);
        model.check(store.logs.get(0));
        store.close();
        assertThat(indexes()).isZero();
        roomAgain();
        store = open(forced, 3);
        model.check(store.logs.get(0));
        store.close();
        assertThat(indexes()).isPositive();
    }

    private long indexes() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(IndexFile.SUFFIX)).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A checkpoint may have vouched for what a failed commit takes back; it is to be corrected first, and does not fit either. */
    @Test
    void readsOnWhenAFailedAppendCannotBeTakenBackYet() {
        StoreFixture store = open(true, 60_000);
        appendAll(store, 10);
        disk.fail((done, path) -> {
            if (done == SimulatedDisk.Operation.WRITE && path.toString().endsWith(".journal") || done == SimulatedDisk.Operation.TRUNCATE) {
                throw new IOException(FULL);
            }
        });
        for (int i = 0; i < 3; i++) {
            assertThat(append(store)).isNotNull().hasMessageContaining(FULL);
            model.check(store.logs.get(0));
        }
        roomAgain();
        appendAll(store, 10);
        model.check(store.logs.get(0));
        store.halt();
        disk = disk.cutPower();
        store = open(true, 60_000);
        model.check(store.logs.get(0));
        store.close();
    }

    /** The checkpoint comes between the write to the segment and the failure of the journal, and so vouches for what is taken back. */
    @Test
    void correctsACheckpointOfWhatIsTakenBackAsSoonAsItCan() {
        for (int i = 0; i < 10; i++) {
            StoreFixture store = open(true, 1);
            appendAll(store, 10);
            AtomicInteger checkpoints = new AtomicInteger();
            AtomicBoolean full = new AtomicBoolean();
            disk.fail((operation, path) -> {
                if (operation == SimulatedDisk.Operation.MOVE && path.endsWith("checkpoint")) {
                    checkpoints.incrementAndGet();
                } else if (operation == SimulatedDisk.Operation.FORCE && path.toString().endsWith(FileSegment.SUFFIX)) {
                    full.set(true);
                } else if (full.get() && operation == SimulatedDisk.Operation.WRITE
                        && (path.toString().endsWith(".journal") || checkpoints.get() > 0)) {
                    throw new IOException(FULL);
                }
            });
            for (int tries = 0; tries < 50; tries++) {
                append(store);
            }
            roomAgain();
            appendAll(store, 5);
            model.check(store.logs.get(0));
            store.halt();
            store = open(true, 60_000);
            model.check(store.logs.get(0));
            store.close();
        }
    }

    @Test
    void correctsACheckpointOfASegmentThatIsTakenBackWhole() {
        for (int i = 0; i < 10; i++) {
            StoreFixture store = open(true, 1);
            appendAll(store, 3);
            fullFor(store, SimulatedDisk.Operation.FORCE, ".journal");
            for (int tries = 0; tries < 30; tries++) {
                // Each is too large to be in one segment with another.
                CompletionStage<?> refused = store.logs.get(0).append(TestBatches.of(model.add("x".repeat(7500)))).durable();
                assertThat(StoreFixture.failure(refused)).isNotNull();
            }
            roomAgain();
            appendAll(store, 5);
            model.check(store.logs.get(0));
            store.halt();
            store = open(true, 60_000);
            model.check(store.logs.get(0));
            store.close();
        }
    }

    @Test
    void asksForTheLogsStartAgainWhenItCouldNotBeMoved() {
        for (boolean forced : new boolean[] {true, false}) {
            StoreFixture store = open(forced, 60_000);
            appendAll(store, 30);
            long start = store.logs.get(0).highWatermark();
            disk.setRoom(0);
            fullFor(store, SimulatedDisk.Operation.WRITE, forced ? ".journal" : "start.tmp");
            assertThat(StoreFixture.failure(store.logs.get(0).deleteBefore(start))).isNotNull().hasMessageContaining(FULL);
            model.check(store.logs.get(0));
            roomAgain();
            disk.setRoom(Long.MAX_VALUE);
            model.startMayMove(start);
            assertThat(StoreFixture.get(store.logs.get(0).deleteBefore(start))).isEqualTo(start);
            model.startMoved(start);
            model.check(store.logs.get(0));
            store.close();
        }
    }
}
