package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.LogId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chunks of remote segments in files beneath one directory, which is emptied at the start. Those least used go when there is no room.
 * Whoever wants a chunk that another is fetching waits for that one. Safe on any thread; blocks.
 *
 * <p>Bounds: the files hold at most the bytes given. Files that went are kept open for the readers of the last minute; they too hold at
 * most so many bytes. When readers go through more than that in a minute, those that were asked for longest ago are closed early, and when
 * that was just now, further fetches wait.
 */
final class ChunkCache implements AutoCloseable {
    private static final long WAIT_MS = 200;
    private static final Logger LOG = LoggerFactory.getLogger(ChunkCache.class);

    /** A chunk's place. */
    record Key(LogId log, long baseOffset, int chunk) {
    }

    /**
     * How long files that went stay open after they were last asked for.
     *
     * @param ms      usually
     * @param leastMs when there is no room
     * @param waitMs  how long a fetch waits for room
     */
    record Grace(long ms, long leastMs, long waitMs) {
        static final Grace DEFAULT = new Grace(60_000, 10_000, 20_000);
    }

    private final Path directory;
    private final long maxBytes;
    private final Grace grace;
    /** By their last use. */
    private final Map<Key, CompletableFuture<CachedChunk>> chunks = new LinkedHashMap<>(16, 0.75f, true);
    private final ArrayDeque<CachedChunk> leaving = new ArrayDeque<>();
    /** Of chunks that are there or on their way. */
    private long bytes;
    private long leavingBytes;
    private long names;

    /** An empty cache. */
    ChunkCache(Path directory, long maxBytes, Grace grace) {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.grace = grace;
        try {
            Files.createDirectories(directory);
            try (Stream<Path> files = Files.walk(directory)) {
                List<Path> old = files.filter(path -> !path.equals(directory)).sorted(Comparator.reverseOrder()).toList();
                for (Path path : old) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot empty the cache " + directory + ": " + e, e);
        }
    }

    /** What a fetch brings: the chunk's bytes and what is known of them. */
    record Fetched(ByteBuffer batches, ChunkIndex index) {
    }

    /**
     * The chunk, fetched if need be; usable for a minute.
     *
     * @param size that the chunk has
     */
    CachedChunk get(Key key, int size, Supplier<Fetched> fetch) throws InterruptedException {
        while (true) {
            Place place = place(key, size);
            if (place.isNew()) {
                load(key, size, fetch, place.chunk());
            }
            CachedChunk found = await(place.chunk());
            if (found.use()) {
                return found;
            }
            forget(key, place.chunk(), size);
        }
    }

    /** A chunk that is there or on its way; a new one is for the caller to fetch. */
    private record Place(CompletableFuture<CachedChunk> chunk, boolean isNew) {
    }

    private synchronized Place place(Key key, int size) throws InterruptedException {
        CompletableFuture<CachedChunk> known = chunks.get(key);
        if (known == null) {
            makeRoom(size);
            // Another may have come while this one waited.
            known = chunks.get(key);
        }
        if (known != null) {
            return new Place(known, false);
        }
        CompletableFuture<CachedChunk> made = new CompletableFuture<>();
        chunks.put(key, made);
        bytes += size;
        return new Place(made, true);
    }

    private void load(Key key, int size, Supplier<Fetched> fetch, CompletableFuture<CachedChunk> into) {
        try {
            Fetched fetched = fetch.get();
            into.complete(CachedChunk.write(newPath(), fetched.batches(), fetched.index()));
        } catch (RuntimeException | Error failure) {
            forget(key, into, size);
            into.completeExceptionally(failure);
        }
        synchronized (this) {
            notifyAll();
        }
    }

    private synchronized Path newPath() {
        return directory.resolve(names++ + ".chunk");
    }

    /** One that failed, or was closed under a reader by that reader's interrupt. */
    private synchronized void forget(Key key, CompletableFuture<CachedChunk> chunk, int size) {
        if (chunks.remove(key, chunk)) {
            bytes -= size;
            if (chunk.isDone() && !chunk.isCompletedExceptionally()) {
                chunk.join().unlink();
            }
        }
    }

    private static CachedChunk await(CompletableFuture<CachedChunk> chunk) throws InterruptedException {
        try {
            return chunk.get();
        } catch (ExecutionException failure) {
            throw BrokerException.of(failure);
        }
    }

    private void makeRoom(int size) throws InterruptedException {
        long deadline = CachedChunk.now() + grace.waitMs();
        while (bytes > 0 && bytes + size > maxBytes && !evict()) {
            long left = deadline - CachedChunk.now();
            if (left <= 0) {
                throw new BrokerException(ErrorCode.STORAGE_FAILURE,
                    "the cache of remote segments is too small for what is read through it");
            }
            wait(Math.min(left, WAIT_MS));
        }
    }

    /** Lets the chunk go that was least used of those that can; false when there is none. */
    private boolean evict() {
        for (Iterator<CompletableFuture<CachedChunk>> all = chunks.values().iterator(); all.hasNext();) {
            CompletableFuture<CachedChunk> chunk = all.next();
            if (!chunk.isDone() || chunk.isCompletedExceptionally()) {
                continue;
            }
            CachedChunk found = chunk.join();
            if (leavingBytes + found.size() > maxBytes) {
                closeUnusedFor(grace.leastMs());
            }
            if (leavingBytes > 0 && leavingBytes + found.size() > maxBytes) {
                return false;
            }
            all.remove();
            bytes -= found.size();
            leave(found);
            return true;
        }
        return false;
    }

    private void leave(CachedChunk chunk) {
        try {
            chunk.unlink();
        } catch (BrokerException failure) {
            LOG.warn("{}", failure.getMessage());
        }
        leaving.add(chunk);
        leavingBytes += chunk.size();
    }

    /** Closes what nobody has asked for during the last minute, of what went. To be called now and then. */
    synchronized void sweep() {
        closeUnusedFor(grace.ms());
    }

    private void closeUnusedFor(long ms) {
        long before = CachedChunk.now() - ms;
        leaving.removeIf(chunk -> {
            boolean unused = chunk.isUnusedSince(before);
            if (unused) {
                chunk.close();
                leavingBytes -= chunk.size();
            }
            return unused;
        });
    }

    /** Lets the chunks of a segment go, which is no longer part of its log. */
    synchronized void forget(LogId log, long baseOffset) {
        for (Iterator<Map.Entry<Key, CompletableFuture<CachedChunk>>> all = chunks.entrySet().iterator(); all.hasNext();) {
            Map.Entry<Key, CompletableFuture<CachedChunk>> entry = all.next();
            CompletableFuture<CachedChunk> chunk = entry.getValue();
            if (entry.getKey().log().equals(log) && entry.getKey().baseOffset() == baseOffset && chunk.isDone()
                && !chunk.isCompletedExceptionally()) {
                all.remove();
                bytes -= chunk.join().size();
                leave(chunk.join());
            }
        }
    }

    synchronized long sizeInBytes() {
        return bytes;
    }

    /** Of files that went and are still open. */
    synchronized long leavingBytes() {
        return leavingBytes;
    }

    @Override
    public synchronized void close() {
        leaving.forEach(CachedChunk::close);
        chunks.values().stream().filter(chunk -> chunk.isDone() && !chunk.isCompletedExceptionally())
            .forEach(chunk -> chunk.join().close());
    }
}
