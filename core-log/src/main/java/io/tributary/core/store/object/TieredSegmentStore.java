package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.Lane;
import io.tributary.core.store.LocalFloor;
import io.tributary.core.store.LogId;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentReplacement;
import io.tributary.core.store.SegmentStore;
import io.tributary.core.store.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps segments in local files, as another store does, and sealed ones in an object store too when they are asked to be. Which these are
 * is in a manifest beside each log's files; the local file of an offloaded segment goes when it is told to, and reads then fetch.
 */
public final class TieredSegmentStore implements SegmentStore {
    /** Refuses logs of which a part is in a second tier, for a broker that has none. */
    public static final LocalFloor NO_TIER = (log, directory) -> {
        if (Manifest.exists(directory) && Manifest.read(directory).localFrom() > 0) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a part of the log in " + directory
                + " is in an object store, and no bucket is configured (tributary.tier.bucket)");
        }
        return 0;
    };

    /**
     * How the second tier works.
     *
     * @param cacheBytes of files for what was read back
     * @param transfers  how many uploads, and how many reads, there are at a time
     */
    public record Settings(long cacheBytes, int transfers) {
    }

    private final SegmentStore files;
    private final Disk disk;
    private final SecondTier tier;
    private final Map<LogId, Manifest> manifests = new ConcurrentHashMap<>();

    /**
     * A store of two tiers.
     *
     * @param files          makes the store of local files, given how much of a log it need not have
     * @param storage        closed with this
     * @param prefix         of all keys; empty, or ends with a slash
     * @param clusterId      keeps brokers apart that share bucket and prefix
     * @param cacheDirectory emptied now
     */
    public TieredSegmentStore(Function<LocalFloor, SegmentStore> files, ObjectStorage storage, String prefix, String clusterId,
                              Path cacheDirectory, Settings settings) {
        this.disk = Disk.REAL;
        this.files = files.apply(this::localFrom);
        this.tier = new SecondTier(storage, new ObjectKeys(prefix, clusterId), cacheDirectory, settings, this.files::isReplaceable);
    }

    private long localFrom(LogId log, Path directory) throws IOException {
        Manifest manifest = Manifest.read(directory);
        manifests.put(log, manifest);
        return manifest.localFrom();
    }

    @Override
    public Map<LogId, StoredLog> recover(Collection<LogId> logs) {
        Map<LogId, StoredLog> local = files.recover(logs);
        Map<LogId, StoredLog> all = new HashMap<>();
        for (LogId log : logs) {
            all.put(log, join(remoteLog(log), local.getOrDefault(log, StoredLog.EMPTY)));
        }
        manifests.clear();
        tier.start();
        return all;
    }

    private RemoteLog remoteLog(LogId log) {
        return tier.logs().computeIfAbsent(log, id -> new RemoteLog(id, Objects.requireNonNull(files.stateDirectory(id)), disk,
            manifests.getOrDefault(id, Manifest.EMPTY)));
    }

    /** Puts together what is in objects and what is in files. */
    private StoredLog join(RemoteLog log, StoredLog local) {
        Map<Long, Segment> here = new HashMap<>();
        local.segments().forEach(segment -> here.put(segment.baseOffset(), segment));
        long localBase = local.segments().isEmpty() ? Long.MAX_VALUE : local.segments().get(0).baseOffset();
        List<Segment> segments = new ArrayList<>();
        Map<Long, RemoteSegment> both = new HashMap<>();
        for (RemoteSegment remote : log.segments()) {
            Segment copy = here.get(remote.baseOffset());
            if (remote.endOffset() <= local.startOffset()) {
                tier.forget(log, remote.baseOffset());
            } else if (remote.baseOffset() < localBase) {
                segments.add(new TieredSegment(tier, log, null, remote));
            } else if (copy != null && copy.endOffset() == remote.endOffset() && copy.sizeInBytes() == remote.extent().size()) {
                both.put(remote.baseOffset(), remote);
            } else {
                throw damaged(log, "offset " + remote.baseOffset() + " is the base of another segment than the local one");
            }
        }
        for (Segment segment : local.segments()) {
            segments.add(new TieredSegment(tier, log, segment, both.get(segment.baseOffset())));
        }
        long next = Math.min(local.startOffset(), segments.isEmpty() ? local.startOffset() : segments.get(0).baseOffset());
        for (Segment segment : segments) {
            if (segment.baseOffset() != next) {
                throw damaged(log, "nothing holds offsets " + next + " to " + segment.baseOffset());
            }
            next = segment.endOffset();
        }
        return segments.isEmpty() ? local : new StoredLog(local.startOffset(), local.compactedBefore(), segments);
    }

    private static BrokerException damaged(RemoteLog log, String what) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, "the remote segments of log " + log.id() + " do not fit the local ones: "
            + what);
    }

    @Override
    public Segment create(LogId log, long baseOffset) {
        return new TieredSegment(tier, remoteLog(log), files.create(log, baseOffset), null);
    }

    @Override
    public boolean isReplaceable(Segment sealed) {
        TieredSegment segment = (TieredSegment) sealed;
        Segment local = segment.local();
        return local != null && !segment.log().mayHold(segment.baseOffset()) && files.isReplaceable(local);
    }

    @Override
    public SegmentReplacement replace(LogId log, List<Segment> sealed) {
        SegmentReplacement local = files.replace(log, sealed.stream().map(TieredSegmentStore::local).toList());
        return new SegmentReplacement() {
            @Override
            public void append(ByteBuffer batches) {
                local.append(batches);
            }

            @Override
            public void prepare() {
                local.prepare();
            }

            @Override
            public Segment commit() {
                return new TieredSegment(tier, remoteLog(log), local.commit(), null);
            }

            @Override
            public void finish() {
                local.finish();
            }

            @Override
            public void close() {
                local.close();
            }
        };
    }

    private static Segment local(Segment segment) {
        return ((TieredSegment) segment).requireLocal();
    }

    @Override
    public void noteCompacted(LogId log, long offset) {
        files.noteCompacted(log, offset);
    }

    @Override
    public void writeNote(LogId log, String name, ByteBuffer contents) {
        files.writeNote(log, name, contents);
    }

    @Override
    public @Nullable ByteBuffer readNote(LogId log, String name) {
        return files.readNote(log, name);
    }

    @Override
    public void delete(LogId log) {
        RemoteLog remote = tier.logs().get(log);
        if (remote != null) {
            tier.forget(remote);
        }
        files.delete(log);
    }

    @Override
    public Lane openLane() {
        Lane lane = files.openLane();
        return new Lane() {
            @Override
            public void append(Segment segment, List<ByteBuffer> batches) {
                lane.append(local(segment), batches);
            }

            @Override
            public void moveStart(LogId log, long startOffset) {
                lane.moveStart(log, startOffset);
            }

            @Override
            public void commit(Commit commit) {
                lane.commit(commit);
            }

            @Override
            public void reset() {
                lane.reset();
            }

            @Override
            public void close() {
                lane.close();
            }
        };
    }

    @Override
    public @Nullable Path stateDirectory(LogId log) {
        return files.stateDirectory(log);
    }

    @Override
    public boolean hasSecondTier() {
        return true;
    }

    @Override
    public boolean isOffloaded(LogId log) {
        RemoteLog remote = tier.logs().get(log);
        return remote != null && !remote.isEmpty();
    }

    @Override
    public Executor remoteReads() {
        return tier.readThreads();
    }

    @Override
    public boolean inMemory() {
        return false;
    }

    /** What the second tier does. */
    public TierStatus status() {
        return tier.status();
    }

    @Override
    public void close() {
        tier.close();
        files.close();
    }

    @Override
    public void halt() {
        tier.close();
        files.halt();
    }
}
