package io.tributary.core.store.file;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.Lane;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal that all logs share. Its thread takes every group that has come meanwhile, writes them as one block and forces the file
 * once. Files are used again when the checkpoint no longer needs them.
 *
 * <p>A block that cannot be written or forced is tried once more in another file; when that fails too its groups fail, and with them
 * those of the same lane that were submitted behind, until the lane is reset. To a file that failed nothing is added: nobody knows what of
 * it is on the disk. A failed block never comes back: the next file's header says where the valid part of this one ends.
 */
final class Journal implements AutoCloseable {
    static final String SUFFIX = ".journal";
    /** Of one block, unless a single group is larger. */
    private static final int MAX_BLOCK_BYTES = 16 << 20;
    private static final int QUEUE_CHUNK = 256;
    /** Files that are kept for later use. */
    private static final int MAX_SPARE = 4;
    /** A checkpoint is asked for when so many files are in use. */
    private static final int CHECKPOINT_AT_FILES = 4;
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    /** What a lane wants to have made durable together. */
    record Group(JournaledLane lane, int generation, List<ByteBuffer> buffers, Lane.Commit commit) {
        int size() {
            int size = 0;
            for (ByteBuffer buffer : buffers) {
                size += buffer.remaining();
            }
            return size;
        }
    }

    private final Disk disk;
    private final Path directory;
    private final long fileBytes;
    private final Runnable checkpointWanted;
    private final Thread thread;
    private final MpscUnboundedArrayQueue<Object> queue = new MpscUnboundedArrayQueue<>(QUEUE_CHUNK);
    private final Deque<JournalFile> spare = new ArrayDeque<>();
    private final Deque<JournalFile> full = new ArrayDeque<>();
    private @Nullable JournalFile current;
    /** To come after the current file; kept until it is begun, since a header that could not be written may yet be there. */
    private @Nullable JournalFile next;
    /** Nothing more is added to the current file. */
    private boolean ended;
    private long epoch;
    private long sequence;
    private volatile boolean parked;
    private volatile boolean closing;
    private volatile boolean halted;

    /**
     * Starts with files that are free to be used.
     *
     * @param lastEpoch        the highest epoch that any file has had
     * @param checkpointWanted told, on the journal's thread, when the journal has grown long
     */
    Journal(Disk disk, Path directory, long fileBytes, long lastEpoch, List<JournalFile> free, Runnable checkpointWanted) {
        this.disk = disk;
        this.directory = directory;
        this.fileBytes = fileBytes;
        this.epoch = lastEpoch;
        this.checkpointWanted = checkpointWanted;
        this.spare.addAll(free);
        // A block left from before, by chance of this epoch, must not look like the next one.
        this.sequence = ThreadLocalRandom.current().nextLong() >>> 2;
        this.thread = new Thread(this::run, "tributary-journal");
        thread.setDaemon(true);
        thread.start();
    }

    void submit(Group group) {
        enqueue(group);
    }

    /** Begins a new file; completes with its epoch when everything submitted before is written to earlier ones, or has failed. */
    CompletableFuture<Long> roll() {
        CompletableFuture<Long> result = new CompletableFuture<>();
        Runnable order = () -> {
            try {
                JournalFile now = current;
                if (now == null || ended || now.end() > JournalFile.ALIGNMENT) {
                    begin();
                }
                result.complete(epoch);
            } catch (IOException e) {
                result.completeExceptionally(failure(e));
            }
        };
        enqueue(order);
        return result;
    }

    /** The files of epochs before this one are no longer needed. */
    void release(long beforeEpoch) {
        Runnable order = () -> {
            while (!full.isEmpty() && full.peek().epoch() < beforeEpoch) {
                JournalFile file = full.remove();
                if (spare.size() < MAX_SPARE) {
                    spare.add(file);
                } else {
                    discard(file);
                }
            }
        };
        enqueue(order);
    }

    private void enqueue(Object item) {
        queue.offer(item);
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        List<Group> groups = new ArrayList<>();
        while (!halted) {
            Object item = queue.poll();
            if (item == null) {
                if (closing) {
                    break;
                }
                park();
                continue;
            }
            Runnable order = null;
            int bytes = 0;
            while (item != null) {
                if (item instanceof Runnable runnable) {
                    order = runnable;
                    break;
                }
                Group group = (Group) item;
                groups.add(group);
                bytes += group.size();
                item = bytes < MAX_BLOCK_BYTES ? queue.poll() : null;
            }
            write(groups);
            groups.clear();
            if (order != null && !halted) {
                order.run();
            }
        }
        closeFiles();
    }

