package io.tributary.core.store.file;

import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.Lane;
import io.tributary.core.store.LocalFloor;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentExtent;
import io.tributary.core.store.SegmentReplacement;
import io.tributary.core.store.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Segments as files {@code segments/<topic>/<partition>/<base offset>.log} beneath one directory, with {@code journal/} and
 * {@code checkpoint} beside them.
 */
public final class FileSegmentStore implements SegmentStore, SegmentOwner {
    /**
     * How the store works.
     *
     * @param forced          whether a commit waits for the disk; otherwise for the page cache
     * @param journalBytes    size of one file of the journal
     * @param checkpointEvery how long the journal is kept at most
     * @param maxOpenFiles    about how many segment files are open at a time
     */
    public record Settings(boolean forced, int journalBytes, Duration checkpointEvery, int maxOpenFiles) {
        /** With as many open files as the process can afford. */
        public Settings(boolean forced, int journalBytes, Duration checkpointEvery) {
            this(forced, journalBytes, checkpointEvery, OpenFiles.affordable());
        }
    }

    /** What a segment may hold that is in the page cache only, so that a checkpoint does not keep the disk busy for long. */
    private static final int WRITE_BEHIND_BYTES = 8 << 20;

    private final Disk disk;
    private final Path segmentsDirectory;
    private final Path journalDirectory;
    private final Settings settings;
    private final LocalFloor floor;
    private final Checkpointer checkpointer;
    private final OpenFiles openFiles;
    /** Logs whose directories have durable names. */
    private final Set<LogId> durablyNamed = ConcurrentHashMap.newKeySet();
    private @Nullable Journal journal;

    /** A store beneath a directory that is this process's alone. */
    public FileSegmentStore(Path directory, Settings settings) {
        this(directory, settings, LocalFloor.NOTHING_ELSEWHERE, Disk.REAL);
    }

    /** A store that need not have everything. */
    public FileSegmentStore(Path directory, Settings settings, LocalFloor floor) {
        this(directory, settings, floor, Disk.REAL);
    }

    /** A store on a disk of the caller's. */
    FileSegmentStore(Path directory, Settings settings, Disk disk) {
        this(directory, settings, LocalFloor.NOTHING_ELSEWHERE, disk);
    }

    private FileSegmentStore(Path directory, Settings settings, LocalFloor floor, Disk disk) {
        this.disk = disk;
        this.floor = floor;
        this.openFiles = new OpenFiles(disk, settings.maxOpenFiles());
        this.segmentsDirectory = directory.resolve("segments");
        this.journalDirectory = directory.resolve("journal");
        this.settings = settings;
        this.checkpointer = new Checkpointer(disk, directory.resolve("checkpoint"), settings.forced());
    }

    @Override
    public Map<LogId, StoredLog> recover(Collection<LogId> logs) {
        try {
            disk.createDirectories(segmentsDirectory);
            Checkpoint checkpoint = checkpointer.read();
            deleteUnknown(logs);
            JournalReplay replay = new JournalReplay(disk, journalDirectory);
            // First of all: what is before a log's start may be there or not.
            Map<LogId, Long> starts = new HashMap<>();
            replay.read(checkpoint.journalEpoch(), entry -> noteStart(entry, starts));
            Map<LogId, RecoveredLog> recovered = new ConcurrentHashMap<>();
            Parallel.forEach(logs, log -> {
                Checkpoint.Point point = checkpoint.points().getOrDefault(log, Checkpoint.Point.NONE);
                long start = Math.max(starts.getOrDefault(log, 0L), OffsetFile.START.read(path(log)));
                RecoveredLog found = new RecoveredLog(log, path(log), this, point.withStart(start), checkpoint.clean(),
                    floor.localFrom(log, path(log)));
                found.load();
                recovered.put(log, found);
            });
            replay.read(checkpoint.journalEpoch(), entry -> replay(entry, recovered));
            Map<LogId, StoredLog> stored = new ConcurrentHashMap<>();
            Map<LogId, Checkpoint.Point> points = new ConcurrentHashMap<>();
            Set<Path> changedNames = ConcurrentHashMap.newKeySet();
            Parallel.forEach(recovered.entrySet(), entry -> {
                Checkpoint.Point point = entry.getValue().finish(changedNames);
                stored.put(entry.getKey(), entry.getValue().stored());
                if (entry.getValue().isKnown()) {
                    points.put(entry.getKey(), point);
                }
            });
            Parallel.forEach(changedNames, directory -> {
                if (Files.isDirectory(directory)) {
                    disk.sync(directory);
                }
            });
            checkpointer.recovered(new Checkpoint(replay.lastEpoch() + 1, points, false));
            startJournal(replay);
            return stored;
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot recover " + segmentsDirectory + ": " + e, e);
        }
    }

    private static void noteStart(JournalEntry entry, Map<LogId, Long> starts) {
        switch (entry.kind()) {
            case JournalEntry.BATCHES -> { }
            case JournalEntry.MOVE_START -> starts.merge(entry.log(), entry.offset(), Math::max);
            default -> throw new BrokerException(ErrorCode.STORAGE_FAILURE, "the journal has an entry of unknown kind " + entry.kind());
        }
    }

    private static void replay(JournalEntry entry, Map<LogId, RecoveredLog> logs) {
        RecoveredLog log = logs.get(entry.log());
        if (log == null || entry.kind() != JournalEntry.BATCHES) {
            return;
        }
        try {
            log.replay(entry.bytes());
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot replay the journal: " + e.getMessage(), e);
        }
    }

