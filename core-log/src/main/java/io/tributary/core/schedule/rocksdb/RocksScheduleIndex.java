package io.tributary.core.schedule.rocksdb;

import io.tributary.core.schedule.index.IndexChanges;
import io.tributary.core.schedule.index.IndexFailure;
import io.tributary.core.schedule.index.IndexState;
import io.tributary.core.schedule.index.ScheduleIndex;
import io.tributary.core.schedule.index.ScheduleKey;
import io.tributary.core.schedule.index.UndecidedRow;
import io.tributary.core.schedule.index.WaitingRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The index in RocksDB: a row of 24 and 20 bytes for each waiting record, one of 25 bytes for each key that is noted as ended, one of 25
 * and 56 bytes for each undecided record, and one row for the state. There is no write-ahead log, for the schedule's log is one: after a
 * crash the index is as it was when memory was last written out, which is a moment of its past, and the rest is read again.
 *
 * <p>Memory outside of the heap: two write buffers of {@value #WRITE_BUFFER_BYTES} bytes and a cache of {@value #CACHE_BYTES}, whatever
 * the number of rows; at most {@value #MAX_OPEN_FILES} open files.
 */
public final class RocksScheduleIndex implements ScheduleIndex {
    private static final int WRITE_BUFFER_BYTES = 8 << 20;
    private static final int WRITE_BUFFERS = 2;
    private static final int CACHE_BYTES = 16 << 20;
    private static final int MAX_OPEN_FILES = 64;
    private static final int FILE_BYTES = 16 << 20;
    private static final int KEPT_LOG_FILES = 2;
    /** Behind every row, whose first byte is that of a time. */
    private static final byte[] STATE_KEY = {(byte) 0xFF};
    /** Before the keys that have ended: behind all rows. */
    private static final byte ENDED = (byte) 0x80;
    /** Before the keys of undecided records: behind those. */
    private static final byte UNDECIDED = (byte) 0x81;
    private static final byte[] NOTHING = {};
    private static final ScheduleKey FIRST = new ScheduleKey(0, 0, 0);
    private static final byte FORMAT = 1;
    private static final int STATE_BYTES = 1 + 5 * Long.BYTES;
    private static final int ROW_BYTES = Long.BYTES + Integer.BYTES + Long.BYTES;
    private static final int UNDECIDED_BYTES = ROW_BYTES + 4 * Long.BYTES + Integer.BYTES;

    static {
        RocksDB.loadLibrary();
    }

    private final LRUCache cache = new LRUCache(CACHE_BYTES);
    private final Options options = new Options();
    private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
    private final RocksDB db;

    /** Opens the index in a directory, which is made if need be. */
    public RocksScheduleIndex(Path directory) {
        options.setCreateIfMissing(true).setWriteBufferSize(WRITE_BUFFER_BYTES).setMaxWriteBufferNumber(WRITE_BUFFERS)
            .setMaxOpenFiles(MAX_OPEN_FILES).setKeepLogFileNum(KEPT_LOG_FILES).setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setTargetFileSizeBase(FILE_BYTES).setLevelCompactionDynamicLevelBytes(true).setAvoidFlushDuringShutdown(true)
            .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache).setCacheIndexAndFilterBlocks(true));
        try {
            Files.createDirectories(directory);
            db = RocksDB.open(options, directory.toString());
        } catch (IOException e) {
            closeOptions();
            throw new IndexFailure("cannot make the directory " + directory + ": " + e.getMessage(), false, e);
        } catch (RocksDBException e) {
            closeOptions();
            throw failure("cannot open the schedule's index in " + directory, e);
        }
    }

    /** Deletes an index that is not open. */
    public static void destroy(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new IndexFailure("cannot delete the schedule's index in " + directory + ": " + e.getMessage(), false, e);
        }
    }

    @Override
    public @Nullable IndexState state() {
        byte[] stored = get(STATE_KEY);
        if (stored == null) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(stored);
        if (stored.length != STATE_BYTES || in.get() != FORMAT) {
            throw new IndexFailure("the schedule's index has an unknown format", true);
        }
        return new IndexState(new UUID(in.getLong(), in.getLong()), in.getLong(), in.getLong(), in.getLong());
    }

    @Override
    public void apply(IndexChanges changes, IndexState state) {
        try (WriteBatch batch = new WriteBatch()) {
            for (UndecidedRow row : changes.undecided()) {
                ByteBuffer value = put(ByteBuffer.allocate(UNDECIDED_BYTES), row.record()).putLong(row.topicId().getMostSignificantBits())
                    .putLong(row.topicId().getLeastSignificantBits()).putInt(row.partition()).putLong(row.batchOffset())
                    .putLong(row.producerId());
                batch.put(behind(UNDECIDED, row.record().key()), value.array());
            }
            for (WaitingRow row : changes.added()) {
                batch.put(row.key().toBytes(), put(ByteBuffer.allocate(ROW_BYTES), row).array());
                if (row.key().isRepeatable()) {
                    batch.delete(behind(UNDECIDED, row.key()));
                }
            }
            for (ScheduleKey key : changes.removed()) {
                batch.delete(key.toBytes());
            }
            for (ScheduleKey key : changes.ended()) {
                batch.put(behind(ENDED, key), NOTHING);
                batch.delete(behind(UNDECIDED, key));
            }
            batch.put(STATE_KEY, ByteBuffer.allocate(STATE_BYTES).put(FORMAT).putLong(state.log().getMostSignificantBits())
                .putLong(state.log().getLeastSignificantBits()).putLong(state.position()).putLong(state.waiting())
                .putLong(state.claim()).array());
            db.write(unlogged, batch);
        } catch (RocksDBException e) {
            throw failure("cannot write the schedule's index", e);
        }
    }

    @Override
    public @Nullable WaitingRow find(ScheduleKey key) {
        byte[] stored = get(key.toBytes());
        return stored == null ? null : row(key, stored);
    }

    private static ByteBuffer put(ByteBuffer value, WaitingRow row) {
        return value.putLong(row.offset()).putInt(row.bytes()).putLong(row.target());
    }

    private static byte[] behind(byte prefix, ScheduleKey key) {
        return ByteBuffer.allocate(1 + ScheduleKey.BYTES).put(prefix).put(key.toBytes()).array();
    }

    @Override
    public boolean hasEnded(ScheduleKey key) {
        return get(behind(ENDED, key)) != null;
    }

    @Override
    public void forgetEnded(long dueBeforeMs) {
        try {
            db.deleteRange(unlogged, behind(ENDED, FIRST), behind(ENDED, new ScheduleKey(Math.max(0, dueBeforeMs), 0, 0)));
        } catch (RocksDBException e) {
            throw failure("cannot write the schedule's index", e);
        }
    }

    private byte @Nullable [] get(byte[] key) {
        try {
            return db.get(key);
        } catch (RocksDBException e) {
            throw failure("cannot read the schedule's index", e);
        }
    }

    @Override
    public void scan(@Nullable ScheduleKey from, Predicate<WaitingRow> visitor) {
        try (RocksIterator iterator = db.newIterator()) {
            if (from == null) {
                iterator.seekToFirst();
            } else {
                iterator.seek(from.toBytes());
            }
            while (iterator.isValid()) {
                byte[] key = iterator.key();
                if (key.length != ScheduleKey.BYTES || !visitor.test(row(ScheduleKey.ofBytes(key), iterator.value()))) {
                    break;
                }
                iterator.next();
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw failure("cannot read the schedule's index", e);
        }
    }

    @Override
    public @Nullable UndecidedRow findUndecided(ScheduleKey key) {
        byte[] stored = get(behind(UNDECIDED, key));
        return stored == null ? null : undecided(key, stored);
    }

    @Override
    public void scanUndecided(@Nullable ScheduleKey from, Predicate<UndecidedRow> visitor) {
        try (RocksIterator iterator = db.newIterator()) {
            for (iterator.seek(behind(UNDECIDED, from == null ? FIRST : from)); iterator.isValid(); iterator.next()) {
                byte[] key = iterator.key();
                if (key[0] != UNDECIDED || !visitor.test(undecided(
                        ScheduleKey.ofBytes(Arrays.copyOfRange(key, 1, key.length)), iterator.value()))) {
                    break;
                }
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw failure("cannot read the schedule's index", e);
        }
    }

    private static UndecidedRow undecided(ScheduleKey key, byte[] stored) {
        ByteBuffer in = value(stored, UNDECIDED_BYTES);
        return new UndecidedRow(row(key, in), new UUID(in.getLong(), in.getLong()), in.getInt(), in.getLong(), in.getLong());
    }

    private static WaitingRow row(ScheduleKey key, byte[] stored) {
        return row(key, value(stored, ROW_BYTES));
    }

    private static WaitingRow row(ScheduleKey key, ByteBuffer in) {
        return new WaitingRow(key, in.getLong(), in.getInt(), in.getLong());
    }

    private static ByteBuffer value(byte[] stored, int bytes) {
        if (stored.length != bytes) {
            throw new IndexFailure("a row of the schedule's index has " + stored.length + " bytes", true);
        }
        return ByteBuffer.wrap(stored);
    }

    @Override
    public long memoryBytes() {
        try {
            return db.getLongProperty("rocksdb.cur-size-all-mem-tables") + db.getLongProperty("rocksdb.estimate-table-readers-mem")
                + cache.getUsage();
        } catch (RocksDBException e) {
            throw failure("cannot read the schedule's index", e);
        }
    }

    @Override
    public void flush() {
        try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
            db.flush(waiting);
        } catch (RocksDBException e) {
            throw failure("cannot write out the schedule's index", e);
        }
    }

    @Override
    public void close() {
        db.close();
        closeOptions();
    }

    private void closeOptions() {
        List.<RocksObject>of(options, unlogged, cache).forEach(RocksObject::close);
    }

    private static IndexFailure failure(String what, RocksDBException e) {
        Status status = e.getStatus();
        boolean damaged = status == null || switch (status.getCode()) {
            case Corruption, NotFound, NotSupported, InvalidArgument -> true;
            default -> false;
        };
        return new IndexFailure(what + ": " + e.getMessage(), damaged, e);
    }
}
