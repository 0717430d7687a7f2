package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import io.tributary.core.store.Segment;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores sealed segments as objects, a few at a time, and notes them in their log's manifest. One that fails is left to be asked for again:
 * retention does, every few seconds.
 */
final class Uploads {
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

    private final ObjectStorage storage;
    private final ObjectKeys keys;
    private final Outage outage;
    private final ThreadPoolExecutor threads;
    private final Deletions deletions;
    private final AtomicLong waiting = new AtomicLong();
    private final LongAdder uploadedBytes = new LongAdder();
    private final LongAdder failures = new LongAdder();

    Uploads(ObjectStorage storage, ObjectKeys keys, Outage outage, ThreadPoolExecutor threads, Deletions deletions) {
        this.storage = storage;
        this.keys = keys;
        this.outage = outage;
        this.threads = threads;
        this.deletions = deletions;
    }

    long waiting() {
        return waiting.get();
    }

    long uploadedBytes() {
        return uploadedBytes.sum();
    }

    long failures() {
        return failures.sum();
    }

    /** Has a segment stored that is sealed and durable, unless that is under way or the store does not answer. */
    void submit(TieredSegment segment) {
        if (!outage.mayTry() || !segment.log().claim(segment.baseOffset())) {
            return;
        }
        waiting.incrementAndGet();
        try {
            threads.execute(() -> run(segment));
        } catch (RejectedExecutionException stopping) {
            done(segment);
        }
    }

    private void done(TieredSegment segment) {
        waiting.decrementAndGet();
        segment.log().release(segment.baseOffset());
    }

    private void run(TieredSegment segment) {
        try {
            Segment local = segment.local();
            if (local != null && !segment.isOffloaded() && !segment.isDeleted() && outage.mayTry()) {
                store(segment, local);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException fault) {
            LOG.error("{} cannot be stored", segment, fault);
        } finally {
            done(segment);
        }
        if (segment.isDeleted()) {
            deletions.add(segment.log().id(), segment.baseOffset());
        }
    }

    private void store(TieredSegment segment, Segment local) throws InterruptedException {
        SegmentSource source = new SegmentSource(local);
        try {
            storage.put(keys.key(segment.log().id(), segment.baseOffset()), source);
            outage.over();
            RemoteSegment stored = source.summary();
            if (segment.log().add(stored)) {
                uploadedBytes.add(stored.extent().size());
                segment.offloaded(stored);
            } else {
                deletions.add(segment.log().id(), segment.baseOffset());
            }
        } catch (BrokerException failure) {
            failed(segment, source.damage(), failure);
        }
    }

    private void failed(TieredSegment segment, @Nullable BrokerException damage, BrokerException failure) {
        if (segment.isDeleted() || Thread.currentThread().isInterrupted()) {
            return;
        }
        failures.increment();
        if (damage == null) {
            outage.failed(failure);
        } else {
            segment.markUnfit();
            LOG.error("{} is not stored as an object and stays as it is: {}", segment, damage.getMessage());
        }
    }
}