    private void park() {
        parked = true;
        if (queue.isEmpty() && !closing && !halted) {
            LockSupport.park(this);
        }
        parked = false;
    }

    private void write(List<Group> groups) {
        List<ByteBuffer> body = new ArrayList<>();
        List<Group> writable = new ArrayList<>();
        for (Group group : groups) {
            if (group.lane().isFailed(group.generation())) {
                fail(group, new BrokerException(ErrorCode.STORAGE_FAILURE, "an earlier write to the journal failed"));
            } else {
                writable.add(group);
                body.addAll(group.buffers());
            }
        }
        if (writable.isEmpty()) {
            return;
        }
        try {
            if (!body.isEmpty()) {
                writeTwice(body);
            }
        } catch (IOException e) {
            if (halted) {
                return;
            }
            BrokerException failure = failure(e);
            LOG.error("nothing could be made durable", failure);
            writable.forEach(group -> fail(group, failure));
            return;
        }
        for (Group group : writable) {
            if (!halted) {
                group.lane().written(group.buffers());
                group.commit().done(null);
            }
        }
    }

    private static void fail(Group group, BrokerException failure) {
        group.lane().fail(group.generation());
        group.lane().written(group.buffers());
        group.commit().done(failure);
    }

    private void writeTwice(List<ByteBuffer> body) throws IOException {
        try {
            writeOnce(body);
        } catch (IOException first) {
            if (halted) {
                throw first;
            }
            LOG.warn("the journal could not be written, trying another file: {}", first.toString());
            writeOnce(body);
        }
    }

    private void writeOnce(List<ByteBuffer> body) throws IOException {
        JournalFile file = current;
        if (file == null || ended || file.end() >= fileBytes) {
            file = begin();
        }
        ended = true;
        long newEnd = file.writeBlock(sequence, body, fileBytes);
        if (halted) {
            throw new IOException("the broker is halted");
        }
        file.force(newEnd);
        ended = false;
        sequence++;
    }

    private JournalFile begin() throws IOException {
        JournalFile before = current;
        ended = true;
        if (before != null && before.end() == JournalFile.ALIGNMENT) {
            // Nothing of it is durable, perhaps not even its header: it is begun once more.
            before.beginAgain();
            ended = false;
            return before;
        }
        JournalFile file = next;
        if (file == null) {
            file = spare.isEmpty() ? create() : spare.remove();
            next = file;
        }
        file.begin(new JournalFile.Header(epoch + 1, sequence, before == null ? 0 : before.epoch(), before == null ? 0 : before.end()));
        epoch++;
        current = file;
        next = null;
        ended = false;
        if (before != null) {
            full.add(before);
            if (full.size() >= CHECKPOINT_AT_FILES) {
                checkpointWanted.run();
            }
        }
        return file;
    }

    private JournalFile create() throws IOException {
        JournalFile file = new JournalFile(disk, directory.resolve((epoch + 1) + SUFFIX));
        try {
            disk.sync(directory);
            return file;
        } catch (IOException e) {
            discard(file);
            throw e;
        }
    }

    private BrokerException failure(IOException cause) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot write to " + directory + ": " + cause.getMessage(), cause);
    }

    private void discard(JournalFile file) {
        try {
            file.close();
            disk.delete(file.path());
        } catch (IOException e) {
            LOG.warn("a journal file that is no longer needed could not be deleted: {}", e.toString());
        }
    }

    private void closeFiles() {
        List<JournalFile> files = new ArrayList<>(spare);
        files.addAll(full);
        if (current != null) {
            files.add(current);
        }
        if (next != null) {
            files.add(next);
        }
        for (JournalFile file : files) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("a journal file could not be closed: {}", e.toString());
            }
        }
    }

    /** Writes what was submitted, then stops. */
    @Override
    public void close() {
        closing = true;
        stop();
    }

    /** Stops at once; what was submitted is neither written nor answered. */
    void halt() {
        halted = true;
        stop();
    }

    private void stop() {
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
