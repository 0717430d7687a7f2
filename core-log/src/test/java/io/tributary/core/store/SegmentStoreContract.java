package io.tributary.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.model.BrokerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.record.internal.CompressionType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every segment store must do; run by a test of each. */
public abstract class SegmentStoreContract {
    protected final LogId log = new LogId(UUID.randomUUID(), 3);
    protected SegmentStore store;
    protected Lane lane;

    protected abstract SegmentStore newStore() throws IOException;

    @BeforeEach
    void openStore() throws IOException {
        store = newStore();
        assertThat(recovered()).isEqualTo(SegmentStore.StoredLog.EMPTY);
        lane = store.openLane();
    }

    @AfterEach
    void closeStore() {
        lane.close();
        store.close();
    }

    @Test
    void keepsBatchesByteForByte() throws IOException {
        Segment segment = store.create(log, 100);
        assertThat(segment.endOffset()).isEqualTo(100);
        assertThat(segment.maxTimestamp()).isEqualTo(Long.MIN_VALUE);
        ByteBuffer one = batch(100, 5, "a", "b");
        ByteBuffer two = batch(102, 9, "c".repeat(3000));
        lane.append(segment, List.of(one, two));
        assertThat(commit()).isNull();
        assertThat(segment.endOffset()).isEqualTo(103);
        assertThat(segment.maxTimestamp()).isEqualTo(9);
        assertThat(segment.sizeInBytes()).isEqualTo(one.limit() + two.limit());
        assertThat(bytes(segment.read(100, 103, 1 << 20))).isEqualTo(TestBatches.join(one, two));
        assertThat(one.position()).isZero();
    }

    @Test
    void readsWholeBatchesFromTheOneThatHoldsTheOffsetWithinTheBytesAskedFor() throws IOException {
        Segment segment = fill(400);
        int size = batch(0, 0, "value-0", "second").limit();
        for (int offset = 0; offset < 800; offset += 37) {
            List<LogSlice> slices = segment.read(offset, 800, 10 * size);
            ByteBuffer found = bytes(slices);
            assertThat(BatchHeader.baseOffset(found, 0)).isLessThanOrEqualTo(offset);
            assertThat(BatchHeader.lastOffset(found, 0)).isGreaterThanOrEqualTo(offset);
            assertThat(found.limit()).isLessThanOrEqualTo(10 * size).isPositive();
            int at = 0;
            while (at < found.limit()) {
                assertThat(BatchHeader.intactSize(found, at)).isPositive();
                at += BatchHeader.intactSize(found, at);
            }
        }
        assertThat(bytes(segment.read(6, 800, 1)).limit()).isEqualTo(size);
        assertThat(bytes(segment.read(6, 8, 1 << 20)).limit()).isEqualTo(size);
    }

    @Test
    void tellsAnOffsetBeforeATimestamp() {
        Segment segment = fill(400);
        for (long timestamp = 0; timestamp < 400; timestamp += 13) {
            long offset = segment.offsetBefore(timestamp);
            assertThat(offset).isLessThanOrEqualTo(2 * timestamp).isGreaterThanOrEqualTo(Math.max(0, 2 * timestamp - 400));
        }
    }

    @Test
    void cutsOffAndGoesOn() throws IOException {
        Segment segment = fill(400);
        segment.truncate(300);
        assertThat(segment.endOffset()).isEqualTo(300);
        assertThat(segment.maxTimestamp()).isEqualTo(149);
        ByteBuffer next = batch(300, 7, "after");
        lane.append(segment, List.of(next));
        assertThat(bytes(segment.read(300, 301, 1000))).isEqualTo(next);
        segment.truncate(0);
        assertThat(segment.sizeInBytes()).isZero();
        assertThat(segment.endOffset()).isZero();
    }

    @Test
    void whatAReaderHoldsOutlivesTheSegment() throws IOException {
        Segment segment = fill(10);
        List<LogSlice> held = segment.read(0, 20, 1 << 20);
        long size = segment.sizeInBytes();
        segment.delete();
        assertThat(bytes(held).limit()).isEqualTo((int) size);
    }

    @Test
    void aLargeRunIsAppendedWhole() throws IOException {
        Segment segment = store.create(log, 0);
        ByteBuffer large = batch(0, 1, "x".repeat(3 << 20));
        ByteBuffer small = batch(1, 1, "y");
        lane.append(segment, List.of(small(0), move(large, 1), move(small, 2)));
        assertThat(commit()).isNull();
        assertThat(segment.endOffset()).isEqualTo(3);
        assertThat(TestBatches.decode(bytes(segment.read(0, 3, Integer.MAX_VALUE)))).hasSize(3);
    }

