package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Registration;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.routing.FilterIndex;
import io.tributary.core.subscription.loop.LoopRead;
import io.tributary.core.subscription.loop.ReadRetry;
import io.tributary.core.subscription.state.PartitionKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is published to a partition once for all subscriptions of a loop that have caught up, and offers it to each. Sources
 * that have not read by themselves until they meet the feed.
 */
final class PartitionFeed {
    private static final int MAX_RECORDS = 1024;
    private static final int MAX_BYTES = 512 << 10;
    /** Reads before other tasks of the loop have their turn. */
    private static final int READS_PER_TURN = 4;

    private final Worker worker;
    private final PartitionKey key;
    private final Partition partition;
    private final List<Source> all = new ArrayList<>(1);
    private final List<Source> live = new ArrayList<>(1);
    /** Live too, and found by what they want: however many there are, only those are asked. */
    private final List<Source> indexed = new ArrayList<>(0);
    private final FilterIndex<Source> filters = new FilterIndex<>();
    private final List<Source> found = new ArrayList<>();
    private final Set<Intake> touched = new LinkedHashSet<>();
    private final AtomicBoolean queued = new AtomicBoolean();
    private final ReadRetry retry;
    private @Nullable Registration registration;
    private long position;
    private boolean reading;
    private volatile long floor;

    PartitionFeed(Worker worker, PartitionKey key, Partition partition) {
        this.worker = worker;
        this.key = key;
        this.partition = partition;
        floor = Long.MAX_VALUE;
        retry = new ReadRetry(worker.loop(), this::drain);
    }

    PartitionKey key() {
        return key;
    }

    /** Readers see what lies before: records of open transactions and those after them are not yet to be read. */
    long limit() {
        return partition.lastStableOffset();
    }

    /** Everything before was offered to the live sources. */
    long position() {
        return position;
    }

    boolean hasLive() {
        return !live.isEmpty() || !indexed.isEmpty();
    }

    void add(Source source) {
        source.feedIndex = all.size();
        all.add(source);
        floor = Math.min(floor, source.floor());
    }

    void remove(Source source) {
        leave(source);
        if (source.feedIndex >= 0) {
            Source last = all.remove(all.size() - 1);
            if (last != source) {
                all.set(source.feedIndex, last);
                last.feedIndex = source.feedIndex;
            }
            source.feedIndex = -1;
        }
        if (all.isEmpty()) {
            worker.forget(this);
            floor = Long.MAX_VALUE;
        }
    }

    /** A source that has read up to the feed's position, or to the limit when there is none, is fed from now on. */
    void join(Source source) {
        if (source.liveIndex >= 0) {
            return;
        }
        if (!hasLive()) {
            position = source.seen();
            registration = partition.onAdvance(this::advanced);
        }
        source.feedFilters = source.isIndexed() ? source.coverage.filters() : null;
        List<Source> list = listOf(source);
        source.liveIndex = list.size();
        list.add(source);
        if (source.feedFilters != null) {
            source.feedFilters.forEach(filter -> filters.add(filter, source));
        }
        advanced();
    }

    private List<Source> listOf(Source source) {
        return source.feedFilters == null ? live : indexed;
    }

    void leave(Source source) {
        if (source.liveIndex < 0) {
            return;
        }
        List<Source> list = listOf(source);
        Source last = list.remove(list.size() - 1);
        if (last != source) {
            list.set(source.liveIndex, last);
            last.liveIndex = source.liveIndex;
        }
        source.liveIndex = -1;
        if (source.feedFilters != null) {
            source.feedFilters.forEach(filter -> filters.remove(filter, source));
            source.feedFilters = null;
        }
        if (!hasLive() && registration != null) {
            registration.close();
            registration = null;
        }
    }

    /** On any thread: there may be something to read. */
    private void advanced() {
        if (!queued.get() && queued.compareAndSet(false, true)) {
            worker.loop().execute(this::turn);
        }
    }

    private void turn() {
        queued.set(false);
        drain();
    }

    /** Offers what can be read to the live sources. */
    void drain() {
        for (int reads = 0; !reading && hasLive() && !retry.isScheduled(); reads++) {
            long limit = limit();
            if (position >= limit) {
                return;
            }
            if (reads == READS_PER_TURN) {
                advanced();
                return;
            }
            long from = position;
            reading = true;
            LoopRead.await(partition.readRecords(from, MAX_RECORDS, MAX_BYTES), worker.loop(), new Arrival(from, limit), this::drain);
        }
    }

    /** What one read brings. */
    private final class Arrival implements LoopRead.Receiver {
        private final long from;
        private final long limit;

        Arrival(long from, long limit) {
            this.from = from;
            this.limit = limit;
        }

        @Override
        public void records(List<Record> records) {
            reading = false;
            // Meanwhile all sources may have left, and others joined at another place.
            if (position == from && hasLive()) {
                retry.succeeded();
                offerAll(records, limit);
            }
        }

        @Override
        public void failed(BrokerException cause) {
            reading = false;
            if (position == from && hasLive()) {
                readFailed(cause);
            }
        }
    }

    private void offerAll(List<Record> records, long limit) {
        for (Record record : records) {
            if (record.offset() >= limit || !hasLive()) {
                break;
            }
            position = Math.max(position, record.offset());
            offer(record);
            position = Math.max(position, record.offset() + 1);
        }
        if (records.isEmpty()) {
            position = limit;
        }
        List<Intake> fed = List.copyOf(touched);
        touched.clear();
        fed.forEach(Intake::fed);
    }

    /** The intake wants to know when the feed has come further, even if that brings nothing for it. */
    void tell(Intake intake) {
        touched.add(intake);
    }

    private void offer(Record record) {
        // From the end: a source whose window is full leaves, and the last one takes its place.
        for (int i = live.size() - 1; i >= 0; i--) {
            offer(record, live.get(i));
        }
        if (!indexed.isEmpty()) {
            filters.match(partition.id().topic(), record, found::add);
            // One that has several filters may be there more than once; the second time it has passed the record.
            found.forEach(source -> offer(record, source));
            found.clear();
        }
    }

    private void offer(Record record, Source source) {
        if (record.offset() < source.seen()) {
            return;
        }
        boolean wanted = source.wants(record);
        if (wanted) {
            touched.add(source.intake);
            source.portion.arrived(source, record);
        }
        source.passed(record.offset());
        if (wanted) {
            source.portion.pauseWhenFull();
        }
    }

    private void readFailed(BrokerException failure) {
        if (failure.code() == ErrorCode.OFFSET_OUT_OF_RANGE) {
            // The sources find out by themselves how much they lost.
            List.copyOf(live).forEach(source -> source.intake.fallBehind());
            List.copyOf(indexed).forEach(source -> source.intake.fallBehind());
            List.copyOf(all).forEach(source -> source.intake.fed());
        } else if (failure.code() != ErrorCode.CLOSED) {
            retry.failed(partition.id(), failure);
        }
    }

    /** On any thread: the first offset that a source of this loop needs, or {@link Long#MAX_VALUE}; may be lower than the truth. */
    long floor() {
        return floor;
    }

    /** Brings {@link #floor} up to date. */
    void refreshFloor() {
        long lowest = Long.MAX_VALUE;
        for (Source source : all) {
            lowest = Math.min(lowest, source.floor());
        }
        floor = lowest;
    }
}
