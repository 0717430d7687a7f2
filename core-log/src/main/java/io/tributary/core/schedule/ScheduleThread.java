package io.tributary.core.schedule;

import io.tributary.core.api.Registration;
import io.tributary.core.api.ScheduleStats;
import io.tributary.core.api.Topics;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.schedule.index.IndexFailure;
import io.tributary.core.schedule.rocksdb.RocksScheduleIndex;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of the schedule: follows the log into the index, serves what is asked, and fires what is due. It sleeps until the next record
 * is due, looking at the clock now and then, for that may be moved. A failure is tried again with growing pauses, beginning with the last
 * claim.
 */
final class ScheduleThread {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleThread.class);
    /** How late a clock that was moved is noticed. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LAST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Settings settings;
    private final Supplier<@Nullable ScheduleLog> logs;
    private final Patience patience = new Patience();
    private final ScheduleRequests requests;
    private final DueCursor cursor = new DueCursor();
    private final HeldTargets held = new HeldTargets();
    private final Rounds.Counts counts = new Rounds.Counts();
    private final Seldom troubles = new Seldom(LOG);
    private final Thread thread;
    private volatile @Nullable Opened opened;
    private volatile long firstDueMs = DueCursor.NEVER;

    /**
     * What the schedule works with.
     *
     * @param directory   of the index
     * @param producerIds gives numbers never given before
     */
    record Settings(Topics topics, Path directory, InstantSource clock, Supplier<CompletionStage<Long>> producerIds) {
    }

    /** What is there while the index is open. */
    private static final class Opened {
        final IndexView view;
        final Rounds rounds;
        final RecordFetch fetch;
        final Decisions decisions;
        final Registration wakeUps;
        /** The last claim is not known to be done. */
        boolean unfinished = true;

        Opened(IndexView view, Rounds rounds, RecordFetch fetch, Decisions decisions, Registration wakeUps) {
            this.view = view;
            this.rounds = rounds;
            this.fetch = fetch;
            this.decisions = decisions;
            this.wakeUps = wakeUps;
        }
    }

    /** Starts the thread; {@code logs} gives null until there is a log. */
    ScheduleThread(Settings settings, Supplier<@Nullable ScheduleLog> logs) {
        this.settings = settings;
        this.logs = logs;
        this.requests = new ScheduleRequests(patience, settings.clock(), counts.cancelled(), this::wake);
        this.thread = new Thread(this::run, "tributary-schedule");
        thread.setDaemon(true);
        thread.start();
    }

    ScheduleRequests requests() {
        return requests;
    }

    /** There is something to do. Safe on any thread. */
    void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        long pause = 0;
        while (!patience.isStopping()) {
            try {
                boolean fired = turn();
                pause = 0;
                if (!fired) {
                    sleep(idleNanos());
                }
            } catch (Patience.Halted stopping) {
                break;
            } catch (RuntimeException failure) {
                pause = pause == 0 ? FIRST_PAUSE_NANOS : Math.min(LAST_PAUSE_NANOS, pause * 2);
                recover(failure);
                sleep(pause);
            }
        }
        end();
    }

    /** Does what there is to do; tells whether there may be more. */
    private boolean turn() {
        ScheduleLog log = logs.get();
        if (log == null) {
            requests.serveNone();
            return false;
        }
        Opened now = opened;
        if (now == null) {
            now = open(log);
            opened = now;
        }
        now.view.catchUp();
        if (now.unfinished) {
            cursor.reset();
            held.clear();
            now.rounds.finishLast();
            now.unfinished = false;
            now.view.catchUp();
        }
        boolean decided = now.decisions.look();
        requests.serve(log, now.view, now.fetch);
        held.release(System.nanoTime(), cursor);
        boolean due = settings.clock().millis() >= cursor.nextDueMs();
        if (due) {
            now.unfinished = true;
            now.rounds.run(settings.clock().millis());
            now.unfinished = false;
        } else {
            held.forgetIdle();
        }
        firstDueMs = Math.min(cursor.nextDueMs(), held.firstDueMs());
        return due || decided;
    }

    private Opened open(ScheduleLog log) {
        IndexView view = IndexView.open(settings.directory(), log, patience, cursor);
        RecordFetch fetch = new RecordFetch(log.partition(), patience);
        RoundPlanner planner = new RoundPlanner(settings.topics(), view, fetch, cursor, held, troubles);
        Rounds rounds = new Rounds(log, view, planner,
            new Rounds.Context(held, patience, settings.clock(), settings.producerIds(), counts, troubles));
        Decisions decisions = new Decisions(settings.topics(), log, view, fetch, patience, settings.clock());
        return new Opened(view, rounds, fetch, decisions, log.partition().onAdvance(this::wake));
    }

    private long idleNanos() {
        long forHeld = held.nanosLeft(System.nanoTime());
        Opened now = opened;
        long next = now == null ? DueCursor.NEVER : cursor.nextDueMs();
        if (now != null && now.view.mayHaveUndecided()) {
            return Math.min(forHeld, LOOK_NANOS);
        }
        if (next == DueCursor.NEVER) {
            return forHeld;
        }
        long left = Math.max(0, next - settings.clock().millis());
        return Math.min(forHeld, Math.min(LOOK_NANOS, TimeUnit.MILLISECONDS.toNanos(left)));
    }

    private void sleep(long nanos) {
        if (nanos > 0 && !patience.isStopping()) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    private void recover(RuntimeException failure) {
        troubles.warn("a failure, after which it tries again: " + failure);
        LOG.debug("The schedule failed", failure);
        if (failure instanceof IndexFailure index) {
            Opened now = opened;
            opened = null;
            if (now != null) {
                now.wakeUps.close();
                now.view.close();
            }
            if (index.isDamaged()) {
                LOG.warn("The index of the schedule in {} is made anew from its log: {}", settings.directory(), failure.getMessage());
                discard();
            }
        } else if (opened != null) {
            opened.unfinished = true;
        }
    }

    private void discard() {
        try {
            RocksScheduleIndex.destroy(settings.directory());
        } catch (IndexFailure undeleted) {
            troubles.warn(undeleted.toString());
        }
    }

    private void end() {
        requests.close();
        Opened now = opened;
        if (now == null) {
            return;
        }
        now.wakeUps.close();
        try {
            if (!patience.isHalted()) {
                now.view.flush();
            }
        } catch (IndexFailure unwritten) {
            LOG.warn("The index of the schedule cannot be written out, and will be brought up to date from its log", unwritten);
        } finally {
            now.view.close();
        }
    }

    ScheduleStats stats() {
        long first = firstDueMs;
        long late = first == DueCursor.NEVER ? 0 : Math.max(0, settings.clock().millis() - first);
        return new ScheduleStats(waiting(), counts.fired().sum(), counts.cancelled().sum(), counts.dropped().sum(), late);
    }

    long waiting() {
        Opened now = opened;
        return now == null ? 0 : now.view.waiting();
    }

    /** Ends the thread after its round and writes the index out. */
    void close() {
        patience.stop();
        join();
    }

    /** Ends the thread where it is. */
    void halt() {
        patience.halt();
        join();
    }

    private void join() {
        wake();
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

    static BrokerException closed() {
        return new BrokerException(ErrorCode.CLOSED, "the broker is stopping");
    }
}