    @Test
    void commitsAreAnsweredInTheirOrder() {
        Segment segment = store.create(log, 0);
        List<Integer> answered = new ArrayList<>();
        CompletableFuture<Void> last = new CompletableFuture<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            lane.append(segment, List.of(batch(i, 1, "v")));
            lane.commit(failure -> {
                synchronized (answered) {
                    answered.add(failure == null ? number : -1);
                }
                if (number == 99) {
                    last.complete(null);
                }
            });
        }
        last.join();
        assertThat(answered).hasSize(100).isSorted().startsWith(0);
    }

    @Test
    void replacesNeighboursByWhatIsLeftOfThem() throws IOException {
        List<Segment> old = new ArrayList<>();
        for (long base = 0; base < 80; base += 20) {
            Segment segment = store.create(log, base);
            for (long offset = base; offset < base + 20; offset++) {
                lane.append(segment, List.of(batch(offset, offset, "v" + offset)));
            }
            segment.seal();
            old.add(segment);
        }
        assertThat(commit()).isNull();
        List<LogSlice> held = old.get(1).read(20, 40, 1 << 20);
        List<Segment> replaced = old.subList(1, 3);
        SegmentReplacement replacement = store.replace(log, replaced);
        replacement.append(batch(25, 25, "v25"));
        replacement.append(TestBatches.join(batch(31, 31, "v31"), batch(44, 44, "v44")));
        replacement.prepare();
        Segment made = replacement.commit();
        replacement.finish();
        replacement.close();
        assertThat(made.baseOffset()).isEqualTo(20);
        assertThat(made.endOffset()).isEqualTo(60);
        assertThat(made.maxTimestamp()).isEqualTo(44);
        assertThat(offsets(made.read(20, 60, 1 << 20))).containsExactly(25L, 31L, 44L);
        assertThat(offsets(made.read(25, 60, 1 << 20))).containsExactly(25L, 31L, 44L);
        assertThat(offsets(made.read(26, 44, 1 << 20))).containsExactly(31L);
        assertThat(offsets(made.read(32, 60, 1))).containsExactly(44L);
        assertThat(made.read(45, 60, 1 << 20)).isEmpty();
        assertThat(made.offsetBefore(40)).isLessThanOrEqualTo(44);
        assertThat(offsets(held)).hasSize(20);
    }

    @Test
    void replacesByNothing() throws IOException {
        Segment segment = fill(10);
        segment.seal();
        try (SegmentReplacement replacement = store.replace(log, List.of(segment))) {
            replacement.prepare();
            Segment made = replacement.commit();
            replacement.finish();
            assertThat(made.endOffset()).isEqualTo(20);
            assertThat(made.sizeInBytes()).isZero();
            assertThat(made.read(0, 20, 1 << 20)).isEmpty();
        }
    }

    protected static List<Long> offsets(List<LogSlice> slices) throws IOException {
        ByteBuffer all = bytes(slices);
        List<Long> offsets = new ArrayList<>();
        for (int at = 0; at < all.limit(); at += (int) BatchHeader.sizeInBytes(all, at)) {
            offsets.add(BatchHeader.baseOffset(all, at));
        }
        return offsets;
    }

    /** What the store has of the log as it is opened. */
    protected SegmentStore.StoredLog recovered() {
        return Objects.requireNonNull(store.recover(List.of(log)).get(log));
    }

    protected Segment fill(int batches) {
        Segment segment = store.create(log, 0);
        for (int i = 0; i < batches; i++) {
            lane.append(segment, List.of(batch(2L * i, i, "value-0", "second")));
        }
        assertThat(commit()).isNull();
        return segment;
    }

    protected @Nullable BrokerException commit() {
        CompletableFuture<@Nullable BrokerException> done = new CompletableFuture<>();
        lane.commit(done::complete);
        return done.join();
    }

    private static ByteBuffer small(long baseOffset) {
        return batch(baseOffset, 1, "s");
    }

    private static ByteBuffer move(ByteBuffer batch, long baseOffset) {
        BatchHeader.place(batch, 0, baseOffset, 0);
        return batch;
    }

    protected static ByteBuffer batch(long baseOffset, long timestamp, String... values) {
        return move(TestBatches.of(CompressionType.NONE, timestamp, values), baseOffset);
    }

    protected static ByteBuffer bytes(List<LogSlice> slices) throws IOException {
        int size = 0;
        for (LogSlice slice : slices) {
            size += slice.sizeInBytes();
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        for (LogSlice slice : slices) {
            if (slice instanceof LogSlice.Memory memory) {
                all.put(memory.bytes().duplicate());
            } else {
                LogSlice.FileRange range = (LogSlice.FileRange) slice;
                ByteBuffer part = ByteBuffer.allocate(range.length());
                while (part.hasRemaining()) {
                    assertThat(range.channel().read(part, range.position() + part.position())).isPositive();
                }
                all.put(part.flip());
            }
        }
        return all.flip();
    }
}
