package io.tributary.core.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.log.PartitionLog;
import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wall clock is set, now ahead and now back, under a log that keeps its records for a day. */
class ClockJumpTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long YEARS = Duration.ofDays(3650).toMillis();
    private static final long NOON = Duration.ofDays(20_000).toMillis();

    @TempDir
    private Path directory;

    private final Random random = new Random(11);
    private final LogModel model = new LogModel(false);
    private final AtomicLong clock = new AtomicLong(NOON);
    private StoreFixture store;

    @BeforeEach
    void open() {
        TopicConfig config = TopicConfig.ofPartitions(1).withSegmentBytes(100_000)
            .withRetention(new Retention(Retention.Kind.TIME_AND_SIZE, 24 * HOUR, Retention.UNLIMITED));
        store = new StoreFixture(new StoreFixture.Setup(directory, new FileSegmentStore.Settings(true, 1 << 20, Duration.ofMinutes(1)),
            List.of(config), clock), Disk.REAL);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private PartitionLog log() {
        return store.logs.get(0);
    }

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(StoreFixture.failure(model.append(log(), random, clock.get(), 100))).isNull();
        }
    }

    private void retain() {
        log().retain();
        // Two orders of the log thread, and a commit between them if anything is removed.
        StoreFixture.get(log().deleteBefore(0));
        append(1);
    }

    private long segments() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(FileSegment.SUFFIX)).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void beginsNoSegmentAtEveryJump() {
        for (int i = 0; i < 50; i++) {
            clock.set(NOON + (i % 2 == 0 ? 0 : YEARS));
            append(2);
        }
        assertThat(segments()).isBetween(1L, 2L);
        model.check(log());
    }

    @Test
    void keepsEverythingWhenTheClockIsSetBackAndWhileItIsLessThanTheRetentionAhead() {
        append(10);
        for (long jump : new long[] {-YEARS, 0, 23 * HOUR, -23 * HOUR, 23 * HOUR, -YEARS, 1}) {
            clock.set(NOON + jump);
            retain();
            model.check(log());
        }
        assertThat(log().logStartOffset()).isZero();
    }

    @Test
    void keepsRecordsOfTheFutureUntilTheyAreOldAndWhatIsBehindThem() {
        clock.set(NOON + 48 * HOUR);
        append(5);
        clock.set(NOON);
        append(5);
        clock.set(NOON + 71 * HOUR);
        retain();
        model.check(log());
        assertThat(log().logStartOffset()).isZero();
        long old = log().highWatermark();
        model.startMayMove(old);
        clock.set(NOON + 200 * HOUR);
        retain();
        await().until(() -> log().logStartOffset() == old);
        model.check(log());
    }
}
