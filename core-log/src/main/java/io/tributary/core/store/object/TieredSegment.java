package io.tributary.core.store.object;

import io.tributary.core.api.LogSlice;
import io.tributary.core.model.BrokerException;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentExtent;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A segment that is in a local file, in the second tier, or in both. */
final class TieredSegment implements Segment {
    private final SecondTier tier;
    private final RemoteLog log;
    private final long baseOffset;
    private volatile @Nullable Segment local;
    private volatile @Nullable RemoteSegment remote;
    /** The local file is damaged: it must not take the place of an object, nor be let go. */
    private volatile boolean unfit;
    private volatile boolean deleted;

    TieredSegment(SecondTier tier, RemoteLog log, @Nullable Segment local, @Nullable RemoteSegment remote) {
        this.tier = tier;
        this.log = log;
        this.local = local;
        this.remote = remote;
        this.baseOffset = local != null ? local.baseOffset() : Objects.requireNonNull(remote).baseOffset();
    }

    RemoteLog log() {
        return log;
    }

    @Nullable Segment local() {
        return local;
    }

    /** The local segment of one that is still written or was never offloaded. */
    Segment requireLocal() {
        return Objects.requireNonNull(local, "a segment that is only remote is not changed");
    }

    /** There is an object of it now. */
    void offloaded(RemoteSegment now) {
        remote = now;
    }

    boolean isOffloaded() {
        return remote != null;
    }

    void markUnfit() {
        unfit = true;
    }

    boolean isDeleted() {
        return deleted;
    }

    /** From now on reads go to the second tier; returns what is to be deleted, or null. */
    @Nullable Segment detachLocal() {
        Segment here = local;
        if (here == null || remote == null || deleted) {
            return null;
        }
        local = null;
        return here;
    }

    @Override
    public long baseOffset() {
        return baseOffset;
    }

    @Override
    public SegmentExtent extent() {
        Segment here = local;
        return here != null ? here.extent() : requireRemote().extent();
    }

    private RemoteSegment requireRemote() {
        return Objects.requireNonNull(remote, "a segment is somewhere");
    }

    @Override
    public List<LogSlice> read(long offset, long endOffset, int maxBytes) {
        Segment here = local;
        if (here != null) {
            try {
                return here.read(offset, endOffset, maxBytes);
            } catch (BrokerException failure) {
                if (local != null) {
                    throw failure;
                }
                // Let go just now.
            }
        }
        return tier.reads().read(log.id(), requireRemote(), offset, endOffset, maxBytes);
    }

    @Override
    public long offsetBefore(long timestampMs) {
        Segment here = local;
        if (here != null) {
            try {
                return here.offsetBefore(timestampMs);
            } catch (BrokerException failure) {
                if (local != null) {
                    throw failure;
                }
            }
        }
        return tier.reads().offsetBefore(log.id(), requireRemote(), timestampMs);
    }

    @Override
    public void truncate(long endOffset) {
        Segment here = local;
        if (here != null || endOffset < extent().endOffset()) {
            requireLocal().truncate(endOffset);
        }
    }

    @Override
    public void seal() {
        requireLocal().seal();
    }

    @Override
    public boolean isLocal() {
        return local != null;
    }

    @Override
    public boolean offload() {
        if (remote == null && !unfit && !deleted) {
            tier.upload(this);
        }
        return remote != null;
    }

    @Override
    public void releaseLocal() {
        if (remote != null && local != null) {
            tier.release(this);
        }
    }

    @Override
    public void delete() {
        deleted = true;
        Segment here = local;
        try {
            if (here != null) {
                here.delete();
            }
        } finally {
            tier.forget(log, baseOffset);
        }
    }

    @Override
    public String toString() {
        Segment here = local;
        return here != null ? here.toString() : tier.key(log.id(), baseOffset);
    }
}
