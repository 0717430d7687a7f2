package io.tributary.core.store.file;

import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One log while the store is opened: its files as a checkpoint vouches for them, cut back to what is whole behind that, and then what the
 * journal has in addition.
 */
final class RecoveredLog {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveredLog.class);
    /** Replay begins a new segment beyond this. */
    private static final int REPLAY_SEGMENT_BYTES = 64 << 20;

    private final LogId id;
    private final Path directory;
    private final FileSegmentStore store;
    private final List<FileSegment> segments = new ArrayList<>();
    /** Before this offset files are not needed. */
    private final long localFrom;
    private Checkpoint.Point point;
    private boolean changed;
    /** How far compaction had come. */
    private long compactedBefore;
    /** Where the last segment that compaction has written ends. */
    private long compactedEnd;

    RecoveredLog(LogId id, Path directory, FileSegmentStore store, Checkpoint.Point point, boolean clean,
                 long localFrom) {
        this.id = id;
        this.directory = directory;
        this.store = store;
        this.point = point;
        // What a process did that was killed is seen here, and may be gone after a power cut.
        this.changed = !clean;
        this.localFrom = Math.max(localFrom, point.startOffset());
    }

    /** Takes up the files. */
    void load() throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        compactedBefore = OffsetFile.COMPACTED.read(directory);
        List<Path> paths = paths();
        if (changed && paths.stream().anyMatch(FileSegment::isCompacted)) {
            // What compaction replaced is deleted below: the name of what took its place must not be gone after a power cut.
            store.disk().sync(directory);
        }
        long[] bases = paths.stream().mapToLong(RecoveredLog::baseOffset).toArray();
        for (int i = 0; i < bases.length; i++) {
            long next = i + 1 < bases.length ? bases[i + 1] : Long.MAX_VALUE;
            if (FileSegment.isCompacted(paths.get(i))) {
                loadCompacted(paths.get(i), bases[i]);
            } else if (isNotNeeded(bases[i], next) || bases[i] < compactedEnd) {
                // Deleted by retention, let go because it is elsewhere, or replaced by compaction, and the deletion was lost or failed.
                delete(paths.get(i));
            } else if (!load(paths.get(i), bases[i], next)) {
                dropFrom(paths.subList(i + 1, paths.size()));
                break;
            }
        }
        if (end() < point.startOffset()) {
            // All deleted by retention, and some of the deletions were lost.
            for (FileSegment segment : segments) {
                delete(segment);
            }
            segments.clear();
        }
    }

    /**
     * Whether a segment is wholly before what local files are needed for. What was behind it may be gone too; its own content was not
     * forced any more.
     */
    private boolean isNotNeeded(long base, long nextBase) {
        long end = base < point.segmentBase() ? Math.min(nextBase, point.segmentBase()) : nextBase;
        return end <= localFrom;
    }

    /** The segments' files by base offset; of one base, the compacted one first. */
    private List<Path> paths() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.list(directory)) {
            all = files.toList();
        }
        for (Path path : all) {
            if (path.toString().endsWith(FileSegmentReplacement.UNFINISHED_SUFFIX)) {
                store.disk().delete(path);
            }
        }
        return all.stream().filter(path -> path.toString().endsWith(FileSegment.SUFFIX) || FileSegment.isCompacted(path)).sorted().toList();
    }

    private void loadCompacted(Path path, long base) throws IOException {
        SegmentFile file = new SegmentFile(path, store.openFiles());
        if (base < compactedEnd) {
            delete(path);
            return;
        }
        FileSegment segment = new FileSegment(id, base, file, store, SegmentScan.compacted(file, base, Files.size(path)));
        segment.seal();
        if (!segments.isEmpty() && base != end()) {
            throw file.damaged(0, "the log before ends at offset " + end());
        }
        compactedEnd = segment.endOffset();
        if (segment.endOffset() <= localFrom) {
            delete(segment);
            return;
        }
        add(segment);
        segment.writeIndex(segment.extent(), 1);
        segment.releaseIndex();
    }

    /** Takes up the next segment; the one before is complete. */
    private void add(FileSegment segment) {
        if (!segments.isEmpty()) {
            FileSegment before = segments.get(segments.size() - 1);
            before.seal();
            before.writeIndex(before.extent(), 1);
            before.releaseIndex();
        }
        segments.add(segment);
    }

    private static long baseOffset(Path path) {
        String name = path.getFileName().toString();
        try {
            return Long.parseLong(name.substring(0, name.lastIndexOf('.')));
        } catch (NumberFormatException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, path + " is no segment", e);
        }
    }

    /** Takes up one file; false when those behind it are worth nothing. */
    private boolean load(Path path, long base, long nextBase) throws IOException {
        SegmentFile file = new SegmentFile(path, store.openFiles());
        long size = Files.size(path);
        boolean forced = base < point.segmentBase() && point.endOffset() > 0;
        long vouched = forced ? size : base == point.segmentBase() ? point.position() : 0;
        if (size < vouched || size > Integer.MAX_VALUE) {
            throw file.damaged(size, "it has " + size + " bytes, and " + vouched + " were durable");
        }
        if (segments.isEmpty() ? base > localFrom : base != end()) {
            if (base <= point.segmentBase() && point.endOffset() > 0) {
                throw file.damaged(0, "the log before ends at offset " + end());
            }
            return dropFrom(List.of(path));
        }
        IndexFile.Loaded known = SegmentScan.trusted(file, base, (int) vouched);
        if (known.coveredByFile() == 0 && Files.exists(IndexFile.beside(path))) {
            // Of another content, perhaps: with what is vouched for next it could be taken for right.
            IndexFile.delete(file);
            changed = true;
        }
        if (vouched < size) {
            known = SegmentScan.unforced(file, base, known, nextBase);
        }
        FileSegment segment = new FileSegment(id, base, file, store, known);
        add(segment);
        boolean torn = known.extent().size() < size;
        if (torn) {
            LOG.info("{} is cut back from {} to {} bytes, the end of its last batch that is whole and was kept", path, size,
                known.extent().size());
            file.truncate(known.extent().size());
        }
        file.writeAgain(vouched, known.extent().size());
        changed |= vouched < size || vouched == 0;
        return !torn || known.extent().endOffset() == nextBase;
    }

    private void delete(Path path) throws IOException {
        store.disk().delete(path);
        changed = true;
        IndexFile.delete(new SegmentFile(path, store.openFiles()));
    }

    private boolean dropFrom(List<Path> paths) throws IOException {
        for (Path path : paths) {
            LOG.info("{} is dropped: what comes before it in the log is not whole", path);
            delete(path);
        }
        return false;
    }

    long end() {
        return segments.isEmpty() ? point.startOffset() : segments.get(segments.size() - 1).endOffset();
    }

    private void delete(FileSegment segment) throws IOException {
        segment.file().delete();
        IndexFile.delete(segment.file());
        changed = true;
    }

    /** Adds batches of the journal that the log does not have yet, or has others in the place of. */
    void replay(ByteBuffer entry) throws IOException {
        int at = 0;
        while (at < entry.limit()) {
            int size = BatchHeader.intactSize(entry, at);
            if (size < 0) {
                throw damaged("the journal has a broken batch for it at offset " + end());
            }
            if (isMissing(entry, at, size)) {
                append(entry.slice(at, entry.limit() - at));
                return;
            }
            at += size;
        }
    }

    private boolean isMissing(ByteBuffer entry, int at, int size) throws IOException {
        long base = BatchHeader.baseOffset(entry, at);
        long end = end();
        if (base > end) {
            throw damaged("it ends at offset " + end + ", and the journal goes on at " + base);
        }
        if (segments.isEmpty()) {
            return BatchHeader.lastOffset(entry, at) >= end;
        }
        if (base < end && base >= point.endOffset() && base >= segments.get(0).baseOffset()
            && !segmentOf(base).holds(base, entry.slice(at, size))) {
            // Left from a write that was taken back: the journal has what was put in its place.
            cut(base);
            return true;
        }
        return base == end;
    }

    private FileSegment segmentOf(long offset) {
        int i = segments.size() - 1;
        while (segments.get(i).baseOffset() > offset) {
            i--;
        }
        return segments.get(i);
    }

    private void cut(long offset) throws IOException {
        LOG.info("{} is cut back to offset {}, where the journal has something else", directory, offset);
        for (int i = segments.size() - 1; i >= 0 && segments.get(i).baseOffset() >= offset; i--) {
            delete(segments.remove(i));
        }
        if (!segments.isEmpty()) {
            segments.get(segments.size() - 1).truncate(offset);
        }
        changed = true;
    }

    private void append(ByteBuffer batches) throws IOException {
        long base = BatchHeader.baseOffset(batches, 0);
        long next = base;
        for (int at = 0; at < batches.limit();) {
            int size = BatchHeader.intactSize(batches, at);
            if (size < 0 || BatchHeader.baseOffset(batches, at) != next) {
                throw damaged("the journal has a broken batch for it behind offset " + next);
            }
            next = BatchHeader.lastOffset(batches, at) + 1;
            at += size;
        }
        FileSegment last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        // What is before the point is durable as it is, what compaction has made tells its end, and neither is added to.
        if (last == null || last.isSealed() || last.baseOffset() < point.segmentBase()
            || last.extent().size() + (long) batches.limit() > Math.max(REPLAY_SEGMENT_BYTES, batches.limit())) {
            last = (FileSegment) store.create(id, base);
            add(last);
        }
        last.file().write(batches.duplicate(), last.extent().size());
        last.noteAppended(batches);
        changed = true;
    }

    /**
     * Makes what was recovered durable.
     *
     * @param changedNames gets the directories that have to be synced for that
     */
    Checkpoint.Point finish(Set<Path> changedNames) throws IOException {
        if (point.position() > 0 && end() < point.endOffset()) {
            throw damaged("it ends at offset " + end() + ", and " + point.endOffset() + " was durable");
        }
        if (!segments.isEmpty() && segments.get(0).baseOffset() > localFrom) {
            throw damaged("it begins at offset " + segments.get(0).baseOffset() + ", not at " + localFrom);
        }
        if (!segments.isEmpty() && segments.get(segments.size() - 1).isSealed()) {
            // A log's last segment is one that can be added to.
            add((FileSegment) store.create(id, end()));
            changed = true;
        }
        if (changed) {
            for (FileSegment segment : segments) {
                if (segment.baseOffset() >= point.segmentBase()) {
                    segment.file().force();
                }
            }
            changedNames.addAll(List.of(store.directories(id)));
        }
        if (!segments.isEmpty()) {
            FileSegment last = segments.get(segments.size() - 1);
            point = new Checkpoint.Point(point.startOffset(), last.baseOffset(), last.endOffset(),
                last.extent().size());
        }
        for (FileSegment segment : segments) {
            // Thousands of logs must not mean thousands of open files; each is opened again when it is used.
            segment.file().close();
        }
        return point;
    }

    /** Whether there is anything to remember of it. */
    boolean isKnown() {
        return !segments.isEmpty() || point.startOffset() > 0;
    }

    SegmentStore.StoredLog stored() {
        List<Segment> all = new ArrayList<>(segments);
        return new SegmentStore.StoredLog(point.startOffset(), compactedBefore, all);
    }

    private BrokerException damaged(String what) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, "the log in " + directory + " is damaged: " + what);
    }
}
