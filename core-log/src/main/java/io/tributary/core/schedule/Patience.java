package io.tributary.core.schedule;

import io.tributary.core.model.BrokerException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Waits for the core, which the schedule's thread may and others may not, until the broker is halted. */
final class Patience {
    /** The broker stops: what was waited for may never come. */
    static final class Halted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Halted() {
            super("the broker was halted", null, false, false);
        }
    }

    private final CompletableFuture<Object> halted = new CompletableFuture<>();
    private volatile boolean stopping;

    /** The stage's value; fails as it does, or with {@link Halted}. */
    <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (!future.isDone()) {
            // Its failure is told below, by the future itself.
            CompletableFuture<Object> any = CompletableFuture.anyOf(future, halted).exceptionally(failure -> "failed");
            any.join();
            if (!future.isDone()) {
                throw new Halted();
            }
        }
        try {
            return future.join();
        } catch (CompletionException failure) {
            throw BrokerException.of(failure);
        }
    }

    /** To be called now and then in what takes long and can be broken off. */
    void check() {
        if (isStopping()) {
            throw new Halted();
        }
    }

    /** Nothing new is to be begun; waits go on. */
    void stop() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping || halted.isDone();
    }

    boolean isHalted() {
        return halted.isDone();
    }

    /** Ends every wait, now and later. */
    void halt() {
        halted.complete("halted");
    }
}
