package io.tributary.core.store.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Does something with each of many files: several at a time, for it is the disk that is waited for. */
final class Parallel {
    /** So few are done one after the other. */
    private static final int FEW = 256;
    private static final int THREADS = 8;

    private Parallel() {
    }

    /** What is done with each. */
    interface Action<T> {
        void accept(T item) throws IOException;
    }

    /** Does it with all, in any order, on several threads; fails with the first failure, when none is under way any more. */
    static <T> void forEach(Collection<T> items, Action<T> action) throws IOException {
        if (items.size() <= FEW) {
            for (T item : items) {
                action.accept(item);
            }
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "tributary-files");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Iterator<T> rest = items.iterator();
            List<CompletableFuture<Void>> working = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                working.add(CompletableFuture.runAsync(() -> takeAll(rest, action), threads));
            }
            CompletableFuture.allOf(working.toArray(new CompletableFuture<?>[0])).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException failure) {
                throw failure.getCause();
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        } finally {
            threads.shutdownNow();
        }
    }

    private static <T> void takeAll(Iterator<T> rest, Action<T> action) {
        while (true) {
            T item;
            synchronized (rest) {
                if (!rest.hasNext()) {
                    return;
                }
                item = rest.next();
            }
            try {
                action.accept(item);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
