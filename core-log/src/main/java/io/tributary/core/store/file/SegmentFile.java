package io.tributary.core.store.file;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The file beneath a segment, opened when it is needed. Safe on any thread; written by one at a time. */
final class SegmentFile {
    private static final int COPY_BYTES = 1 << 20;

    private final Path path;
    private final OpenFiles openFiles;
    private final AtomicBoolean dirty = new AtomicBoolean();
    private volatile @Nullable FileChannel channel;
    private volatile long lastUsedMs;
    private volatile boolean deleted;

    SegmentFile(Path path, OpenFiles openFiles) {
        this.path = path;
        this.openFiles = openFiles;
    }

    Disk disk() {
        return openFiles.disk();
    }

    Path path() {
        return path;
    }

    /** The open channel; one that was closed, perhaps by a reader's interrupt, is replaced. */
    FileChannel channel() throws IOException {
        lastUsedMs = OpenFiles.now();
        FileChannel known = channel;
        return known != null && known.isOpen() ? known : open(StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private synchronized FileChannel open(StandardOpenOption... options) throws IOException {
        FileChannel known = channel;
        if (known != null && known.isOpen()) {
            return known;
        }
        if (deleted) {
            throw new IOException("the segment was deleted");
        }
        FileChannel opened = disk().open(path, options);
        channel = opened;
        openFiles.opened(this);
        return opened;
    }

    /** Creates the file, empty; one that is there is emptied. */
    void create() throws IOException {
        lastUsedMs = OpenFiles.now();
        open(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    long lastUsedMs() {
        return lastUsedMs;
    }

    /** Writes all of the bytes at a position. */
    void write(ByteBuffer bytes, long position) throws IOException {
        FileChannel open = channel();
        long at = position;
        while (bytes.hasRemaining()) {
            at += open.write(bytes, at);
        }
    }

    /**
     * Writes a part once more. After a force that failed, and a new start, the system may have it in memory only and take it for written;
     * what is written anew can be forced.
     */
    void writeAgain(long from, long to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.min(to - from, COPY_BYTES));
        for (long at = from; at < to;) {
            bytes.clear().limit((int) Math.min(to - at, bytes.capacity()));
            while (bytes.hasRemaining()) {
                if (channel().read(bytes, at + bytes.position()) < 0) {
                    throw new IOException("it ends before " + to);
                }
            }
            write(bytes.flip(), at);
            at += bytes.limit();
        }
    }

    void truncate(long size) throws IOException {
        channel().truncate(size);
    }

    /** Marks the file as written since {@link #markClean}; returns whether it was clean. */
    boolean markDirty() {
        return !dirty.get() && dirty.compareAndSet(false, true);
    }

    /** To be called before what is to be forced is looked at: whoever writes later marks the file again. */
    void markClean() {
        dirty.set(false);
    }

    /** Forces to the disk what was written before the call. */
    void force() throws IOException {
        if (!deleted) {
            channel().force(false);
        }
    }

    boolean isDeleted() {
        return deleted;
    }

    /** Removes the file's name at once; it is closed when the time for readers is over. */
    void delete() {
        deleted = true;
        try {
            disk().delete(path);
        } catch (IOException e) {
            throw failure("cannot delete", e);
        }
    }

    /** Closes the file; it is opened again if it is used again. */
    void close() {
        openFiles.close(this);
    }

    synchronized void closeChannel() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    /** Another file has taken its place: who has this one open may use it for the time of grace, nobody opens it any more. */
    void supersede() {
        deleted = true;
    }

    BrokerException failure(String what, IOException cause) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, what + " " + path + ": " + cause.getMessage(), cause);
    }

    BrokerException damaged(long position, String what) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, path + " is damaged at position " + position + ": " + what);
    }
}
