package io.tributary.protocol.kafka.coordinator.transaction;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of a namespace's transactions. What comes when it has stopped is dropped: the next process finds in the log what to do. */
final class CoordinatorThread implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorThread.class);

    private final ScheduledThreadPoolExecutor executor;

    CoordinatorThread(String name) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(logged(task));
        } catch (RejectedExecutionException stopped) {
            LOG.debug("dropped, as the coordinator has stopped", stopped);
        }
    }

    /** Runs the task later, unless the returned action is called before. */
    Runnable after(Duration delay, Runnable task) {
        try {
            Future<?> scheduled = executor.schedule(logged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("dropped, as the coordinator has stopped", stopped);
            return () -> { };
        }
    }

    /** Runs the task again and again, with this pause between. */
    void every(Duration pause, Runnable task) {
        after(pause, () -> {
            try {
                task.run();
            } finally {
                every(pause, task);
            }
        });
    }

    boolean isStopped() {
        return executor.isShutdown();
    }

    void stop() {
        executor.shutdownNow();
    }

    private static Runnable logged(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException fault) {
                LOG.error("a task of the transaction coordinator failed", fault);
            }
        };
    }
}