    private void startJournal(JournalReplay replay) throws IOException {
        if (settings.forced()) {
            Journal started = new Journal(disk, journalDirectory, settings.journalBytes(), replay.lastEpoch(), replay.files(),
                checkpointer::soon);
            journal = started;
            checkpointer.start(started, settings.checkpointEvery());
        } else {
            // The checkpoint vouches for everything, and nothing will be added.
            for (JournalFile file : replay.files()) {
                file.close();
                disk.delete(file.path());
            }
            checkpointer.start(null, settings.checkpointEvery());
        }
    }

    private void deleteUnknown(Collection<LogId> logs) throws IOException {
        Set<Path> known = new HashSet<>();
        logs.forEach(log -> known.add(topicPath(log)));
        try (Stream<Path> topics = Files.list(segmentsDirectory)) {
            for (Path topic : topics.filter(path -> !known.contains(path)).toList()) {
                deleteTree(topic);
            }
        }
    }

    @Override
    public Segment create(LogId log, long baseOffset) {
        SegmentFile file = new SegmentFile(path(log).resolve(FileSegment.fileName(baseOffset)), openFiles);
        try {
            disk.createDirectories(path(log));
            file.create();
        } catch (IOException e) {
            throw file.failure("cannot create", e);
        }
        FileSegment segment = new FileSegment(log, baseOffset, file, this, FileSegment.empty(baseOffset));
        checkpointer.namesChanged(directories(log));
        return segment;
    }

    @Override
    public boolean isReplaceable(Segment sealed) {
        return checkpointer.isBeforeLastPoint((FileSegment) sealed);
    }

    @Override
    public SegmentReplacement replace(LogId log, List<Segment> sealed) {
        return new FileSegmentReplacement(this, log, path(log), sealed.stream().map(FileSegment.class::cast).toList());
    }

    @Override
    public void noteCompacted(LogId log, long offset) {
        try {
            OffsetFile.COMPACTED.write(disk, path(log), offset);
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot write beside " + path(log) + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void writeNote(LogId log, String name, ByteBuffer contents) {
        try {
            disk.createDirectories(path(log));
            disk.replace(path(log).resolve(name), contents, settings.forced());
            if (settings.forced() && !durablyNamed.contains(log)) {
                for (Path directory : directories(log)) {
                    disk.sync(directory);
                }
                durablyNamed.add(log);
            }
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot write beside " + path(log) + ": " + e.getMessage(), e);
        }
    }

    @Override
    public @Nullable ByteBuffer readNote(LogId log, String name) {
        Path file = path(log).resolve(name);
        try {
            return Files.exists(file) ? ByteBuffer.wrap(Files.readAllBytes(file)) : null;
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void delete(LogId log) {
        checkpointer.forget(log);
        durablyNamed.remove(log);
        try {
            deleteTree(path(log));
            Path topic = topicPath(log);
            if (Files.isDirectory(topic) && isEmpty(topic)) {
                disk.delete(topic);
            }
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot delete " + path(log) + ": " + e.getMessage(), e);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    private void deleteTree(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                disk.delete(file);
            }
        }
    }

    @Override
    public Lane openLane() {
        Journal started = journal;
        return started == null ? new OsLane(this) : new JournaledLane(this, started);
    }

    @Override
    public Path stateDirectory(LogId log) {
        return path(log);
    }

    @Override
    public boolean inMemory() {
        return false;
    }

    /** Takes note of batches written to a segment's end. */
    void noteAppended(FileSegment segment, List<ByteBuffer> batches) {
        for (ByteBuffer buffer : batches) {
            segment.noteAppended(buffer);
        }
        contentChanged(segment);
        if (settings.forced() && segment.hasGrownBy(WRITE_BEHIND_BYTES)) {
            checkpointer.writeBehind(segment);
        }
    }

    static long baseOffset(ByteBuffer batches) {
        return BatchHeader.baseOffset(batches, batches.position());
    }

    /** Takes note of a log's new start, which the journal makes durable. */
    void noteStart(LogId log, long startOffset) {
        checkpointer.noteStart(log, startOffset);
    }

    /** Writes a log's new start to the page cache. */
    void writeStart(LogId log, long startOffset) {
        try {
            OffsetFile.START.write(disk, path(log), startOffset);
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot write the start of " + path(log) + ": " + e.getMessage(), e);
        }
        checkpointer.noteStart(log, startOffset);
    }

    @Override
    public void beforeTruncate(FileSegment segment, SegmentExtent cut) {
        checkpointer.lower(segment, cut);
    }

    @Override
    public void contentChanged(FileSegment segment) {
        if (segment.file().markDirty()) {
            checkpointer.dirty(segment);
        }
    }

    @Override
    public void namesChanged(FileSegment segment) {
        checkpointer.namesChanged(path(segment.log()));
    }

    @Override
    public void deleted(FileSegment segment) {
        checkpointer.deleted(segment, path(segment.log()));
    }

    /** A log's directory and those above it that the store makes. */
    Path[] directories(LogId log) {
        return new Path[] {path(log), topicPath(log), segmentsDirectory};
    }

    private Path path(LogId log) {
        return topicPath(log).resolve(Integer.toString(log.partition()));
    }

    private Path topicPath(LogId log) {
        return segmentsDirectory.resolve(log.topic().toString());
    }

    Disk disk() {
        return disk;
    }

    OpenFiles openFiles() {
        return openFiles;
    }

    @Override
    public void close() {
        checkpointer.close();
        if (journal != null) {
            journal.close();
        }
        openFiles.close();
    }

    @Override
    public void halt() {
        if (journal != null) {
            journal.halt();
        }
        checkpointer.halt();
        openFiles.close();
    }
}
