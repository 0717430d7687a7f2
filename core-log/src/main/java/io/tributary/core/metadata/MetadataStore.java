package io.tributary.core.metadata;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A small, durable, ordered map with compare-and-set: RocksDB in one process, ZooKeeper in the cluster. Stages fail with STORAGE_FAILURE
 * or, when the version does not hold, with {@link VersionConflict}.
 */
public interface MetadataStore extends AutoCloseable {
    /** Stands for a key that must not exist. */
    long ABSENT = -1;
    /** Stands for any version, or none. */
    long ANY_VERSION = -2;

    /**
     * One entry.
     *
     * @param version counts the writes of this key, from 0
     */
    record Entry(String key, byte[] value, long version) {
    }

    /** The key's version is not the expected one: somebody else wrote it. */
    final class VersionConflict extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public VersionConflict(String key, long expected) {
            super("metadata entry '" + key + "' is not at version " + expected);
        }
    }

    /** Writes durably if the key is at {@code expectedVersion}; completes with the new version. */
    CompletionStage<Long> put(String key, byte[] value, long expectedVersion);

    /** Deletes durably if the key is at {@code expectedVersion}. */
    CompletionStage<Void> delete(String key, long expectedVersion);

    /** The entry, or null. */
    CompletionStage<@Nullable Entry> get(String key);

    /** The entries whose key begins with {@code prefix}, by key. */
    CompletionStage<List<Entry>> list(String prefix);

    @Override
    void close();
}
