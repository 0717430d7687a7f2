package io.tributary.core.metadata.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/** Metadata in RocksDB, every write forced to the disk. A value is stored behind its version, eight bytes. */
public final class RocksMetadataStore implements MetadataStore {
    private static final long WRITE_BUFFER_BYTES = 4 << 20;
    private static final int KEPT_LOG_FILES = 2;

    static {
        RocksDB.loadLibrary();
    }

    /** What runs on the store's thread. */
    private interface Call<T> {
        @Nullable T run() throws RocksDBException;
    }

    private final Options options;
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final RocksDB db;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "tributary-metadata");
        thread.setDaemon(true);
        return thread;
    });

    /** Opens the store in a directory, which is made if need be; fails with STORAGE_FAILURE. */
    public RocksMetadataStore(Path directory) {
        options = new Options().setCreateIfMissing(true).setWriteBufferSize(WRITE_BUFFER_BYTES).setKeepLogFileNum(KEPT_LOG_FILES);
        try {
            Files.createDirectories(directory);
            db = RocksDB.open(options, directory.toString());
        } catch (IOException | RocksDBException e) {
            options.close();
            synced.close();
            executor.shutdown();
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot open the metadata in " + directory + ": " + e.getMessage(), e);
        }
    }

    @Override
    public CompletionStage<Long> put(String key, byte[] value, long expectedVersion) {
        return call(() -> {
            long version = check(key, expectedVersion) + 1;
            byte[] stored = ByteBuffer.allocate(Long.BYTES + value.length).putLong(version).put(value).array();
            db.put(synced, key.getBytes(UTF_8), stored);
            return version;
        });
    }

    @Override
    public CompletionStage<Void> delete(String key, long expectedVersion) {
        return call(() -> {
            long version = check(key, expectedVersion);
            db.delete(synced, key.getBytes(UTF_8));
            return version;
        }).thenAccept(version -> { });
    }

    /** The key's version, or ABSENT; fails when it is not the expected one. */
    private long check(String key, long expectedVersion) throws RocksDBException {
        byte[] stored = db.get(key.getBytes(UTF_8));
        long version = stored == null ? ABSENT : ByteBuffer.wrap(stored).getLong();
        if (expectedVersion != ANY_VERSION && expectedVersion != version) {
            throw new VersionConflict(key, expectedVersion);
        }
        return version;
    }

    @Override
    public CompletionStage<@Nullable Entry> get(String key) {
        return call(() -> {
            byte[] stored = db.get(key.getBytes(UTF_8));
            return stored == null ? null : entry(key, stored);
        });
    }

    @Override
    public CompletionStage<List<Entry>> list(String prefix) {
        return call(() -> {
            byte[] from = prefix.getBytes(UTF_8);
            List<Entry> entries = new ArrayList<>();
            try (RocksIterator iterator = db.newIterator()) {
                for (iterator.seek(from); iterator.isValid() && startsWith(iterator.key(), from); iterator.next()) {
                    entries.add(entry(new String(iterator.key(), UTF_8), iterator.value()));
                }
                iterator.status();
            }
            return entries;
        });
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static Entry entry(String key, byte[] stored) {
        return new Entry(key, Arrays.copyOfRange(stored, Long.BYTES, stored.length), ByteBuffer.wrap(stored).getLong());
    }

    private <T> CompletionStage<T> call(Call<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    result.complete(call.run());
                } catch (RocksDBException e) {
                    result.completeExceptionally(
                        new BrokerException(ErrorCode.STORAGE_FAILURE, "the metadata store failed: " + e.getMessage(), e));
                } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException closed) {
            result.completeExceptionally(new BrokerException(ErrorCode.CLOSED, "the metadata store is closed", closed));
        }
        return result;
    }

    @Override
    public void close() {
        executor.shutdown();
        boolean interrupted = false;
        while (!executor.isTerminated()) {
            try {
                executor.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        db.close();
        options.close();
        synced.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
