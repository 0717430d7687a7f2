package io.tributary.core.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.log.PartitionLog;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power goes at any write, force, sync, rename or deletion, in work and in recovery, and what was not forced is lost, kept or torn by
 * chance. What was acknowledged is there afterwards, nothing half is, and the log goes on. A failure names its run, which can be done
 * again by itself; threads still run as they like.
 */
class PowerCutTest {
    private static final int CUTS = 3;

    @TempDir
    private Path parent;

    @Test
    void losesNothingAtAnyOperationOfAShortHistory() throws IOException {
        for (int seed = 0; seed < 5; seed++) {
            long operations = check(new Run(seed, 12, SimulatedDisk.NO_END, true));
            for (long cut = 0; cut < operations; cut++) {
                check(new Run(seed, 12, cut, true));
            }
        }
    }

    @Test
    void losesNothingAtSomeOperationOfALongHistory() throws IOException {
        Random random = new Random(7);
        for (int seed = 1000; seed < 1100; seed++) {
            check(new Run(seed, 60, random.nextInt(900), true));
        }
    }

    /** At times one operation in four fails: what is answered with the error may be there later or not, all else is as without. */
    @Test
    void losesNothingWhenOperationsFailTooNowAndThen() throws IOException {
        Random random = new Random(9);
        for (int seed = 3000; seed < 3160; seed++) {
            boolean forced = seed % 4 > 0;
            Run run = new Run(seed, 60, random.nextInt(forced ? 900 : 500), forced);
            run.faulty = true;
            check(run);
        }
    }

    /** Without a journal what was written since the last checkpoint may be gone; what is left is whole, and the start is not refused. */
    @Test
    void keepsWhatIsWholeOfWhatWasNotForced() throws IOException {
        Random random = new Random(8);
        for (int seed = 2000; seed < 2050; seed++) {
            check(new Run(seed, 40, random.nextInt(500), false));
        }
    }

    private long check(Run run) throws IOException {
        try {
            return run.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(run + ": " + e.getMessage(), e);
        }
    }

    /** One history with power cut after so many operations, recovered, and perhaps cut again. */
    private final class Run {
        private final int seed;
        private final int steps;
        private final long cut;
        private final boolean forced;
        private boolean faulty;
        private final Random random;
        private final AtomicLong clock = new AtomicLong(1_000_000);
        private final List<LogModel> models = List.of(new LogModel(false), new LogModel(false), new LogModel(true));
        private final List<CompletionStage<?>> open = new ArrayList<>();
        private final Path root;
        private final StoreFixture.Setup setup;

        Run(int seed, int steps, long cut, boolean forced) throws IOException {
            this.forced = forced;
            this.seed = seed;
            this.steps = steps;
            this.cut = cut;
            this.random = new Random(seed);
            this.root = Files.createTempDirectory(parent, "disk");
            TopicConfig plain = TopicConfig.ofPartitions(1).withSegmentBytes(1500).withRetention(Retention.FOREVER);
            FileSegmentStore.Settings settings = new FileSegmentStore.Settings(forced, 1 << (10 + random.nextInt(6)),
                Duration.ofMillis(random.nextBoolean() ? 5 : 60_000));
            Retention aSecond = new Retention(Retention.Kind.TIME_AND_SIZE, 1000, Retention.UNLIMITED);
            this.setup = new StoreFixture.Setup(root, settings,
                List.of(plain, plain.withRetention(aSecond), plain.withCompaction(Compaction.ON.withMinDirtyRatio(0))), clock);
        }

        /** Returns the number of operations of the first part. */
        long run() throws IOException {
            SimulatedDisk disk = new SimulatedDisk(root, random);
            disk.endAfter(cut);
            disk = live(disk, steps);
            long operations = disk.operations();
            for (int i = random.nextInt(CUTS); i > 0; i--) {
                disk = cutPower(disk);
                disk.endAfter(random.nextInt(60));
                disk = live(disk, 5);
            }
            disk = cutPower(disk);
            live(disk, 3);
            assertThat(disk.isOff()).isFalse();
            disk = cutPower(disk);
            live(disk, 0);
            assertThat(disk.isOff()).isFalse();
            return operations;
        }

