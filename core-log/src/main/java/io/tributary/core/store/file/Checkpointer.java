package io.tributary.core.store.file;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.LogId;
import io.tributary.core.store.SegmentExtent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forces written segments to the disk behind the appends, writes down how far that has come, and lets the journal go so far. Without a
 * journal it forces sealed segments only, and the others when the store is closed: the operating system's own pace is what was asked for.
 *
 * <p>When a segment or a directory cannot be forced, nobody knows what of it is on the disk. Then no checkpoint is made any more and the
 * journal is kept until the next start, which recovers from the last good checkpoint.
 */
final class Checkpointer {
    /** The growth of a segment that is still written that is worth writing its index again. */
    private static final int INDEX_GROWTH_BYTES = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    private final Disk disk;
    private final Path path;
    private final boolean journaled;
    private final Set<FileSegment> dirty = ConcurrentHashMap.newKeySet();
    private final Set<Path> newNames = ConcurrentHashMap.newKeySet();
    private final Map<LogId, Checkpoint.Point> points = new ConcurrentHashMap<>();
    private final AtomicBoolean changed = new AtomicBoolean();
    private final AtomicBoolean soon = new AtomicBoolean();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tributary-checkpoint");
        thread.setDaemon(true);
        return thread;
    });
    /** As in the file. */
    private volatile Map<LogId, Checkpoint.Point> writtenPoints = Map.of();
    private volatile @Nullable Journal journal;
    private volatile boolean broken;
    private volatile boolean halted;
    /** Whether the file could not be written, so that nobody knows what it says. */
    private boolean uncertain;
    private long journalEpoch;

    Checkpointer(Disk disk, Path path, boolean journaled) {
        this.disk = disk;
        this.path = path;
        this.journaled = journaled;
    }

    Checkpoint read() throws IOException {
        return Checkpoint.read(path);
    }

    /** Begins from what was recovered, and writes that down. */
    void recovered(Checkpoint checkpoint) throws IOException {
        points.putAll(checkpoint.points());
        journalEpoch = checkpoint.journalEpoch();
        write(journalEpoch, false);
    }

    void start(@Nullable Journal started, Duration every) {
        journal = started;
        ScheduledFuture<?> unused =
            executor.scheduleWithFixedDelay(() -> run(false), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Makes a checkpoint without waiting for its time. */
    void soon() {
        if (soon.compareAndSet(false, true)) {
            try {
                executor.execute(() -> run(false));
            } catch (RejectedExecutionException closing) {
                // The last checkpoint is being made.
            }
        }
    }

    /** Names in these directories have changed: they are synced before a checkpoint vouches for what is in them. */
    void namesChanged(Path... directories) {
        newNames.addAll(List.of(directories));
    }

    void dirty(FileSegment segment) {
        dirty.add(segment);
    }

    void noteStart(LogId log, long startOffset) {
        points.merge(log, Checkpoint.Point.NONE.withStart(startOffset), (known, ignored) -> known.withStart(startOffset));
        changed.set(true);
    }

    void forget(LogId log) {
        points.remove(log);
        dirty.removeIf(segment -> segment.log().equals(log));
        changed.set(true);
    }

    void deleted(FileSegment segment, Path directory) {
        dirty.remove(segment);
        namesChanged(directory);
    }

    /** Takes back what the checkpoint says beyond an extent, before the file is cut to it. */
    synchronized void lower(FileSegment segment, SegmentExtent cut) {
        Checkpoint.Point point = points.get(segment.log());
        boolean beyond = point != null && (point.segmentBase() > segment.baseOffset()
            || point.segmentBase() == segment.baseOffset() && point.endOffset() > cut.endOffset());
        if (point != null && beyond) {
            points.put(segment.log(), new Checkpoint.Point(point.startOffset(), segment.baseOffset(), cut.endOffset(), cut.size()));
        } else if (!uncertain) {
            return;
        }
        try {
            write(journalEpoch, false);
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot write " + path + ": " + e.getMessage(), e);
        }
    }

    /** Has a segment forced ahead of the checkpoint, which then finds little to do. */
    void writeBehind(FileSegment segment) {
        try {
            executor.execute(() -> forceAhead(segment));
        } catch (RejectedExecutionException closing) {
            // The last checkpoint is being made.
        }
    }

    /** Vouches for nothing, so it may force what a failed write left; the checkpoint cuts that off and forces once more. */
    private void forceAhead(FileSegment segment) {
        try {
            if (!broken && !halted) {
                segment.file().force();
            }
        } catch (IOException e) {
            if (!segment.file().isDeleted() && !halted) {
                broken = true;
                LOG.error("{} cannot be forced; no checkpoint will be made until the next start", segment.file().path(), e);
            }
        }
    }

    private void run(boolean last) {
        soon.set(false);
        if (broken || halted) {
            return;
        }
        try {
            checkpoint(last);
        } catch (IOException | RuntimeException e) {
            if (!halted) {
                LOG.error("no checkpoint could be made", e);
            }
        }
    }

    private synchronized void checkpoint(boolean last) throws IOException {
        if (!last && dirty.isEmpty() && !changed.get()) {
            return;
        }
        changed.set(false);
        Journal used = journal;
        // What was submitted before the roll is written to earlier files, and its segments were written before that.
        long epoch = used == null ? journalEpoch : roll(used);
        Set<FileSegment> taken = new HashSet<>(dirty);
        // After the segments: each has told of its names before it was written.
        Set<Path> names = new HashSet<>(newNames);
        taken.removeIf(segment -> !(journaled || last || segment.isSealed()));
        newNames.removeAll(names);
        dirty.removeAll(taken);
        try {
            Map<FileSegment, SegmentExtent> forced = new ConcurrentHashMap<>();
            if (last) {
                // Whoever stops the process waits.
                Parallel.forEach(taken, segment -> force(segment, forced));
                Parallel.forEach(names, this::sync);
            } else {
                for (FileSegment segment : taken) {
                    force(segment, forced);
                }
                for (Path name : names) {
                    sync(name);
                }
            }
            forced.forEach(this::advance);
            write(epoch, last);
        } catch (IOException | RuntimeException e) {
            newNames.addAll(names);
            dirty.addAll(taken);
            changed.set(true);
            throw e;
        }
        journalEpoch = epoch;
        if (used != null) {
            used.release(epoch);
        }
    }

    /** Can be interrupted: a journal that was halted does not answer any more. */
    private static long roll(Journal journal) throws IOException {
        try {
            return journal.roll().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the broker is halted", e);
        } catch (ExecutionException e) {
            throw new IOException("the journal could not begin a new file", e);
        }
    }

    private void write(long epoch, boolean clean) throws IOException {
        Map<LogId, Checkpoint.Point> now = Map.copyOf(points);
        uncertain = true;
        new Checkpoint(epoch, now, clean).write(disk, path);
        uncertain = false;
        writtenPoints = now;
    }

    /** Whether recovery takes the segment as it is, whatever the journal holds. On any thread. */
    boolean isBeforeLastPoint(FileSegment segment) {
        Checkpoint.Point point = writtenPoints.get(segment.log());
        return point != null && segment.baseOffset() < point.segmentBase();
    }

    private void sync(Path directory) throws IOException {
        try {
            if (Files.isDirectory(directory)) {
                disk.sync(directory);
            }
        } catch (IOException e) {
            broken = Files.isDirectory(directory);
            throw e;
        }
    }

    private void force(FileSegment segment, Map<FileSegment, SegmentExtent> forced) throws IOException {
        if (halted) {
            throw new IOException("the broker is halted");
        }
        boolean sealed = segment.isSealed();
        segment.file().markClean();
        SegmentExtent extent = segment.extent();
        segment.cutRaggedEnd();
        try {
            segment.file().force();
        } catch (IOException e) {
            if (segment.file().isDeleted()) {
                return;
            }
            broken = true;
            throw e;
        }
        segment.writeIndex(extent, sealed ? 1 : INDEX_GROWTH_BYTES);
        if (sealed) {
            segment.releaseIndex();
        }
        forced.put(segment, extent);
    }

    private void advance(FileSegment segment, SegmentExtent extent) {
        if (extent.endOffset() > segment.endOffset() || segment.file().isDeleted()) {
            return;
        }
        points.compute(segment.log(), (log, known) -> {
            if (known == null) {
                return new Checkpoint.Point(0, segment.baseOffset(), extent.endOffset(), extent.size());
            }
            boolean behind = known.segmentBase() < segment.baseOffset()
                || known.segmentBase() == segment.baseOffset() && known.position() < extent.size();
            return behind ? new Checkpoint.Point(known.startOffset(), segment.baseOffset(), extent.endOffset(), extent.size()) : known;
        });
    }

    /** Makes the last checkpoint: of everything. */
    void close() {
        executor.shutdown();
        awaitEnd();
        run(true);
    }

    void halt() {
        halted = true;
        executor.shutdownNow();
        awaitEnd();
    }

    private void awaitEnd() {
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
