package io.tributary.core.store.file;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment files that are open. A deleted file, and one of those least used when there are too many, is closed only when nobody has
 * asked for it for a minute, so that what a reader was given stays readable.
 */
final class OpenFiles implements AutoCloseable {
    static final long GRACE_MS = 60_000;
    /** Beyond so many, files that have not been used for the time of grace are closed. */
    private static final int MANY_FILES = 2048;
    private static final long SWEEP_MS = 5_000;
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    private final Set<SegmentFile> open = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tributary-open-files");
        thread.setDaemon(true);
        return thread;
    });

    private final Disk disk;

    OpenFiles(Disk disk) {
        this.disk = disk;
        ScheduledFuture<?> unused = sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_MS, SWEEP_MS, TimeUnit.MILLISECONDS);
    }

    /** Milliseconds of a clock that does not jump. */
    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    Disk disk() {
        return disk;
    }

    void opened(SegmentFile file) {
        open.add(file);
    }

    int count() {
        return open.size();
    }

    private void sweep() {
        boolean many = open.size() > MANY_FILES;
        long before = now() - GRACE_MS;
        for (SegmentFile file : open) {
            if ((many || file.isDeleted()) && file.lastUsedMs() < before) {
                close(file);
            }
        }
    }

    /** Closes a file that nobody reads yet, or any more. */
    void close(SegmentFile file) {
        try {
            open.remove(file);
            file.closeChannel();
        } catch (IOException e) {
            LOG.warn("{} could not be closed: {}", file.path(), e.toString());
        }
    }

    @Override
    public void close() {
        sweeper.shutdownNow();
        open.forEach(this::close);
    }
}
