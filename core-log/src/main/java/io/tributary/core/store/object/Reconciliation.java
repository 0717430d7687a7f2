package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import io.tributary.core.store.LogId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a crash has left in the bucket under this broker's keys, and deletes it: unfinished uploads, objects of topics that are no
 * more, and objects that no manifest names. Objects that are not named as this broker names them are left alone.
 */
final class Reconciliation {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

    private final ObjectStorage storage;
    private final ObjectKeys keys;
    private final Outage outage;
    private final Map<LogId, RemoteLog> logs;

    Reconciliation(ObjectStorage storage, ObjectKeys keys, Outage outage, Map<LogId, RemoteLog> logs) {
        this.storage = storage;
        this.keys = keys;
        this.outage = outage;
        this.logs = logs;
    }

    /** Looks once; returns whether it came to the end. */
    boolean run() throws InterruptedException {
        try {
            // A page is worked on when all have been listed, since deleting while listing may shift what comes.
            List<ObjectKeys.Location> strangers = new ArrayList<>();
            storage.list(keys.root(), page -> page.stream().map(keys::parse).filter(this::isStranger).forEach(strangers::add));
            int deleted = 0;
            for (ObjectKeys.Location location : strangers) {
                deleted += delete(location) ? 1 : 0;
            }
            outage.over();
            int aborted = abortUploadsIfPossible();
            if (aborted + deleted > 0) {
                LOG.info("{} unfinished uploads and {} objects that belong to no log were deleted", aborted, deleted);
            }
            return true;
        } catch (BrokerException failure) {
            outage.failed(failure);
            return false;
        }
    }

    /** Not every store can list them, and nothing but space depends on it. */
    private int abortUploadsIfPossible() throws InterruptedException {
        try {
            return abortUploads();
        } catch (BrokerException failure) {
            LOG.warn("unfinished uploads are not looked for: {}", failure.getMessage());
            return 0;
        }
    }

    private int abortUploads() throws InterruptedException {
        int count = 0;
        for (ObjectStorage.Unfinished upload : storage.unfinished(keys.root())) {
            ObjectKeys.Location location = keys.parse(upload.key());
            RemoteLog log = location == null ? null : logs.get(location.log());
            if (location != null && (log == null || !log.isClaimed(location.baseOffset()))) {
                storage.abort(upload);
                count++;
            }
        }
        return count;
    }

    private boolean isStranger(ObjectKeys.@Nullable Location location) {
        if (location == null) {
            return false;
        }
        RemoteLog log = logs.get(location.log());
        return log == null || !log.mayHold(location.baseOffset());
    }

    private boolean delete(ObjectKeys.Location location) throws InterruptedException {
        RemoteLog log = logs.get(location.log());
        if (log == null) {
            storage.delete(keys.key(location.log(), location.baseOffset()));
            return true;
        }
        if (!log.claimUnknown(location.baseOffset())) {
            return false;
        }
        try {
            storage.delete(keys.key(location.log(), location.baseOffset()));
            return true;
        } finally {
            log.release(location.baseOffset());
        }
    }
}
