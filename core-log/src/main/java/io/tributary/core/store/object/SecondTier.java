package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of the second tier and what they do. Safe on any thread; nothing here waits for the network, but for the reads. */
final class SecondTier {
    private static final long UPKEEP_MS = 2_000;
    private static final long RECONCILE_EVERY_MS = TimeUnit.HOURS.toMillis(6);
    private static final long STOP_SECONDS = 20;
    private static final long MAX_PAUSE_MS = 60_000;
    /** Readers wait. */
    private static final long MAX_READ_PAUSE_MS = 4_000;
    private static final Logger LOG = LoggerFactory.getLogger(SecondTier.class);

    private final ObjectStorage storage;
    private final ObjectKeys keys;
    private final Predicate<Segment> durable;
    private final Map<LogId, RemoteLog> logs = new ConcurrentHashMap<>();
    private final Outage reading = new Outage("reading from the object store", MAX_READ_PAUSE_MS);
    private final Outage storing = new Outage("storing in the object store", MAX_PAUSE_MS);
    private final Outage deleting = new Outage("deleting in the object store", MAX_PAUSE_MS);
    private final Outage listing = new Outage("listing what is in the object store", MAX_PAUSE_MS);
    private final ChunkCache cache;
    private final RemoteReads reads;
    private final Deletions deletions;
    private final Uploads uploads;
    private final Reconciliation reconciliation;
    private final ThreadPoolExecutor uploadThreads;
    private final ThreadPoolExecutor readThreads;
    private final ScheduledThreadPoolExecutor upkeep = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "tributary-tier-upkeep"));
    private long reconciledMs;
    private boolean reconciled;

    /**
     * A tier that does nothing yet.
     *
     * @param durable whether a local, sealed segment is on the disk for good
     */
    SecondTier(ObjectStorage storage, ObjectKeys keys, Path cacheDirectory, TieredSegmentStore.Settings settings,
               Predicate<Segment> durable) {
        this.storage = storage;
        this.keys = keys;
        this.durable = durable;
        this.cache = new ChunkCache(cacheDirectory, settings.cacheBytes(), ChunkCache.Grace.DEFAULT);
        this.uploadThreads = pool(settings.transfers(), "tributary-tier-upload-");
        this.readThreads = pool(settings.transfers(), "tributary-tier-read-");
        this.reads = new RemoteReads(storage, keys, cache, reading);
        this.deletions = new Deletions(storage, keys, deleting, logs, cache);
        this.uploads = new Uploads(storage, keys, storing, uploadThreads, deletions);
        this.reconciliation = new Reconciliation(storage, keys, listing, logs);
    }

    private static ThreadPoolExecutor pool(int threads, String name) {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(threads, threads, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(),
            task -> daemon(task, name + number.getAndIncrement()));
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Begins the work in the background; all logs are known. */
    void start() {
        ScheduledFuture<?> unused = upkeep.scheduleWithFixedDelay(this::lookAfter, 0, UPKEEP_MS, TimeUnit.MILLISECONDS);
    }

    /** The logs that there are; changed as these come and go. */
    Map<LogId, RemoteLog> logs() {
        return logs;
    }

    RemoteReads reads() {
        return reads;
    }

    Executor readThreads() {
        return readThreads;
    }

    String key(LogId log, long baseOffset) {
        return keys.key(log, baseOffset);
    }

    void upload(TieredSegment segment) {
        Segment local = segment.local();
        if (local != null && durable.test(local)) {
            uploads.submit(segment);
        }
    }

    /** Lets a segment's local file go, once the manifest says that it may be gone. */
    void release(TieredSegment segment) {
        inBackground(() -> {
            segment.log().letGoBefore(segment.endOffset());
            Segment local = segment.detachLocal();
            if (local != null) {
                local.delete();
            }
        });
    }

    /** A segment is no longer part of its log. */
    void forget(RemoteLog log, long baseOffset) {
        if (log.mayHold(baseOffset)) {
            deletions.add(log.id(), baseOffset);
            inBackground(this::runDeletions);
        }
    }

    /** A log has ended, and with it its directory. */
    void forget(RemoteLog log) {
        logs.remove(log.id());
        log.end().forEach(segment -> deletions.add(log.id(), segment.baseOffset()));
        inBackground(this::runDeletions);
    }

    private void inBackground(Runnable task) {
        try {
            upkeep.execute(() -> {
                try {
                    task.run();
                } catch (BrokerException failure) {
                    LOG.warn("{}", failure.getMessage());
                } catch (RuntimeException fault) {
                    LOG.error("the second tier's upkeep failed", fault);
                }
            });
        } catch (RejectedExecutionException stopping) {
            // The next start goes on with it.
        }
    }

    private void runDeletions() {
        try {
            deletions.run();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAfter() {
        try {
            cache.sweep();
            deletions.run();
            long now = CachedChunk.now();
            if (listing.mayTry() && (!reconciled || now - reconciledMs > RECONCILE_EVERY_MS)) {
                reconciled = reconciliation.run();
                reconciledMs = now;
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException fault) {
            LOG.error("the second tier's upkeep failed", fault);
        }
    }

    TierStatus status() {
        boolean available = !reading.isOn() && !storing.isOn() && !deleting.isOn() && !listing.isOn();
        return new TierStatus(available, uploads.uploadedBytes(), reads.fetchedBytes(), uploads.failures(), reads.failures(),
            uploads.waiting(), deletions.waiting(), cache.sizeInBytes());
    }

    /** Stops; what is under way is given up and begun again by the next start. */
    void close() {
        upkeep.shutdownNow();
        uploadThreads.shutdownNow();
        readThreads.shutdownNow();
        awaitEnd(upkeep);
        awaitEnd(uploadThreads);
        awaitEnd(readThreads);
        cache.close();
        storage.close();
    }

    private static void awaitEnd(ExecutorService threads) {
        try {
            if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a transfer of the second tier does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
