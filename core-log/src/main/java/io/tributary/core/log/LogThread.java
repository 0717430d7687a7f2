package io.tributary.core.log;

import io.tributary.core.batch.BatchBuilder;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.Lane;
import io.tributary.core.store.SegmentStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer of many logs. Whatever is in the mailbox when it looks is appended in one go: one write a log, one commit for all.
 * While two commits are under way what comes is appended and waits for the next, so that a slow disk makes larger commits.
 *
 * <p>Bound: at most {@link Settings#maxInFlightBytes} of appended bytes between the mailbox and their commit; beyond it an append fails
 * with LIMIT_EXCEEDED, having left no trace.
 */
public final class LogThread implements Executor, AutoCloseable {
    /** An append that is larger than the bound is let through when nothing else is in flight. */
    private static final int MAX_DRAIN = 4096;
    private static final int MAX_COMMITS = 2;
    private static final int QUEUE_CHUNK = 1024;
    /** Charged for every append beside its bytes, for the objects that carry it. */
    private static final int WORK_OVERHEAD = 256;
    private static final Logger LOG = LoggerFactory.getLogger(LogThread.class);

    /**
     * What a log thread works with.
     *
     * @param maxInFlightBytes bound of what is appended and not yet committed
     * @param tailCacheBytes   bound of what is kept in memory for readers of the newest records
     * @param maxSegmentAgeMs  a segment is sealed when its first record came so long ago
     * @param reads            runs reads that block
     */
    public record Settings(long maxInFlightBytes, long tailCacheBytes, long maxSegmentAgeMs, InstantSource clock, Executor reads) {
    }

    private final Settings settings;
    private final Thread thread;
    private final MpscUnboundedArrayQueue<Work> mailbox = new MpscUnboundedArrayQueue<>(QUEUE_CHUNK);
    private final MpscUnboundedArrayQueue<Runnable> orders = new MpscUnboundedArrayQueue<>(QUEUE_CHUNK);
    private final AtomicLong inFlight = new AtomicLong();
    private final IdentityHashMap<SegmentStore, CommitLane> lanes = new IdentityHashMap<>();
    private final List<LogWriter> touched = new ArrayList<>();
    private final BatchBuilder builder = new BatchBuilder();
    private final TailCache tailCache;
    private volatile boolean parked;
    private volatile boolean closing;
    private volatile boolean halted;

    /** Starts the thread; it can append to these stores. */
    public LogThread(String name, Settings settings, List<SegmentStore> stores) {
        this.settings = settings;
        this.tailCache = new TailCache(settings.tailCacheBytes());
        for (SegmentStore store : stores) {
            lanes.put(store, new CommitLane(store.openLane()));
        }
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    Settings settings() {
        return settings;
    }

    BatchBuilder builder() {
        return builder;
    }

    TailCache tailCache() {
        return tailCache;
    }

    CommitLane lane(SegmentStore store) {
        CommitLane lane = lanes.get(store);
        if (lane == null) {
            throw new IllegalArgumentException("no lane to this store");
        }
        return lane;
    }

    /** Puts work into the mailbox, or fails it at once. */
    void submit(Work work) {
        int cost = work.bytes + WORK_OVERHEAD;
        long before = inFlight.getAndAdd(cost);
        if (before > 0 && before + cost > settings.maxInFlightBytes()) {
            inFlight.addAndGet(-cost);
            work.onFailure(new BrokerException(ErrorCode.LIMIT_EXCEEDED, "too many bytes wait to be appended"));
            return;
        }
        if (closing) {
            inFlight.addAndGet(-cost);
            work.onFailure(closed());
            return;
        }
        mailbox.offer(work);
        wake();
    }

    /** The work has completed, one way or the other. */
    void release(Work work) {
        inFlight.addAndGet(-(work.bytes + (long) WORK_OVERHEAD));
    }

    /** Runs a task on this thread, between appends. */
    @Override
    public void execute(Runnable order) {
        orders.offer(order);
        wake();
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    private void wake() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!halted) {
            try {
                if (!turn()) {
                    if (closing && mailbox.isEmpty() && orders.isEmpty() && idle()) {
                        break;
                    }
                    park();
                }
            } catch (RuntimeException | Error fault) {
                LOG.error("a log thread's turn failed", fault);
            }
        }
        lanes.values().forEach(lane -> lane.lane.close());
    }

    private boolean turn() {
        int done = 0;
        for (Runnable order = orders.poll(); order != null && !halted; order = orders.poll()) {
            runOrder(order);
            done++;
        }
        int drained = mailbox.drain(this::stage, MAX_DRAIN);
        for (LogWriter writer : touched) {
            writer.flush();
        }
        touched.clear();
        boolean committed = false;
        for (CommitLane lane : lanes.values()) {
            committed |= lane.commitIfDue();
        }
        return done + drained > 0 || committed;
    }

    private static void runOrder(Runnable order) {
        try {
            order.run();
        } catch (RuntimeException | Error fault) {
            LOG.error("an order of a log thread failed", fault);
        }
    }

    private void stage(Work work) {
        if (work.writer.stage(work)) {
            touched.add(work.writer);
        }
    }

    private boolean idle() {
        for (CommitLane lane : lanes.values()) {
            if (lane.underWay > 0 || !lane.uncommitted.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private void park() {
        parked = true;
        if (mailbox.isEmpty() && orders.isEmpty() && !halted && !(closing && idle())) {
            LockSupport.park(this);
        }
        parked = false;
    }

    /** Appends and commits what is in the mailbox, then stops. Must not be called on the thread itself. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        join();
        failRest();
    }

    /** Stops where it is: nothing more is appended, committed or completed. */
    public void halt() {
        closing = true;
        halted = true;
        LockSupport.unpark(thread);
        join();
    }

    private void join() {
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

    private void failRest() {
        for (Work work = mailbox.poll(); work != null; work = mailbox.poll()) {
            work.onFailure(closed());
        }
    }

    static BrokerException closed() {
        return new BrokerException(ErrorCode.CLOSED, "the broker is stopping");
    }

    /** One store's lane with what was appended to it since its last commit. */
    final class CommitLane {
        final Lane lane;
        private List<LogWriter> uncommitted = new ArrayList<>();
        private int underWay;

        CommitLane(Lane lane) {
            this.lane = lane;
        }

        /** Notes that a log has appended; it asks again only after {@link LogWriter#takeUncommittedEnd}. */
        void appended(LogWriter writer) {
            uncommitted.add(writer);
        }

        boolean commitIfDue() {
            if (uncommitted.isEmpty() || underWay >= MAX_COMMITS) {
                return false;
            }
            List<LogWriter> writers = uncommitted;
            uncommitted = new ArrayList<>();
            long[] ends = new long[writers.size()];
            for (int i = 0; i < ends.length; i++) {
                ends[i] = writers.get(i).takeUncommittedEnd();
            }
            underWay++;
            lane.commit(failure -> {
                if (isCurrent()) {
                    done(writers, ends, failure);
                } else {
                    execute(() -> done(writers, ends, failure));
                }
            });
            return true;
        }

        private void done(List<LogWriter> writers, long[] ends, @Nullable BrokerException failure) {
            underWay--;
            for (int i = 0; i < ends.length; i++) {
                if (failure == null) {
                    writers.get(i).committed(ends[i]);
                } else {
                    writers.get(i).commitFailed(failure);
                }
            }
        }
    }
}
