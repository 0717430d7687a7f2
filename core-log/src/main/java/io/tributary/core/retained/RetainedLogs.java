package io.tributary.core.retained;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Publisher;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.api.retained.RetainedPage;
import io.tributary.core.api.retained.RetainedValues;
import io.tributary.core.model.Address;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.retained.rocksdb.RocksRetainedView;
import io.tributary.core.retained.view.PathKey;
import io.tributary.core.retained.view.RetainedView;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The retained values of all namespaces. */
public final class RetainedLogs implements RetainedValues, AutoCloseable {
    private final Topics topics;
    private final Publisher publisher;
    private final Executor reads;
    private final InstantSource clock;
    private final RetainedView view;
    private final ExecutorService viewThread = Executors.newSingleThreadExecutor(RetainedLogs::daemon);
    private final Map<Namespace, CompletableFuture<RetainedLog>> logs = new ConcurrentHashMap<>();

    /**
     * Opens the view, which is made anew if need be.
     *
     * @param publisher stores at once, and retains nothing
     * @param reads     runs what blocks
     */
    public RetainedLogs(Topics topics, Publisher publisher, Path directory, Executor reads, InstantSource clock) {
        this.topics = topics;
        this.publisher = publisher;
        this.reads = reads;
        this.clock = clock;
        this.view = new RocksRetainedView(directory);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "tributary-retained");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Takes up what was retained before. Blocks; to be called before anything else.
     *
     * @param all every topic of every namespace
     */
    public void recover(Collection<? extends Topic> all) {
        Set<UUID> gone = new HashSet<>(view.logs());
        for (Topic topic : all) {
            if (topic.name().name().equals(TOPIC)) {
                gone.remove(topic.id());
                RetainedLog log = new RetainedLog(topic, publisher, view, viewThread, clock);
                log.replay();
                logs.put(topic.name().namespace(), CompletableFuture.completedFuture(log));
            }
        }
        gone.forEach(view::forget);
    }

    /** Publishes a record that asks to be retained; as {@link Publisher#publish}. */
    public CompletionStage<PublishResult> publish(PublishRequest request) {
        PathKey path;
        try {
            if (request.topic().isInternal()) {
                throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "records of the broker's own topics are not retained");
            }
            path = RetainedLog.path(request);
        } catch (BrokerException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        CompletableFuture<RetainedLog> log = logs.get(request.topic().namespace());
        return log != null && log.isDone() && !log.isCompletedExceptionally() ? log.join().publish(request, path)
            : publishWhenOpen(request, path);
    }

    /** Behind those who wait already. */
    private CompletionStage<PublishResult> publishWhenOpen(PublishRequest request, PathKey path) {
        CompletableFuture<PublishResult> result = new CompletableFuture<>();
        synchronized (logs) {
            Namespace namespace = request.topic().namespace();
            CompletableFuture<RetainedLog> log = logs.get(namespace);
            CompletableFuture<RetainedLog> opening = log == null || log.isCompletedExceptionally() ? open(namespace) : log;
            logs.put(namespace, opening.whenComplete((opened, failure) -> {
                if (failure != null) {
                    result.completeExceptionally(BrokerException.of(failure));
                } else {
                    opened.publish(request, path).whenComplete((stored, failed) -> pass(stored, failed, result));
                }
            }));
        }
        return result;
    }

    private static <T> void pass(@Nullable T value, @Nullable Throwable failure, CompletableFuture<T> to) {
        if (value != null) {
            to.complete(value);
        } else {
            to.completeExceptionally(BrokerException.of(failure == null ? new IllegalStateException("no result") : failure));
        }
    }

    private CompletableFuture<RetainedLog> open(Namespace namespace) {
        return topics.getOrCreate(RetainedLog.topicOf(namespace), RetainedLog.config())
            .thenApply(topic -> new RetainedLog(topic, publisher, view, viewThread, clock)).toCompletableFuture();
    }

    @Override
    public CompletionStage<Void> restore(Namespace namespace, String path, byte[] value, Headers headers) {
        PathKey key;
        try {
            key = PathKey.of(path);
        } catch (BrokerException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        CompletableFuture<RetainedLog> log;
        synchronized (logs) {
            CompletableFuture<RetainedLog> known = logs.get(namespace);
            log = known == null || known.isCompletedExceptionally() ? open(namespace) : known;
            logs.put(namespace, log);
        }
        return log.thenCompose(opened -> opened.restore(key, value, headers));
    }

    @Override
    public CompletionStage<RetainedPage> find(Namespace namespace, SubjectPattern pattern, @Nullable String after, int limit,
                                              int maxBytes) {
        if (pattern.separator() != Address.SEPARATOR || limit < 1 || limit > MAX_VALUES) {
            return CompletableFuture.failedFuture(new BrokerException(ErrorCode.INVALID_ARGUMENT,
                "retained values are looked for by words divided by /, 1 to " + MAX_VALUES + " at a time"));
        }
        CompletableFuture<RetainedLog> log = logs.get(namespace);
        if (log == null) {
            return CompletableFuture.completedFuture(new RetainedPage(List.of(), null));
        }
        return log.thenCompose(opened -> opened.applied().thenCompose(applied -> {
            CompletableFuture<RetainedPage> page = new CompletableFuture<>();
            try {
                reads.execute(() -> search(opened, pattern, after, limit, maxBytes, page));
            } catch (RejectedExecutionException stopping) {
                page.completeExceptionally(new BrokerException(ErrorCode.CLOSED, "the broker is stopping", stopping));
            }
            return page;
        }));
    }

    private void search(RetainedLog log, SubjectPattern pattern, @Nullable String after, int limit, int maxBytes,
                        CompletableFuture<RetainedPage> page) {
        try {
            new RetainedSearch(log, pattern, limit, maxBytes, clock.millis()).page(after)
                .whenComplete((result, failure) -> pass(result, failure, page));
        } catch (BrokerException failure) {
            page.completeExceptionally(failure);
        }
    }

    /** Brings what is durable into the view. The threads for reading must have ended. */
    @Override
    public void close() {
        viewThread.shutdown();
        end();
    }

    /** Stops where it is; what is not in the view is found again. The threads for reading must have ended. */
    public void halt() {
        viewThread.shutdownNow();
        end();
    }

    private void end() {
        boolean interrupted = false;
        while (!viewThread.isTerminated()) {
            try {
                viewThread.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        view.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
