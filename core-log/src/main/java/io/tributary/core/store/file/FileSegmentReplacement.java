package io.tributary.core.store.file;

import io.tributary.core.batch.BatchHeader;
import io.tributary.core.batch.EmptyBatch;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentExtent;
import io.tributary.core.store.SegmentReplacement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code <base offset>.compacted.unfinished} and gives it its name when all of it is durable. From then on recovery takes it and
 * deletes what it replaces; before, it deletes it.
 */
final class FileSegmentReplacement implements SegmentReplacement {
    static final String UNFINISHED_SUFFIX = FileSegment.COMPACTED_SUFFIX + ".unfinished";

    private final FileSegmentStore store;
    private final LogId log;
    private final Path directory;
    private final List<FileSegment> old;
    private final long baseOffset;
    private final long endOffset;
    private final SegmentFile unfinished;
    private final SparseIndex index = new SparseIndex();
    private int size;
    private long maxTimestamp = Long.MIN_VALUE;
    private @Nullable FileSegment committed;

    FileSegmentReplacement(FileSegmentStore store, LogId log, Path directory, List<FileSegment> old) {
        this.store = store;
        this.log = log;
        this.directory = directory;
        this.old = old;
        this.baseOffset = old.get(0).baseOffset();
        this.endOffset = old.get(old.size() - 1).endOffset();
        String name = FileSegment.fileName(baseOffset).replace(FileSegment.SUFFIX, UNFINISHED_SUFFIX);
        this.unfinished = new SegmentFile(directory.resolve(name), store.openFiles());
        try {
            unfinished.create();
        } catch (IOException e) {
            throw unfinished.failure("cannot create", e);
        }
    }

    @Override
    public void append(ByteBuffer batches) {
        int position = size;
        for (int at = batches.position(); at < batches.limit();) {
            int bytes = (int) BatchHeader.sizeInBytes(batches, at);
            index.offer((int) (BatchHeader.baseOffset(batches, at) - baseOffset), position, maxTimestamp);
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(batches, at));
            position = Math.addExact(position, bytes);
            at += bytes;
        }
        write(batches.duplicate());
        size = position;
    }

    private void write(ByteBuffer bytes) {
        try {
            unfinished.write(bytes, size);
        } catch (IOException e) {
            throw unfinished.failure("cannot write", e);
        }
    }

    @Override
    public void prepare() {
        write(EmptyBatch.at(endOffset - 1));
        try {
            // Whatever the store's durability: what it replaces is on the disk.
            unfinished.force();
        } catch (IOException e) {
            throw unfinished.failure("cannot force", e);
        }
        unfinished.close();
    }

    @Override
    public Segment commit() {
        Path path = directory.resolve(FileSegment.compactedFileName(baseOffset));
        SegmentFile file = new SegmentFile(path, store.openFiles());
        List<SegmentFile> held = new ArrayList<>();
        try {
            IndexFile.delete(file);
            for (FileSegment segment : old) {
                // So that nobody opens the new file for the old one.
                segment.file().holdOpen();
                held.add(segment.file());
            }
            file.disk().move(unfinished.path(), path);
            held.forEach(SegmentFile::supersede);
        } catch (IOException e) {
            throw file.failure("cannot put in place", e);
        } finally {
            held.forEach(SegmentFile::letGo);
        }
        old.forEach(store::deleted);
        FileSegment segment = new FileSegment(log, baseOffset, file, store,
            new IndexFile.Loaded(new SegmentExtent(endOffset, size, maxTimestamp), index, 0));
        segment.seal();
        committed = segment;
        return segment;
    }

    @Override
    public void finish() {
        FileSegment now = committed;
        if (now == null) {
            throw new IllegalStateException("not committed");
        }
        try {
            now.file().disk().sync(directory);
            for (FileSegment segment : old) {
                if (!segment.file().path().equals(now.file().path())) {
                    segment.file().delete();
                    IndexFile.delete(segment.file());
                }
            }
            now.writeIndex(now.extent(), 1);
            now.releaseIndex();
        } catch (IOException e) {
            throw now.file().failure("cannot remove what was replaced by", e);
        }
    }

    @Override
    public void close() {
        if (committed == null) {
            unfinished.delete();
            unfinished.close();
        }
    }
}
