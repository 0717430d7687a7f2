package io.tributary.core.subscription;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.loop.LoopRead;
import io.tributary.core.subscription.loop.ReadRetry;
import io.tributary.core.subscription.state.BoundRange;
import java.util.Collection;
import java.util.List;

/** Brings the indexed sources of a subscription up to their feeds: notes which records are wanted, and keeps none of them. */
final class BacklogIndexer {
    private static final int CHUNK_RECORDS = 1024;
    private static final int CHUNK_BYTES = 512 << 10;
    /** Reads before other tasks of the loop have their turn. */
    private static final int READS_PER_TURN = 8;

    private final DispatchLoop loop;
    private final Runnable continuation;
    private final ReadRetry retry;

    /**
     * Makes an indexer.
     *
     * @param continuation is to call {@link #advance} again
     */
    BacklogIndexer(DispatchLoop loop, Runnable continuation) {
        this.loop = loop;
        this.continuation = continuation;
        retry = new ReadRetry(loop, continuation);
    }

    /** Goes on, or lets those that have arrived join their feeds. Returns whether all have arrived. */
    boolean advance(Collection<Source> sources) {
        boolean arrived = true;
        for (Source source : sources) {
            if (source.isIndexed() && !source.isLive()) {
                arrived &= advance(source);
            }
        }
        return arrived;
    }

    private boolean advance(Source source) {
        int reads = 0;
        while (!source.indexing && !source.isRemoved() && !retry.isScheduled()) {
            if (!source.isUndecided()) {
                if (source.end == BoundRange.OPEN) {
                    source.mark = source.feed.limit();
                    source.feed.join(source);
                }
                return true;
            }
            if (reads++ == READS_PER_TURN) {
                source.indexing = true;
                loop.execute(() -> {
                    source.indexing = false;
                    continuation.run();
                });
                return false;
            }
            source.indexing = true;
            long from = source.scanned();
            LoopRead.await(source.partition.readRecords(from, CHUNK_RECORDS, CHUNK_BYTES), loop,
                new Arrival(source, from, source.target()), continuation);
        }
        return source.isRemoved();
    }

    /** What one read brings. */
    private final class Arrival implements LoopRead.Receiver {
        private final Source source;
        private final long from;
        private final long limit;

        Arrival(Source source, long from, long limit) {
            this.source = source;
            this.from = from;
            this.limit = limit;
        }

        @Override
        public void records(List<Record> records) {
            source.indexing = false;
            if (!source.isRemoved() && source.isIndexed() && source.scanned() == from) {
                retry.succeeded();
                source.index(records, limit);
            }
        }

        @Override
        public void failed(BrokerException cause) {
            source.indexing = false;
            if (source.isRemoved() || cause.code() == ErrorCode.CLOSED) {
                return;
            }
            if (cause.code() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                source.outOfRange();
            } else {
                retry.failed(source.partition.id(), cause);
            }
        }
    }
}
