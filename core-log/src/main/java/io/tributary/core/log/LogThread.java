package io.tributary.core.log;

import io.tributary.core.batch.BatchBuilder;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.SegmentStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer of many logs. Whatever is in the mailbox when it looks is appended in one go: one write a log, one commit for all.
 * While commits are under way what comes is appended and waits for the next, so that a slow disk makes larger commits.
 *
 * <p>Bound: at most {@link Settings#maxInFlightBytes} of appended bytes between the mailbox and their commit (and one append that is
 * larger by itself); beyond it an append fails with LIMIT_EXCEEDED, having left no trace.
 */
public final class LogThread implements Executor, AutoCloseable {
    private static final int MAX_TURN_WORKS = 4096;
    private static final int MAX_TURN_BYTES = 4 << 20;
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
    private final List<CommitLane> lanes = new CopyOnWriteArrayList<>();
    private final List<LogWriter> touched = new ArrayList<>();
    private final BatchBuilder builder = new BatchBuilder();
    private final TailCache tailCache;
    private volatile ConsumedFloor consumedFloor = (partition, highWatermark) -> 0;
    private volatile boolean parked;
    private volatile boolean closing;
    private volatile boolean halted;

    /** Starts the thread. */
    public LogThread(String name, Settings settings) {
        this.settings = settings;
        this.tailCache = new TailCache(settings.tailCacheBytes());
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

    ConsumedFloor consumedFloor() {
        return consumedFloor;
    }

    /** Tells from now on what is consumed; before, nothing is taken as consumed. */
    public void setConsumedFloor(ConsumedFloor floor) {
        consumedFloor = floor;
    }

    TailCache tailCache() {
        return tailCache;
    }

    /** The thread's lane to a store, which has recovered. */
    synchronized CommitLane lane(SegmentStore store) {
        for (CommitLane lane : lanes) {
            if (lane.store() == store) {
                return lane;
            }
        }
        CommitLane opened = new CommitLane(store, this);
        lanes.add(opened);
        return opened;
    }

    /** Puts work into the mailbox, or fails it at once. */
    void submit(Work work) {
        int cost = work.bytes + WORK_OVERHEAD;
        long before = inFlight.getAndAdd(cost);
        if (closing || before > 0 && before + cost > settings.maxInFlightBytes()) {
            inFlight.addAndGet(-cost);
            work.onFailure(closing ? closed() : new BrokerException(ErrorCode.LIMIT_EXCEEDED, "too many bytes wait to be appended"));
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
                    if (isDone()) {
                        break;
                    }
                    park();
                }
            } catch (RuntimeException | Error fault) {
                LOG.error("a log thread's turn failed", fault);
            }
        }
        lanes.forEach(CommitLane::close);
    }

    private boolean turn() {
        int done = 0;
        for (Runnable order = orders.poll(); order != null && !halted; order = orders.poll()) {
            runOrder(order);
            done++;
        }
        done += drainMailbox();
        for (LogWriter writer : touched) {
            writer.flush();
        }
        touched.clear();
        boolean committed = false;
        for (CommitLane lane : lanes) {
            committed |= lane.commitIfDue();
        }
        return done > 0 || committed;
    }

    private int drainMailbox() {
        for (CommitLane lane : lanes) {
            if (!lane.takesMore()) {
                return 0;
            }
        }
        int works = 0;
        long bytes = 0;
        while (works < MAX_TURN_WORKS && bytes < MAX_TURN_BYTES) {
            Work work = mailbox.poll();
            if (work == null) {
                break;
            }
            works++;
            bytes += work.bytes;
            if (work.writer.stage(work)) {
                touched.add(work.writer);
            }
        }
        return works;
    }

    private static void runOrder(Runnable order) {
        try {
            order.run();
        } catch (RuntimeException | Error fault) {
            LOG.error("an order of a log thread failed", fault);
        }
    }

    private boolean isDone() {
        if (!closing || !mailbox.isEmpty() || !orders.isEmpty()) {
            return false;
        }
        for (CommitLane lane : lanes) {
            if (!lane.isIdle()) {
                return false;
            }
        }
        return true;
    }

    private void park() {
        parked = true;
        if (orders.isEmpty() && !halted && !isDone() && (mailbox.isEmpty() || !takesMore())) {
            LockSupport.park(this);
        }
        parked = false;
    }

    private boolean takesMore() {
        for (CommitLane lane : lanes) {
            if (!lane.takesMore()) {
                return false;
            }
        }
        return true;
    }

    /** Appends and commits what is in the mailbox, then stops. Must not be called on the thread itself. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        join();
        for (Work work = mailbox.poll(); work != null; work = mailbox.poll()) {
            work.onFailure(closed());
        }
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

    private static BrokerException closed() {
        return new BrokerException(ErrorCode.CLOSED, "the broker is stopping");
    }
}
