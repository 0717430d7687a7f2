package io.tributary.core.store.file;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The file beneath a segment: opened when it is first needed, closed a minute after it is deleted. */
final class SegmentFile {
    private final Path path;
    /** Runs what it is given after the time for which a deleted file stays readable. */
    private final Executor afterGrace;
    private final AtomicBoolean dirty = new AtomicBoolean();
    private @Nullable FileChannel channel;
    private volatile boolean deleted;

    SegmentFile(Path path, Executor afterGrace) {
        this.path = path;
        this.afterGrace = afterGrace;
    }

    Path path() {
        return path;
    }

    /** The open channel; one that a reader's interrupt has closed is replaced. */
    synchronized FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null || !open.isOpen()) {
            if (deleted) {
                throw new IOException("the segment was deleted");
            }
            open = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel = open;
        }
        return open;
    }

    /** Creates the file, empty; one that is there is emptied. */
    synchronized void create() throws IOException {
        channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** Writes all of the bytes at a position. */
    void write(ByteBuffer bytes, long position) throws IOException {
        FileChannel open = channel();
        long at = position;
        while (bytes.hasRemaining()) {
            at += open.write(bytes, at);
        }
    }

    void truncate(long size) throws IOException {
        channel().truncate(size);
    }

    /** Marks the file as written since it was last forced; returns whether it was clean. */
    boolean markDirty() {
        return !dirty.get() && dirty.compareAndSet(false, true);
    }

    /** Forces to the disk what was written before the call. */
    void force() throws IOException {
        dirty.set(false);
        if (!deleted) {
            channel().force(false);
        }
    }

    boolean isDeleted() {
        return deleted;
    }

    /** Removes the file's name at once and closes it when the time for readers is over. */
    void delete() {
        deleted = true;
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw failure("cannot delete", e);
        }
        afterGrace.execute(this::close);
    }

    synchronized void close() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw failure("cannot close", e);
            }
        }
    }

    BrokerException failure(String what, IOException cause) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, what + " " + path + ": " + cause.getMessage(), cause);
    }

    BrokerException damaged(long position, String what) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, path + " is damaged at position " + position + ": " + what);
    }
}
