package io.tributary.core.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentStore;
import io.tributary.core.store.SegmentStoreContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSegmentStoreTest {
    private static SegmentStore store(Path directory, boolean forced) {
        return new FileSegmentStore(directory, new FileSegmentStore.Settings(forced, 1 << 20, Duration.ofHours(1)));
    }

    @Nested
    class WithThePageCache extends SegmentStoreContract {
        @TempDir
        Path directory;

        @Override
        protected SegmentStore newStore() {
            return store(directory, false);
        }

        @Test
        void remembersAMovedStartWithoutAJournal() {
            fill(10);
            lane.moveStart(log, 6);
            assertThat(commit()).isNull();
            store.halt();
            store = store(directory, false);
            assertThat(recovered().startOffset()).isEqualTo(6);
        }
    }

    @Nested
    class WithTheJournal extends SegmentStoreContract {
        @TempDir
        Path directory;

        @Override
        protected SegmentStore newStore() {
            return store(directory, true);
        }

        @Test
        void bringsBackWhatTheSegmentsLost() throws IOException {
            Segment segment = fill(400);
            ByteBuffer all = bytes(segment.read(0, 800, Integer.MAX_VALUE));
            store.halt();
            try (FileChannel file = FileChannel.open(onlySegment(), StandardOpenOption.WRITE)) {
                // As after a power cut: a page in the middle was never written, and the end is missing.
                file.write(ByteBuffer.allocate(4096), 8192);
                file.truncate(all.limit() - 10_000);
            }
            Segment recovered = reopen();
            assertThat(recovered.endOffset()).isEqualTo(800);
            assertThat(bytes(recovered.read(0, 800, Integer.MAX_VALUE))).isEqualTo(all);
        }

        @Test
        void bringsBackAWholeFileThatWasLost() throws IOException {
            fill(400);
            store.halt();
            Files.delete(onlySegment());
            assertThat(reopen().endOffset()).isEqualTo(800);
        }

        @Test
        void needsNoJournalForWhatACheckpointVouchesFor() throws IOException {
            fill(400);
            store.close();
            try (Stream<Path> files = Files.list(directory.resolve("journal"))) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            assertThat(reopen().endOffset()).isEqualTo(800);
        }

        @Test
        void usesTheJournalAgainAndAgain() {
            for (int round = 0; round < 5; round++) {
                long base = 100L * round;
                Segment segment = store.create(log, base);
                for (int i = 0; i < 100; i++) {
                    lane.append(segment, List.of(batch(base + i, 1, "x".repeat(30_000))));
                    assertThat(commit()).isNull();
                }
                store.halt();
                store = store(directory, true);
                List<Segment> segments = recovered().segments();
                assertThat(segments.get(segments.size() - 1).endOffset()).isEqualTo(base + 100);
                lane = store.openLane();
            }
        }

        @Test
        void deletesTheDirectoriesOfUnknownTopics() throws IOException {
            fill(1);
            store.close();
            store = store(directory, true);
            store.recover(List.of());
            lane = store.openLane();
            try (Stream<Path> topics = Files.list(directory.resolve("segments"))) {
                assertThat(topics).isEmpty();
            }
        }

        private Segment reopen() {
            store = store(directory, true);
            List<Segment> segments = recovered().segments();
            lane = store.openLane();
            assertThat(segments).hasSize(1);
            return segments.get(0);
        }

        private Path onlySegment() throws IOException {
            try (Stream<Path> files = Files.walk(directory.resolve("segments"))) {
                return files.filter(file -> file.toString().endsWith(FileSegment.SUFFIX)).findAny().orElseThrow();
            }
        }
    }
}
