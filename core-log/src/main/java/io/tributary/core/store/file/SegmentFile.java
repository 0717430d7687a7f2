package io.tributary.core.store.file;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The file beneath a segment, opened when it is needed. Safe on any thread; written by one at a time. */
final class SegmentFile {
    private static final int COPY_BYTES = 1 << 20;
    private static final int CLOSING = Integer.MIN_VALUE / 2;

    private final Path path;
    private final OpenFiles openFiles;
    private final AtomicBoolean dirty = new AtomicBoolean();
    /** Those who use the channel right now; {@link #CLOSING} more while it is being closed. */
    private final AtomicInteger users = new AtomicInteger();
    private volatile @Nullable FileChannel channel;
    private volatile boolean used;
    private volatile boolean lent;
    private volatile long lentMs;
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

    /** Something done with the open channel. */
    private interface Operation<T> {
        T run(FileChannel open) throws IOException;
    }

    /** Keeps the channel open meanwhile. */
    private <T> T with(Operation<T> operation) throws IOException {
        FileChannel open = acquire(StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            return operation.run(open);
        } finally {
            users.decrementAndGet();
        }
    }

    /** The open channel, which stays open until the caller is no user any more; one that a reader's interrupt closed is replaced. */
    private FileChannel acquire(StandardOpenOption... options) throws IOException {
        if (!used) {
            used = true;
        }
        if (users.incrementAndGet() > 0) {
            FileChannel known = channel;
            if (known != null && known.isOpen()) {
                return known;
            }
        }
        users.decrementAndGet();
        FileChannel opened = open(options);
        openFiles.closeSome();
        return opened;
    }

    private synchronized FileChannel open(StandardOpenOption... options) throws IOException {
        FileChannel known = channel;
        if (known == null || !known.isOpen()) {
            if (deleted) {
                throw new IOException("the segment was deleted");
            }
            known = disk().open(path, options);
            channel = known;
            openFiles.opened(this);
        }
        users.incrementAndGet();
        return known;
    }

    /** Creates the file, empty; one that is there is emptied. */
    void create() throws IOException {
        acquire(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        users.decrementAndGet();
    }

    /** The channel for a reader, who may use it for {@link OpenFiles#GRACE_MS}; null when too many are lent: to be read at once. */
    @Nullable FileChannel lend() throws IOException {
        // Before it counts as lent: a sweep must not see the time of an earlier reader.
        lentMs = OpenFiles.now();
        if (!openFiles.lend(this)) {
            return null;
        }
        return with(open -> open);
    }

    /** Keeps the file open until {@link #letGo}, so that nobody opens another one that gets its name. */
    void holdOpen() throws IOException {
        acquire(StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    void letGo() {
        users.decrementAndGet();
    }

    boolean isLent() {
        return lent;
    }

    void setLent(boolean now) {
        lent = now;
    }

    long lentMs() {
        return lentMs;
    }

    /** Whether it was used since this was last asked. */
    boolean wasUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    /** Reads what there is at a position, as far as the buffer has room; -1 at the end. */
    int read(ByteBuffer into, long position) throws IOException {
        return with(open -> open.read(into, position));
    }

    long size() throws IOException {
        return with(FileChannel::size);
    }

    /** Writes all of the bytes at a position. */
    void write(ByteBuffer bytes, long position) throws IOException {
        with(open -> {
            long at = position;
            while (bytes.hasRemaining()) {
                at += open.write(bytes, at);
            }
            return at;
        });
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
                if (read(bytes, at + bytes.position()) < 0) {
                    throw new IOException("it ends before " + to);
                }
            }
            write(bytes.flip(), at);
            at += bytes.limit();
        }
    }

    void truncate(long size) throws IOException {
        with(open -> open.truncate(size));
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
            with(open -> {
                open.force(false);
                return open;
            });
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

    /** Closes the file unless somebody uses it right now, and returns whether nobody does. */
    synchronized boolean closeIfIdle() throws IOException {
        if (!users.compareAndSet(0, CLOSING)) {
            return false;
        }
        try {
            closeChannel();
            return true;
        } finally {
            users.addAndGet(-CLOSING);
        }
    }

    synchronized void closeChannel() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    /** Another file has taken its place: who was lent this one may use it for the time of grace, nobody opens it any more. */
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
