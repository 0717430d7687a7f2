package io.tributary.protocol.amqp.handler;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * Runs what changes the same name one after the other, so that a declaration and a deletion of one exchange or queue do not meet half
 * way. Changes to different names run beside each other.
 */
public final class NameSequence {
    private final ConcurrentMap<Object, CompletableFuture<?>> last = new ConcurrentHashMap<>();

    /** Runs the change after those of the same name; a change that fails does not hold up the next. */
    <T> CompletionStage<T> run(Object name, Supplier<CompletionStage<T>> change) {
        CompletableFuture<T> result = new CompletableFuture<>();
        CompletableFuture<?> before = last.put(name, result);
        if (before == null) {
            start(name, change, result);
        } else {
            CompletableFuture<?> ignored = before.whenComplete((value, failure) -> start(name, change, result));
        }
        return result;
    }

    private <T> void start(Object name, Supplier<CompletionStage<T>> change, CompletableFuture<T> result) {
        CompletionStage<T> stage;
        try {
            stage = change.get();
        } catch (RuntimeException failure) {
            stage = CompletableFuture.failedFuture(failure);
        }
        stage.whenComplete((value, failure) -> {
            last.remove(name, result);
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
    }
}