        @Override
        public String toString() {
            return "new Run(" + seed + ", " + steps + ", " + cut + ", " + forced + ")" + (faulty ? " with faults" : "");
        }

        private SimulatedDisk cutPower(SimulatedDisk disk) {
            if (!forced) {
                models.forEach(LogModel::mayLoseWhatIsNew);
            }
            return disk.cutPower();
        }

        /** Opens the store, checks it and works with it until power goes. */
        private SimulatedDisk live(SimulatedDisk disk, int count) {
            StoreFixture store = open(disk);
            for (int i = 0; i < count && store != null; i++) {
                if (random.nextInt(12) == 0) {
                    settle();
                    if (random.nextBoolean()) {
                        store.close();
                    } else {
                        store.halt();
                    }
                    store = open(disk);
                } else {
                    step(disk, store);
                    if (disk.isOff()) {
                        break;
                    }
                }
            }
            if (store != null) {
                settle();
                store.halt();
            }
            return disk;
        }

        private @Nullable StoreFixture open(SimulatedDisk disk) {
            StoreFixture store;
            try {
                store = new StoreFixture(setup, disk);
            } catch (BrokerException e) {
                if (disk.isOff()) {
                    return null;
                }
                throw e;
            }
            for (int i = 0; i < models.size(); i++) {
                models.get(i).check(store.logs.get(i));
            }
            return store;
        }

        private void settle() {
            open.forEach(StoreFixture::failure);
            open.clear();
        }

        private void step(SimulatedDisk disk, StoreFixture store) {
            int number = random.nextInt(models.size());
            PartitionLog log = store.logs.get(number);
            LogModel model = models.get(number);
            switch (random.nextInt(10)) {
                case 0 -> {
                    if (number != 2) {
                        moveStart(log, model);
                    }
                }
                case 1 -> expire(store.logs.get(1), models.get(1));
                case 2 -> compact(store.logs.get(2));
                case 3 -> {
                    settle();
                    disk.fail((operation, path) -> {
                        if (faulty && random.nextInt(4) == 0) {
                            throw new IOException("Input/output error");
                        }
                    });
                    switch (random.nextInt(6)) {
                        case 0 -> compact(store.logs.get(2));
                        case 1 -> moveStart(store.logs.get(0), models.get(0));
                        case 2 -> expire(store.logs.get(1), models.get(1));
                        default -> append(log, model);
                    }
                    settle();
                    disk.fail((operation, path) -> { });
                }
                default -> {
                    append(log, model);
                    if (random.nextInt(3) > 0) {
                        settle();
                    }
                }
            }
        }

        private void moveStart(PartitionLog log, LogModel model) {
            long start = random.nextLong(log.logStartOffset(), log.highWatermark() + 1);
            model.startMayMove(start);
            if (StoreFixture.failure(log.deleteBefore(start)) == null) {
                model.startMoved(start);
            }
        }

        private void expire(PartitionLog expiring, LogModel model) {
            settle();
            clock.addAndGet(10_000);
            model.startMayMove(expiring.highWatermark());
            expiring.retain();
            StoreFixture.failure(expiring.deleteBefore(0));
        }

        private void append(PartitionLog log, LogModel model) {
            for (int left = 1 + random.nextInt(3); left > 0; left--) {
                open.add(model.append(log, random, clock.get(), 1 << random.nextInt(10)));
            }
        }

        private void compact(PartitionLog log) {
            try {
                log.compact(new SkimpyOffsetMap(24 * 100));
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            } catch (BrokerException powerIsOff) {
                assertThat(powerIsOff).isNotNull();
            }
        }
    }
}
