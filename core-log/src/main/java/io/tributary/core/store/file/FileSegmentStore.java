package io.tributary.core.store.file;

import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.Lane;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Segments as files {@code <topic>/<partition>/<base offset>.log} beneath one directory. */
public final class FileSegmentStore implements SegmentStore {
    private static final long GRACE_SECONDS = 60;

    private final Path directory;
    private final Map<LogId, Long> starts = new ConcurrentHashMap<>();
    private final ScheduledExecutorService grace = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tributary-file-grace");
        thread.setDaemon(true);
        return thread;
    });

    public FileSegmentStore(Path directory) {
        this.directory = directory;
    }

    @Override
    public Map<LogId, StoredLog> recover(Collection<LogId> logs) {
        Map<LogId, StoredLog> found = new HashMap<>();
        for (LogId log : logs) {
            found.put(log, open(log));
        }
        return found;
    }

    private StoredLog open(LogId log) {
        Path path = path(log);
        if (!Files.isDirectory(path)) {
            return StoredLog.EMPTY;
        }
        List<Segment> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.filter(f -> f.toString().endsWith(FileSegment.SUFFIX)).sorted(Comparator.naturalOrder()).toList()) {
                segments.add(load(file));
            }
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot list " + path + ": " + e.getMessage(), e);
        }
        return new StoredLog(segments.isEmpty() ? 0 : segments.get(0).baseOffset(), segments);
    }

    private FileSegment load(Path path) throws IOException {
        String name = path.getFileName().toString();
        long base = Long.parseLong(name.substring(0, name.length() - FileSegment.SUFFIX.length()));
        FileSegment segment = new FileSegment(base, new SegmentFile(path, this::afterGrace));
        FileChannel channel = segment.file().channel();
        ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
            // Until all is read.
        }
        bytes.flip();
        int end = 0;
        for (int size = BatchHeader.intactSize(bytes, end); size > 0; size = BatchHeader.intactSize(bytes, end)) {
            end += size;
        }
        if (end < bytes.limit()) {
            segment.file().truncate(end);
        }
        segment.noteAppended(bytes.slice(0, end));
        return segment;
    }

    @Override
    public Segment create(LogId log, long baseOffset) {
        SegmentFile file = new SegmentFile(path(log).resolve(FileSegment.fileName(baseOffset)), this::afterGrace);
        try {
            Files.createDirectories(file.path().getParent());
            file.create();
        } catch (IOException e) {
            throw file.failure("cannot create", e);
        }
        return new FileSegment(baseOffset, file);
    }

    @Override
    public void delete(LogId log) {
        starts.remove(log);
        Path path = path(log);
        if (!Files.isDirectory(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot delete " + path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Lane openLane() {
        return new FileLane(this);
    }

    @Override
    public boolean inMemory() {
        return false;
    }

    /** Takes back what a failed write left behind the segment's end. */
    void cutBack(FileSegment segment, int size) {
        try {
            segment.file().truncate(size);
        } catch (IOException e) {
            throw segment.file().failure("cannot cut back", e);
        }
    }

    void moveStart(LogId log, long startOffset) {
        starts.put(log, startOffset);
    }

    private Path path(LogId log) {
        return directory.resolve(log.topic().toString()).resolve(Integer.toString(log.partition()));
    }

    private void afterGrace(Runnable close) {
        ScheduledFuture<?> unused = grace.schedule(close, GRACE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        grace.shutdownNow();
    }

    @Override
    public void halt() {
        grace.shutdownNow();
    }
}
