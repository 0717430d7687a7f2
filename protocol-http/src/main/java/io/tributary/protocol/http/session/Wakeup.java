package io.tributary.protocol.http.session;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Passes a signal from any thread to one waiter on an executor. A signal without a waiter is kept for the next; several are one. */
final class Wakeup {
    private final Executor executor;
    private boolean pending;
    private @Nullable MonoSink<Boolean> waiter;

    Wakeup(Executor executor) {
        this.executor = executor;
    }

    void signal() {
        MonoSink<Boolean> waiting;
        synchronized (this) {
            waiting = waiter;
            waiter = null;
            pending = waiting == null;
        }
        if (waiting != null) {
            executor.execute(() -> waiting.success(true));
        }
    }

    /** Emits true once there has been a signal since the last one passed on. */
    Mono<Boolean> next() {
        return Mono.create(sink -> {
            synchronized (this) {
                if (!pending) {
                    waiter = sink;
                    sink.onDispose(() -> forget(sink));
                    return;
                }
                pending = false;
            }
            sink.success(true);
        });
    }

    private synchronized void forget(MonoSink<Boolean> sink) {
        if (waiter == sink) {
            waiter = null;
        }
    }
}
