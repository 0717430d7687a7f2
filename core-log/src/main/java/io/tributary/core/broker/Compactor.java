package io.tributary.core.broker;

import io.tributary.core.log.PartitionLog;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.storage.internals.log.OffsetMap;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then for logs that are to be compacted, and compacts one after the other on a thread of its own. */
final class Compactor implements AutoCloseable {
    /** Of the heap: a key takes 24 bytes of it, whatever its length. */
    private static final int MEMORY_SHARE = 32;
    private static final long MAX_MEMORY = 128 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

    private final Supplier<Collection<LogTopic>> topics;
    private final ScheduledExecutorService executor;

    Compactor(Supplier<Collection<LogTopic>> topics, long everyMs) {
        this.topics = topics;
        this.executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "tributary-compaction");
            thread.setDaemon(true);
            return thread;
        });
        ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(this::pass, everyMs, everyMs, TimeUnit.MILLISECONDS);
    }

    private void pass() {
        // Let go when the pass ends: most of the time nothing is to be done.
        @Nullable OffsetMap map = null;
        for (LogTopic topic : topics.get()) {
            if (topic.config().compaction().isOn()) {
                for (PartitionLog log : topic.logs()) {
                    map = map == null ? newMap() : map;
                    if (Thread.currentThread().isInterrupted()) {
                        return;
                    }
                    compact(log, map);
                }
            }
        }
    }

    private static void compact(PartitionLog log, OffsetMap map) {
        try {
            long before = System.nanoTime();
            long size = log.sizeInBytes();
            if (log.compact(map)) {
                LOG.debug("{} was compacted from {} to {} bytes in {} ms", log.id(), size, log.sizeInBytes(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before));
            }
        } catch (RuntimeException failure) {
            if (!Thread.currentThread().isInterrupted()) {
                LOG.warn("{} cannot be compacted", log.id(), failure);
            }
        }
    }

    private static OffsetMap newMap() {
        try {
            return new SkimpyOffsetMap((int) Math.min(MAX_MEMORY, Runtime.getRuntime().maxMemory() / MEMORY_SHARE), "MD5");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    /** Ends a pass that is under way. Its segments are left as they were, or replaced. */
    @Override
    public void close() {
        executor.shutdownNow();
        boolean interrupted = false;
        while (!executor.isTerminated()) {
            try {
                executor.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
