package io.tributary.core.broker;

import io.tributary.core.store.SegmentStore;
import io.tributary.core.store.file.FileSegmentStore;
import io.tributary.core.store.object.ObjectStorage;
import io.tributary.core.store.object.TierSettings;
import io.tributary.core.store.object.TieredSegmentStore;
import io.tributary.core.store.object.s3.S3Storage;

/** Makes the store of what outlives the process: files, with or without a second tier. */
final class DurableStore {
    private static final String CACHE_DIRECTORY = "tier-cache";

    private DurableStore() {
    }

    /** The store of a configuration, not recovered yet. Fails with STORAGE_FAILURE when the tier's bucket cannot be used. */
    static SegmentStore open(BrokerConfig config, String clusterId) {
        FileSegmentStore.Settings settings = new FileSegmentStore.Settings(config.durability() == BrokerConfig.Durability.FSYNC,
            config.journalFileBytes(), config.checkpointEvery());
        TierSettings tier = config.tier();
        if (tier == null) {
            return new FileSegmentStore(config.dataDir(), settings, TieredSegmentStore.NO_TIER);
        }
        ObjectStorage storage = S3Storage.open(tier);
        try {
            storage.check();
            return new TieredSegmentStore(floor -> new FileSegmentStore(config.dataDir(), settings, floor), storage, tier.prefix(),
                clusterId, config.dataDir().resolve(CACHE_DIRECTORY),
                new TieredSegmentStore.Settings(tier.cacheBytes(), tier.transfers()));
        } catch (RuntimeException failure) {
            storage.close();
            throw failure;
        }
    }
}
