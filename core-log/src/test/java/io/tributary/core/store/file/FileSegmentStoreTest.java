package io.tributary.core.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.api.LogSlice;
import io.tributary.core.model.BrokerException;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentReplacement;
import io.tributary.core.store.SegmentStore;
import io.tributary.core.store.SegmentStoreContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileSegmentStoreTest {
    /** Of a replacement. */
    private enum Step { APPEND, PREPARE, COMMIT, FINISH }

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

        /** Segments of ten records each at 0, 10, 20 and 30, all of them durable and behind the checkpoint but the last. */
        private List<Segment> fourSegments() {
            for (long base = 0; base < 40; base += 10) {
                Segment segment = store.create(log, base);
                for (long offset = base; offset < base + 10; offset++) {
                    lane.append(segment, List.of(batch(offset, offset, "v" + offset)));
                }
                assertThat(commit()).isNull();
                segment.seal();
            }
            store.close();
            store = store(directory, true);
            List<Segment> recovered = recovered().segments();
            lane = store.openLane();
            assertThat(recovered).hasSize(4);
            assertThat(recovered.subList(0, 3)).allMatch(store::isReplaceable);
            assertThat(store.isReplaceable(recovered.get(3))).isFalse();
            return recovered;
        }

        private List<Long> allOffsets() throws IOException {
            List<Long> offsets = new ArrayList<>();
            long end = 0;
            for (Segment segment : recovered().segments()) {
                assertThat(segment.baseOffset()).isEqualTo(end);
                end = segment.endOffset();
                offsets.addAll(offsets(segment.read(segment.baseOffset(), segment.endOffset(), 1 << 20)));
            }
            lane = store.openLane();
            assertThat(end).isEqualTo(40);
            return offsets;
        }

        @ParameterizedTest
        @EnumSource(Step.class)
        void aCrashInTheMiddleOfAReplacementLeavesTheOldOrTheNew(Step last) throws IOException {
            List<Segment> segments = fourSegments();
            SegmentReplacement replacement = store.replace(log, segments.subList(0, 3));
            replacement.append(batch(5, 5, "v5"));
            replacement.append(batch(12, 12, "v12"));
            if (last.compareTo(Step.PREPARE) >= 0) {
                replacement.prepare();
            }
            if (last.compareTo(Step.COMMIT) >= 0) {
                assertThat(replacement.commit().endOffset()).isEqualTo(30);
            }
            if (last == Step.FINISH) {
                replacement.finish();
            }
            store.halt();
            store = store(directory, true);
            List<Long> expected = new ArrayList<>(last.compareTo(Step.COMMIT) >= 0 ? List.of(5L, 12L)
                : LongStream.range(0, 30).boxed().toList());
            LongStream.range(30, 40).forEach(expected::add);
            assertThat(allOffsets()).isEqualTo(expected);
            store.close();
            store = store(directory, true);
            assertThat(allOffsets()).as("once more").isEqualTo(expected);
            try (Stream<Path> files = Files.walk(directory.resolve("segments"))) {
                assertThat(files.map(Path::toString).filter(name -> name.endsWith(FileSegmentReplacement.UNFINISHED_SUFFIX))).isEmpty();
            }
        }

        @Test
        void whatWasReplacedIsReplacedAgain() throws IOException {
            List<Segment> segments = fourSegments();
            List<Segment> old = segments.subList(0, 3);
            for (int round = 0; round < 3; round++) {
                try (SegmentReplacement replacement = store.replace(log, old)) {
                    replacement.append(batch(20 + round, 5, "v"));
                    replacement.prepare();
                    List<LogSlice> held = old.get(0).read(0, 30, 1 << 20);
                    old = List.of(replacement.commit());
                    replacement.finish();
                    assertThat(offsets(held)).as("what a reader holds").isNotEmpty();
                }
                store.noteCompacted(log, 10L * round);
            }
            store.halt();
            store = store(directory, true);
            assertThat(recovered().compactedBefore()).isEqualTo(20);
            lane.close();
            store.halt();
            store = store(directory, true);
            assertThat(allOffsets()).startsWith(22L, 30L).hasSize(11);
        }

        @Test
        void refusesACompactedSegmentThatIsCutOff() throws IOException {
            List<Segment> segments = fourSegments();
            try (SegmentReplacement replacement = store.replace(log, segments.subList(0, 3))) {
                replacement.append(batch(5, 5, "v5"));
                replacement.append(batch(12, 12, "v12"));
                replacement.prepare();
                assertThat(replacement.commit().endOffset()).isEqualTo(30);
                replacement.finish();
            }
            store.close();
            Path file = onlyFile(FileSegment.COMPACTED_SUFFIX);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() - 1);
            }
            store = store(directory, true);
            assertThatThrownBy(this::recovered).isInstanceOf(BrokerException.class).hasMessageContaining(file + " is damaged");
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
            return onlyFile(FileSegment.SUFFIX);
        }

        private Path onlyFile(String suffix) throws IOException {
            try (Stream<Path> files = Files.walk(directory.resolve("segments"))) {
                return files.filter(file -> file.toString().endsWith(suffix)).findAny().orElseThrow();
            }
        }
    }
}
