package io.tributary.core.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.store.Lane;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFilesTest {
    private static final int LIMIT = 20;
    private static final int LOGS = 200;

    @TempDir
    private Path directory;

    private final List<Segment> segments = new ArrayList<>();

    private FileSegmentStore open() {
        FileSegmentStore store = new FileSegmentStore(directory, new FileSegmentStore.Settings(false, 1 << 20, Duration.ofHours(1), LIMIT));
        store.recover(Set.of());
        UUID topic = new UUID(0, 1);
        for (int i = 0; i < LOGS; i++) {
            segments.add(store.create(new LogId(topic, i), 0));
        }
        return store;
    }

    private static void append(Lane lane, Segment segment) {
        ByteBuffer batch = TestBatches.of("a value");
        BatchHeader.place(batch, 0, segment.endOffset(), 0);
        lane.append(segment, List.of(batch));
    }

    @Test
    void keepsNoMoreFilesOpenThanAllowed() {
        try (FileSegmentStore store = open(); Lane lane = store.openLane()) {
            for (int round = 0; round < 3; round++) {
                for (Segment segment : segments) {
                    append(lane, segment);
                    assertThat(store.openFiles().count()).isLessThanOrEqualTo(LIMIT + 1);
                }
            }
            for (Segment segment : segments) {
                assertThat(segment.endOffset()).isEqualTo(3);
                assertThat(count(segment.read(0, 3, 1 << 20))).isEqualTo(3);
                assertThat(store.openFiles().count()).isLessThanOrEqualTo(LIMIT + 1);
            }
        }
    }

    @Test
    void lendsSomeFilesAndReadsTheOthersAtOnce() {
        try (FileSegmentStore store = open(); Lane lane = store.openLane()) {
            segments.forEach(segment -> append(lane, segment));
            List<LogSlice> slices = new ArrayList<>();
            segments.forEach(segment -> slices.addAll(segment.read(0, 1, 1 << 20)));
            assertThat(slices).filteredOn(LogSlice.FileRange.class::isInstance).hasSize(LIMIT / 2)
                .allMatch(slice -> ((LogSlice.FileRange) slice).channel().isOpen());
            assertThat(count(slices)).isEqualTo(LOGS);
        }
    }

    @Test
    void neverClosesAFileThatIsInUse() {
        ExecutorService readers = Executors.newFixedThreadPool(4);
        try (FileSegmentStore store = open(); Lane lane = store.openLane()) {
            segments.forEach(segment -> append(lane, segment));
            List<CompletableFuture<Void>> reading = new ArrayList<>();
            for (int reader = 0; reader < 4; reader++) {
                reading.add(CompletableFuture.runAsync(() -> {
                    ThreadLocalRandom random = ThreadLocalRandom.current();
                    for (int i = 0; i < 5000; i++) {
                        assertThat(count(segments.get(random.nextInt(LOGS)).read(0, 1, 1 << 20))).isEqualTo(1);
                    }
                }, readers));
            }
            for (int i = 0; i < 5000; i++) {
                append(lane, segments.get(ThreadLocalRandom.current().nextInt(LOGS)));
            }
            reading.forEach(CompletableFuture::join);
            assertThat(store.openFiles().count()).isLessThanOrEqualTo(LIMIT + 5);
        } finally {
            readers.shutdownNow();
        }
    }

    private static int count(List<LogSlice> slices) {
        int count = 0;
        for (LogSlice slice : slices) {
            ByteBuffer bytes = slice instanceof LogSlice.Memory memory ? memory.bytes() : read((LogSlice.FileRange) slice);
            for (int at = bytes.position(); at < bytes.limit(); at += (int) BatchHeader.sizeInBytes(bytes, at)) {
                count++;
            }
        }
        return count;
    }

    private static ByteBuffer read(LogSlice.FileRange range) {
        ByteBuffer bytes = ByteBuffer.allocate(range.length());
        try {
            assertThat(range.channel().read(bytes, range.position())).isEqualTo(range.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.flip();
    }
}
