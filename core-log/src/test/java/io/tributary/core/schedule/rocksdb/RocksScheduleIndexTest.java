package io.tributary.core.schedule.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.schedule.index.IndexChanges;
import io.tributary.core.schedule.index.IndexFailure;
import io.tributary.core.schedule.index.IndexState;
import io.tributary.core.schedule.index.ScheduleKey;
import io.tributary.core.schedule.index.UndecidedRow;
import io.tributary.core.schedule.index.WaitingRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class RocksScheduleIndexTest {
    private static final UUID LOG = UUID.randomUUID();

    @TempDir
    private Path directory;

    private static WaitingRow row(long due, long number) {
        return new WaitingRow(new ScheduleKey(due, 7, number), due * 10 + number, 100, 5);
    }

    private static void apply(RocksScheduleIndex index, List<WaitingRow> added, List<ScheduleKey> removed, IndexState state) {
        index.apply(new IndexChanges(added, List.of(), removed, List.of()), state);
    }

    @Test
    void rowsComeInTheOrderOfTheirKeysFromAnyPlaceOn() {
        try (RocksScheduleIndex index = new RocksScheduleIndex(directory)) {
            assertThat(index.state()).isNull();
            apply(index, List.of(row(300, 1), row(5, 2), row(5, 1), row(Long.MAX_VALUE, 1)), List.of(), new IndexState(LOG, 9, 4, 3));
            assertThat(scan(index, null)).containsExactly(row(5, 1), row(5, 2), row(300, 1), row(Long.MAX_VALUE, 1));
            assertThat(scan(index, new ScheduleKey(5, 7, 2))).containsExactly(row(5, 2), row(300, 1), row(Long.MAX_VALUE, 1));
            apply(index, List.of(row(6, 1)), List.of(row(5, 1).key()), new IndexState(LOG, 10, 4, 3));
            assertThat(scan(index, null)).containsExactly(row(5, 2), row(6, 1), row(300, 1), row(Long.MAX_VALUE, 1));
            assertThat(index.find(row(6, 1).key())).isEqualTo(row(6, 1));
            assertThat(index.find(row(5, 1).key())).isNull();
            assertThat(index.state()).isEqualTo(new IndexState(LOG, 10, 4, 3));
        }
    }

    private static List<WaitingRow> scan(RocksScheduleIndex index, @Nullable ScheduleKey from) {
        List<WaitingRow> rows = new ArrayList<>();
        index.scan(from, rows::add);
        return rows;
    }

    @Test
    void withoutAFlushItIsAMomentOfItsPastAndWithOneWhatItWas() {
        try (RocksScheduleIndex index = new RocksScheduleIndex(directory)) {
            apply(index, List.of(row(1, 1)), List.of(), new IndexState(LOG, 1, 1, -1));
            index.flush();
            apply(index, List.of(row(2, 2)), List.of(row(1, 1).key()), new IndexState(LOG, 2, 1, -1));
        }
        try (RocksScheduleIndex index = new RocksScheduleIndex(directory)) {
            assertThat(index.state()).isEqualTo(new IndexState(LOG, 1, 1, -1));
            assertThat(scan(index, null)).containsExactly(row(1, 1));
        }
    }

    @Test
    void endedKeysAreNotedAndForgottenByTheirTimeAndAreNoRows() {
        try (RocksScheduleIndex index = new RocksScheduleIndex(directory)) {
            List<ScheduleKey> ended = List.of(row(5, 1).key(), row(6, 1).key(), row(7, 0).key());
            index.apply(new IndexChanges(List.of(row(6, 1), row(9, 1)), List.of(), List.of(), ended), new IndexState(LOG, 9, 2, 3));
            assertThat(ended).allMatch(index::hasEnded);
            assertThat(index.hasEnded(row(9, 1).key())).isFalse();
            assertThat(scan(index, null)).containsExactly(row(6, 1), row(9, 1));
            index.forgetEnded(7);
            assertThat(ended).filteredOn(index::hasEnded).containsExactly(row(7, 0).key());
            assertThat(index.find(row(6, 1).key())).isNotNull();
        }
    }

    @Test
    void undecidedRecordsAreNoRowsUntilTheyWaitOrEnd() {
        try (RocksScheduleIndex index = new RocksScheduleIndex(directory)) {
            List<UndecidedRow> undecided = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                ScheduleKey key = new ScheduleKey(i, ScheduleKey.REPEATABLE | 5, i);
                undecided.add(new UndecidedRow(new WaitingRow(key, i, 100, 5), LOG, i, i * 10L, i * 100L));
            }
            index.apply(new IndexChanges(List.of(row(9, 1)), undecided, List.of(), List.of()), new IndexState(LOG, 9, 2, 3));
            assertThat(scan(index, null)).containsExactly(row(9, 1));
            assertThat(scanUndecided(index, null)).isEqualTo(undecided);
            assertThat(scanUndecided(index, undecided.get(2).record().key())).isEqualTo(undecided.subList(2, 4));
            WaitingRow decided = undecided.get(0).record();
            ScheduleKey ended = undecided.get(3).record().key();
            index.apply(new IndexChanges(List.of(decided), List.of(), List.of(), List.of(ended)), new IndexState(LOG, 9, 2, 3));
            assertThat(scanUndecided(index, null)).isEqualTo(undecided.subList(1, 3));
            assertThat(index.findUndecided(ended)).isNull();
            assertThat(index.findUndecided(undecided.get(1).record().key())).isEqualTo(undecided.get(1));
            assertThat(scan(index, null)).containsExactly(decided, row(9, 1));
        }
    }

    private static List<UndecidedRow> scanUndecided(RocksScheduleIndex index, @Nullable ScheduleKey from) {
        List<UndecidedRow> rows = new ArrayList<>();
        index.scanUndecided(from, rows::add);
        return rows;
    }

    @Test
    void anUnknownFormatIsToldAsDamage() throws RocksDBException {
        try (RocksScheduleIndex index = new RocksScheduleIndex(directory)) {
            apply(index, List.of(), List.of(), IndexState.empty(LOG));
            index.flush();
        }
        try (Options options = new Options(); RocksDB db = RocksDB.open(options, directory.toString())) {
            byte[] state = db.get(new byte[] {(byte) 0xFF});
            byte[] later = Arrays.copyOf(state, state.length);
            later[0]++;
            db.put(new byte[] {(byte) 0xFF}, later);
        }
        try (RocksScheduleIndex index = new RocksScheduleIndex(directory)) {
            assertThatThrownBy(index::state)
                .isInstanceOfSatisfying(IndexFailure.class, failure -> assertThat(failure.isDamaged()).isTrue());
        }
    }

    @Test
    void asManyRowsAsOneLikesTakeNoMoreMemoryThanStated() {
        try (RocksScheduleIndex index = new RocksScheduleIndex(directory)) {
            List<WaitingRow> rows = new ArrayList<>();
            for (int i = 0; i < 500_000; i++) {
                rows.add(row(i * 7919L % 1_000_003, i));
                if (rows.size() == 5000) {
                    apply(index, rows, List.of(), new IndexState(LOG, i, i, -1));
                    rows.clear();
                }
            }
            long[] seen = {0};
            index.scan(null, row -> {
                seen[0]++;
                return true;
            });
            assertThat(seen[0]).isEqualTo(500_000);
            // Two write buffers and the cache, and what their arenas round up to.
            assertThat(index.memoryBytes()).isLessThan(40 << 20);
        }
    }
}
