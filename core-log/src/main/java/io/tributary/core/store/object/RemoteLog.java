package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.LogId;
import io.tributary.core.store.file.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one log has in the second tier, as its manifest says. Safe on any thread; waits for the disk, never for the network. A segment that
 * an upload or a deletion is under way for is claimed, so that there is one at a time.
 */
final class RemoteLog {
    private final LogId id;
    private final Path directory;
    private final Disk disk;
    private final TreeMap<Long, RemoteSegment> segments = new TreeMap<>();
    private final Set<Long> claimed = new HashSet<>();
    private long localFrom;
    private boolean ended;

    RemoteLog(LogId id, Path directory, Disk disk, Manifest manifest) {
        this.id = id;
        this.directory = directory;
        this.disk = disk;
        this.localFrom = manifest.localFrom();
        manifest.segments().forEach(segment -> segments.put(segment.baseOffset(), segment));
    }

    LogId id() {
        return id;
    }

    synchronized Collection<RemoteSegment> segments() {
        return new ArrayList<>(segments.values());
    }

    synchronized boolean isEmpty() {
        return segments.isEmpty();
    }

    synchronized boolean isClaimed(long base) {
        return claimed.contains(base);
    }

    /** Whether there is an object of it, or may be one soon. */
    synchronized boolean mayHold(long base) {
        return segments.containsKey(base) || claimed.contains(base);
    }

    /** Claims a segment; false when somebody else has it. */
    synchronized boolean claim(long base) {
        return claimed.add(base);
    }

    /** Claims a segment that has no object as far as the manifest says. */
    synchronized boolean claimUnknown(long base) {
        return !segments.containsKey(base) && claimed.add(base);
    }

    synchronized void release(long base) {
        claimed.remove(base);
    }

    /** Notes, durably, that a segment's object is complete; false when the log has ended meanwhile. */
    synchronized boolean add(RemoteSegment segment) {
        if (ended) {
            return false;
        }
        RemoteSegment before = segments.put(segment.baseOffset(), segment);
        try {
            write(localFrom);
            return true;
        } catch (BrokerException failure) {
            if (before == null) {
                segments.remove(segment.baseOffset());
            } else {
                segments.put(segment.baseOffset(), before);
            }
            throw failure;
        }
    }

    /** Notes, durably, that a segment's object is gone. */
    synchronized void remove(long base) {
        RemoteSegment before = segments.remove(base);
        if (before == null || ended) {
            return;
        }
        try {
            write(localFrom);
        } catch (BrokerException failure) {
            segments.put(base, before);
            throw failure;
        }
    }

    /** Notes, durably, that local files before an offset may go. */
    synchronized void letGoBefore(long offset) {
        if (!ended && offset > localFrom) {
            write(offset);
            localFrom = offset;
        }
    }

    private void write(long from) {
        try {
            new Manifest(from, segments.values()).write(disk, directory);
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot write the list of remote segments in " + directory + ": "
                + e.getMessage(), e);
        }
    }

    /** Its topic is being deleted: from now on its directory is left alone. */
    synchronized Collection<RemoteSegment> end() {
        ended = true;
        return new ArrayList<>(segments.values());
    }
}
