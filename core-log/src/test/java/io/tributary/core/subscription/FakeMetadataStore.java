package io.tributary.core.subscription;

import io.tributary.core.metadata.MetadataStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Metadata in memory, for tests. */
final class FakeMetadataStore implements MetadataStore {
    private final TreeMap<String, Entry> entries = new TreeMap<>();

    @Override
    public synchronized CompletionStage<Long> put(String key, byte[] value, long expectedVersion) {
        Entry before = entries.get(key);
        long version = before == null ? ABSENT : before.version();
        if (expectedVersion != ANY_VERSION && expectedVersion != version) {
            return CompletableFuture.failedFuture(new VersionConflict(key, expectedVersion));
        }
        entries.put(key, new Entry(key, value, version + 1));
        return CompletableFuture.completedFuture(version + 1);
    }

    @Override
    public synchronized CompletionStage<Void> delete(String key, long expectedVersion) {
        entries.remove(key);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<@Nullable Entry> get(String key) {
        return CompletableFuture.completedFuture(entries.get(key));
    }

    @Override
    public synchronized CompletionStage<List<Entry>> list(String prefix) {
        List<Entry> found = new ArrayList<>();
        for (Map.Entry<String, Entry> entry : entries.tailMap(prefix).entrySet()) {
            if (entry.getKey().startsWith(prefix)) {
                found.add(entry.getValue());
            }
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
