package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import io.tributary.core.store.LogId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects of segments that are no longer part of their log. Each is deleted in the background, tried again until that works; after a crash
 * the manifest tells of those whose log is still there, and {@link Reconciliation} finds the others.
 */
final class Deletions {
    private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);

    private final ObjectStorage storage;
    private final ObjectKeys keys;
    private final Outage outage;
    private final Map<LogId, RemoteLog> logs;
    private final ChunkCache cache;
    private final Set<ObjectKeys.Location> waiting = ConcurrentHashMap.newKeySet();

    Deletions(ObjectStorage storage, ObjectKeys keys, Outage outage, Map<LogId, RemoteLog> logs, ChunkCache cache) {
        this.storage = storage;
        this.keys = keys;
        this.outage = outage;
        this.logs = logs;
        this.cache = cache;
    }

    long waiting() {
        return waiting.size();
    }

    void add(LogId log, long baseOffset) {
        waiting.add(new ObjectKeys.Location(log, baseOffset));
    }

    /** Goes through what waits. */
    void run() throws InterruptedException {
        for (ObjectKeys.Location location : List.copyOf(waiting)) {
            if (!outage.mayTry()) {
                return;
            }
            RemoteLog log = logs.get(location.log());
            if (log != null && !log.claim(location.baseOffset())) {
                // Its upload is still under way.
                continue;
            }
            try {
                storage.delete(keys.key(location.log(), location.baseOffset()));
                outage.over();
                if (log != null) {
                    log.remove(location.baseOffset());
                }
                cache.forget(location.log(), location.baseOffset());
                waiting.remove(location);
            } catch (BrokerException failure) {
                LOG.debug("{} is still there", location, failure);
                outage.failed(failure);
                return;
            } finally {
                if (log != null) {
                    log.release(location.baseOffset());
                }
            }
        }
    }
}
