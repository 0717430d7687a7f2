package io.tributary.core.retained.rocksdb;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.retained.view.PathKey;
import io.tributary.core.retained.view.RetainedRow;
import io.tributary.core.retained.view.RetainedView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The view in RocksDB: a row for each value, of its log's 17 bytes, its path and 21 bytes, and one for each log's position. Its write-ahead
 * log is not forced, so that only the end of the machine loses what was applied last, which is then read again.
 *
 * <p>Memory outside of the heap: two write buffers of {@value #WRITE_BUFFER_BYTES} bytes and a cache of {@value #CACHE_BYTES}, whatever
 * the number of rows; at most {@value #MAX_OPEN_FILES} open files.
 */
public final class RocksRetainedView implements RetainedView {
    private static final int WRITE_BUFFER_BYTES = 8 << 20;
    private static final int WRITE_BUFFERS = 2;
    private static final int CACHE_BYTES = 16 << 20;
    private static final int MAX_OPEN_FILES = 64;
    private static final int FILE_BYTES = 16 << 20;
    private static final int KEPT_LOG_FILES = 2;
    private static final int BLOOM_BITS = 10;
    private static final byte FORMAT = 1;
    private static final byte POSITION = 0;
    private static final byte ROW = 1;
    private static final int PREFIX_BYTES = 1 + 2 * Long.BYTES;
    private static final int POSITION_BYTES = 1 + Long.BYTES;
    private static final int ROW_BYTES = 1 + Long.BYTES + Integer.BYTES + Long.BYTES;

    static {
        RocksDB.loadLibrary();
    }

    private final LRUCache cache = new LRUCache(CACHE_BYTES);
    private final BloomFilter bloom = new BloomFilter(BLOOM_BITS);
    private final Options options = new Options();
    private final WriteOptions unforced = new WriteOptions();
    private final RocksDB db;

    /** Opens the view in a directory, which is made if need be; one that is damaged is deleted, for it can be made anew. */
    public RocksRetainedView(Path directory) {
        options.setCreateIfMissing(true).setWriteBufferSize(WRITE_BUFFER_BYTES).setMaxWriteBufferNumber(WRITE_BUFFERS)
            .setMaxOpenFiles(MAX_OPEN_FILES).setKeepLogFileNum(KEPT_LOG_FILES).setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setTargetFileSizeBase(FILE_BYTES).setLevelCompactionDynamicLevelBytes(true)
            .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache).setCacheIndexAndFilterBlocks(true)
                .setFilterPolicy(bloom));
        db = open(directory);
    }

    private RocksDB open(Path directory) {
        try {
            Files.createDirectories(directory);
            return RocksDB.open(options, directory.toString());
        } catch (IOException e) {
            closeOptions();
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot make the directory " + directory, e);
        } catch (RocksDBException damaged) {
            destroy(directory);
            try {
                Files.createDirectories(directory);
                return RocksDB.open(options, directory.toString());
            } catch (IOException | RocksDBException e) {
                closeOptions();
                e.addSuppressed(damaged);
                throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot open the view of the retained values in " + directory, e);
            }
        }
    }

    private static void destroy(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot delete the view of the retained values in " + directory, e);
        }
    }

    private static byte[] prefix(byte kind, UUID log) {
        return ByteBuffer.allocate(PREFIX_BYTES).put(kind).putLong(log.getMostSignificantBits()).putLong(log.getLeastSignificantBits())
            .array();
    }

    private static byte[] key(UUID log, PathKey path) {
        byte[] key = Arrays.copyOf(prefix(ROW, log), PREFIX_BYTES + path.bytes().length);
        System.arraycopy(path.bytes(), 0, key, PREFIX_BYTES, path.bytes().length);
        return key;
    }

    @Override
    public Collection<UUID> logs() {
        List<UUID> logs = new ArrayList<>();
        try (RocksIterator iterator = db.newIterator()) {
            for (iterator.seekToFirst(); iterator.isValid() && iterator.key()[0] == POSITION; iterator.next()) {
                ByteBuffer key = ByteBuffer.wrap(iterator.key(), 1, PREFIX_BYTES - 1);
                logs.add(new UUID(key.getLong(), key.getLong()));
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw failure("read", e);
        }
        return logs;
    }

    @Override
    public long position(UUID log) {
        byte[] stored = get(prefix(POSITION, log));
        if (stored == null) {
            return 0;
        }
        // What another version wrote is made anew.
        return stored.length == POSITION_BYTES && stored[0] == FORMAT ? ByteBuffer.wrap(stored, 1, Long.BYTES).getLong() : Long.MAX_VALUE;
    }

    @Override
    public void apply(UUID log, Map<PathKey, Optional<RetainedRow>> changes, long position) {
        try (WriteBatch batch = new WriteBatch()) {
            for (Map.Entry<PathKey, Optional<RetainedRow>> change : changes.entrySet()) {
                byte[] key = key(log, change.getKey());
                if (change.getValue().isPresent()) {
                    RetainedRow row = change.getValue().get();
                    batch.put(key, ByteBuffer.allocate(ROW_BYTES).put(FORMAT).putLong(row.offset()).putInt(row.bytes())
                        .putLong(row.expiresAt()).array());
                } else {
                    batch.delete(key);
                }
            }
            batch.put(prefix(POSITION, log), ByteBuffer.allocate(POSITION_BYTES).put(FORMAT).putLong(position).array());
            db.write(unforced, batch);
        } catch (RocksDBException e) {
            throw failure("write", e);
        }
    }

    @Override
    public @Nullable RetainedRow find(UUID log, PathKey path) {
        byte[] stored = get(key(log, path));
        return stored == null ? null : row(stored);
    }

    private byte @Nullable [] get(byte[] key) {
        try {
            return db.get(key);
        } catch (RocksDBException e) {
            throw failure("read", e);
        }
    }

    private static RetainedRow row(byte[] stored) {
        if (stored.length != ROW_BYTES) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE,
                "a row of the view of the retained values has " + stored.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(stored, 1, ROW_BYTES - 1);
        return new RetainedRow(in.getLong(), in.getInt(), in.getLong());
    }

    @Override
    public Rows rows(UUID log) {
        return new LogRows(log);
    }

    /** The rows of one log. */
    private final class LogRows implements Rows {
        private final UUID log;
        private final Slice bound;
        private final ReadOptions bounded;
        private final RocksIterator iterator;

        LogRows(UUID log) {
            this.log = log;
            bound = new Slice(end(log));
            bounded = new ReadOptions().setIterateUpperBound(bound);
            iterator = db.newIterator(bounded);
        }

        @Override
        public boolean seek(PathKey from) {
            iterator.seek(key(log, from));
            return isValid();
        }

        @Override
        public boolean next() {
            iterator.next();
            return isValid();
        }

        private boolean isValid() {
            if (iterator.isValid()) {
                return true;
            }
            try {
                iterator.status();
                return false;
            } catch (RocksDBException e) {
                throw failure("read", e);
            }
        }

        @Override
        public PathKey path() {
            byte[] key = iterator.key();
            return PathKey.ofBytes(Arrays.copyOfRange(key, PREFIX_BYTES, key.length));
        }

        @Override
        public RetainedRow row() {
            return RocksRetainedView.row(iterator.value());
        }

        @Override
        public void close() {
            iterator.close();
            bounded.close();
            bound.close();
        }
    }

    /** Behind all rows of a log. */
    private static byte[] end(UUID log) {
        byte[] end = prefix(ROW, log);
        for (int i = end.length - 1; i >= 0; i--) {
            end[i]++;
            if (end[i] != 0) {
                break;
            }
        }
        return end;
    }

    @Override
    public void forget(UUID log) {
        try {
            db.deleteRange(prefix(ROW, log), end(log));
            db.delete(prefix(POSITION, log));
        } catch (RocksDBException e) {
            throw failure("write", e);
        }
    }

    @Override
    public void close() {
        db.close();
        closeOptions();
    }

    private void closeOptions() {
        List.<RocksObject>of(options, unforced, bloom, cache).forEach(RocksObject::close);
    }

    private static BrokerException failure(String what, RocksDBException e) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot " + what + " the view of the retained values: " + e.getMessage(), e);
    }
}
