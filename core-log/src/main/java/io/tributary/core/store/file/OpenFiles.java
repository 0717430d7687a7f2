package io.tributary.core.store.file;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment files that are open: about so many as are allowed. When there are more, one that has not been used for long is closed, and is
 * opened again when it is needed. What was lent to a reader stays open for a minute; no more than half of the files are lent.
 */
final class OpenFiles implements AutoCloseable {
    static final long GRACE_MS = 60_000;
    private static final int MOST_FILES = 8192;
    private static final int FEWEST_FILES = 64;
    /** The rest of what the process may open is for connections and everything else. */
    private static final int SHARE = 4;
    /** How many are looked at for one to be closed. */
    private static final int TRIES = 32;
    private static final long SWEEP_MS = 5_000;
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    private final Disk disk;
    private final int limit;
    /** The one that waits longest for being looked at first. Guarded by this. */
    private final Set<SegmentFile> open = new LinkedHashSet<>();
    private int lent;
    private final ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tributary-open-files");
        thread.setDaemon(true);
        return thread;
    });

    OpenFiles(Disk disk, int limit) {
        this.disk = disk;
        this.limit = limit;
        ScheduledFuture<?> unused = sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_MS, SWEEP_MS, TimeUnit.MILLISECONDS);
    }

    /** How many files a process can well have open for its segments: a quarter of what the system lets it open. */
    static int affordable() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? (int) Math.max(FEWEST_FILES, Math.min(MOST_FILES, system.getMaxFileDescriptorCount() / SHARE)) : MOST_FILES;
    }

    /** Milliseconds of a clock that does not jump. */
    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    Disk disk() {
        return disk;
    }

    synchronized int count() {
        return open.size();
    }

    /** A file was opened. The caller holds the file's lock, and calls {@link #closeSome} when it does not. */
    synchronized void opened(SegmentFile file) {
        open.add(file);
    }

    /** Closes files that are not in use while there are more than allowed. */
    void closeSome() {
        for (int tries = 0; tries < TRIES; tries++) {
            SegmentFile candidate;
            synchronized (this) {
                Iterator<SegmentFile> oldest = open.iterator();
                if (open.size() <= limit || !oldest.hasNext()) {
                    return;
                }
                candidate = oldest.next();
                oldest.remove();
                if (candidate.wasUsed() || candidate.isLent() || candidate.isDeleted()) {
                    open.add(candidate);
                    continue;
                }
            }
            if (!closeIfIdle(candidate)) {
                opened(candidate);
            }
        }
    }

    /** Whether a file may be lent to a reader; if so it is, until the reader's time is over. */
    synchronized boolean lend(SegmentFile file) {
        if (!file.isLent()) {
            if (lent >= limit / 2) {
                return false;
            }
            lent++;
            file.setLent(true);
        }
        return true;
    }

    private void sweep() {
        List<SegmentFile> unused = new ArrayList<>();
        synchronized (this) {
            long before = now() - GRACE_MS;
            for (Iterator<SegmentFile> files = open.iterator(); files.hasNext();) {
                SegmentFile file = files.next();
                if (file.isLent() && file.lentMs() < before) {
                    takeBack(file);
                }
                if (file.isDeleted() && !file.isLent()) {
                    files.remove();
                    unused.add(file);
                }
            }
        }
        for (SegmentFile file : unused) {
            if (!closeIfIdle(file)) {
                opened(file);
            }
        }
    }

    private synchronized void takeBack(SegmentFile file) {
        if (file.isLent()) {
            file.setLent(false);
            lent--;
        }
    }

    private static boolean closeIfIdle(SegmentFile file) {
        try {
            return file.closeIfIdle();
        } catch (IOException e) {
            LOG.warn("{} could not be closed: {}", file.path(), e.toString());
            return true;
        }
    }

    /** Closes a file that nobody reads yet, or any more. */
    void close(SegmentFile file) {
        synchronized (this) {
            open.remove(file);
            takeBack(file);
        }
        try {
            file.closeChannel();
        } catch (IOException e) {
            LOG.warn("{} could not be closed: {}", file.path(), e.toString());
        }
    }

    @Override
    public void close() {
        sweeper.shutdownNow();
        List<SegmentFile> all;
        synchronized (this) {
            all = List.copyOf(open);
        }
        all.forEach(this::close);
    }
}
