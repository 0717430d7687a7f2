package io.tributary.core.store.object;

import io.tributary.core.store.SegmentStore;
import io.tributary.core.store.SegmentStoreContract;
import io.tributary.core.store.file.FileSegmentStore;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** As long as nothing is offloaded, it is the store of files. */
class TieredSegmentStoreTest extends SegmentStoreContract {
    @TempDir
    Path directory;

    @Override
    protected SegmentStore newStore() {
        return new TieredSegmentStore(
            floor -> new FileSegmentStore(directory, new FileSegmentStore.Settings(true, 1 << 20, Duration.ofHours(1)), floor),
            new FakeObjects(), "", "cluster", directory.resolve("cache"),
            new TieredSegmentStore.Settings(TierSettings.MIN_CACHE_BYTES, 2));
    }
}
