package io.tributary.core.retained;

import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Publisher;
import io.tributary.core.api.Topic;
import io.tributary.core.api.retained.RetainedValues;
import io.tributary.core.model.Address;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.retained.view.PathKey;
import io.tributary.core.retained.view.RetainedRow;
import io.tributary.core.retained.view.RetainedView;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The retained values of one namespace: what is published to be retained goes to its own topic and, as the last value of its address, to
 * this log. Both are asked for under one lock, so that of two records of one address the later one in the topic is the one retained. What
 * is durable is brought into the view in the order of the log.
 */
final class RetainedLog {
    private static final Logger LOG = LoggerFactory.getLogger(RetainedLog.class);
    /** Small, so that compaction, which leaves the last two alone, has something to do. */
    private static final int SEGMENT_BYTES = 8 << 20;
    /** A record has a longer key here than in its topic, and topics may take larger batches than is usual. */
    private static final int MAX_BATCH_BYTES = 64 << 20;
    private static final int READ_RECORDS = 4096;
    private static final int READ_BYTES = 1 << 20;
    private static final int APPLIED_AT_ONCE = 1024;

    private final Topic topic;
    private final Publisher publisher;
    private final RetainedView view;
    private final Executor viewThread;
    private final InstantSource clock;
    /** Guards what is pending, and makes the order of the topics that of the log. */
    private final Object lock = new Object();
    /** Published and not in the view, in the order of the log. */
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private boolean applying;
    /** What lies before was published to an earlier process. */
    private final long openedAt;

    /** A write on its way. */
    private static final class Pending {
        private final PathKey path;
        private final Optional<RetainedRow> row;
        private final CompletableFuture<PublishResult> stored;
        private final CompletableFuture<Void> applied = new CompletableFuture<>();

        Pending(PathKey path, Optional<RetainedRow> row, CompletableFuture<PublishResult> stored) {
            this.path = path;
            this.row = row;
            this.stored = stored;
        }
    }

    /**
     * Over a topic that is there; {@link #replay} is to follow.
     *
     * @param viewThread runs what changes the view, in order
     */
    RetainedLog(Topic topic, Publisher publisher, RetainedView view, Executor viewThread, InstantSource clock) {
        this.topic = topic;
        this.publisher = publisher;
        this.view = view;
        this.viewThread = viewThread;
        this.clock = clock;
        openedAt = topic.partition(0).highWatermark();
    }

    static TopicName topicOf(Namespace namespace) {
        return new TopicName(namespace, RetainedValues.TOPIC);
    }

    static TopicConfig config() {
        return TopicConfig.ofPartitions(1).withRetention(Retention.FOREVER).withCompaction(Compaction.ON)
            .withSegmentBytes(SEGMENT_BYTES).withMaxBatchBytes(MAX_BATCH_BYTES);
    }

    UUID id() {
        return topic.id();
    }

    Partition partition() {
        return topic.partition(0);
    }

    RetainedView view() {
        return view;
    }

    /** Brings the view up to the log's end. Blocks; before anything is published. */
    void replay() {
        Partition partition = partition();
        long end = partition.highWatermark();
        long position = view.position(id());
        if (position > end) {
            // The end of the log was lost, or the view is another version's.
            view.forget(id());
            position = 0;
        }
        for (long next = Math.max(position, partition.logStartOffset()); next < end;) {
            List<Record> records = partition.readRecords(next, READ_RECORDS, READ_BYTES).toCompletableFuture().join();
            Map<PathKey, Optional<RetainedRow>> changes = new HashMap<>();
            for (Record record : records) {
                String path = record.subject();
                if (path != null) {
                    changes.put(PathKey.of(path), row(record.offset(), record));
                }
            }
            next = records.isEmpty() ? end : records.get(records.size() - 1).offset() + 1;
            view.apply(id(), changes, next);
        }
    }

    private static Optional<RetainedRow> row(long offset, Record record) {
        byte[] value = record.value();
        return value == null || value.length == 0 ? Optional.empty()
            : Optional.of(new RetainedRow(offset, record.sizeInBytes(), Expiration.of(record)));
    }

    /** Publishes a record that is to be retained; the caller has checked that it may be. */
    CompletionStage<PublishResult> publish(PublishRequest request, PathKey path) {
        PublishRequest timed = request.timestamp() == PublishRequest.NOW ? request.withTimestamp(clock.millis()) : request;
        CompletableFuture<PublishResult> stored;
        CompletionStage<PublishResult> kept;
        synchronized (lock) {
            stored = publisher.publish(timed.withRetain(false)).toCompletableFuture();
            if (stored.isCompletedExceptionally()) {
                return stored;
            }
            kept = keep(timed, path);
        }
        return request.durability() == PublishRequest.Durability.RELAXED ? stored : stored.thenCombine(kept, (result, ok) -> result);
    }

    /** Only with the lock held. */
    private CompletionStage<PublishResult> keep(PublishRequest request, PathKey path) {
        byte[] value = request.value();
        byte[] kept = value == null || value.length == 0 ? null : value;
        byte[] key = path.path().getBytes(StandardCharsets.UTF_8);
        CompletionStage<PublishResult> stored = publisher.publish(PublishRequest.of(topic.name(), key, kept, request.headers())
            .withPartition(0).withTimestamp(request.timestamp()));
        Record record = new Record(0, request.timestamp(), key, kept, request.headers());
        pending.add(new Pending(path, row(0, record), stored.toCompletableFuture()));
        stored.whenComplete((result, failure) -> apply());
        return stored;
    }

    /** Completes when all that was published before is in the view. */
    CompletionStage<Void> applied() {
        Pending last;
        synchronized (lock) {
            last = pending.peekLast();
        }
        if (last == null) {
            return CompletableFuture.completedFuture(null);
        }
        apply();
        return last.applied;
    }

    private void apply() {
        synchronized (lock) {
            Pending first = pending.peekFirst();
            if (applying || first == null || !first.stored.isDone()) {
                return;
            }
            applying = true;
        }
        try {
            viewThread.execute(this::applyOnThread);
        } catch (RejectedExecutionException closed) {
            stopApplying(new BrokerException(ErrorCode.CLOSED, "the broker is stopping", closed));
        }
    }

    private void applyOnThread() {
        List<Pending> done = new ArrayList<>();
        synchronized (lock) {
            for (Pending each : pending) {
                if (!each.stored.isDone() || done.size() == APPLIED_AT_ONCE) {
                    break;
                }
                done.add(each);
            }
        }
        try {
            apply(done);
        } catch (BrokerException failure) {
            // What is pending stays so, and is tried again with the next write or search.
            LOG.warn("the view of the retained values of {} is behind", topic.name(), failure);
            stopApplying(failure);
            return;
        }
        synchronized (lock) {
            done.forEach(each -> pending.remove());
            applying = false;
        }
        done.forEach(each -> each.applied.complete(null));
        apply();
    }

    private void apply(List<Pending> done) {
        Map<PathKey, Optional<RetainedRow>> changes = new HashMap<>();
        long position = -1;
        for (Pending each : done) {
            if (!each.stored.isCompletedExceptionally()) {
                long offset = each.stored.join().offset();
                changes.put(each.path, each.row.map(row -> new RetainedRow(offset, row.bytes(), row.expiresAt())));
                position = offset + 1;
            }
        }
        if (position >= 0) {
            view.apply(id(), changes, position);
        }
    }

    /** Who waits is told; the writes themselves stay. */
    private void stopApplying(BrokerException failure) {
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        synchronized (lock) {
            applying = false;
            List<Pending> again = new ArrayList<>();
            for (Pending each : pending) {
                waiting.add(each.applied);
                again.add(new Pending(each.path, each.row, each.stored));
            }
            pending.clear();
            pending.addAll(again);
        }
        waiting.forEach(each -> each.completeExceptionally(failure));
    }

    /** Ends a value that has expired, unless another was published since. */
    void expire(PathKey path, RetainedRow expired) {
        try {
            viewThread.execute(() -> {
                // On this thread: what is not pending is in the view.
                RetainedRow now = view.find(id(), path);
                synchronized (lock) {
                    if (expired.equals(now) && pending.stream().noneMatch(each -> each.path.equals(path))) {
                        keep(PublishRequest.of(topic.name(), null, null, Headers.EMPTY)
                            .withTimestamp(clock.millis()), path);
                    }
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("the broker stops before an expired value is removed", closed);
        }
    }

    /** Retains a value without publishing it, unless there is one that was published since the log was opened. */
    CompletionStage<Void> restore(PathKey path, byte[] value, Headers headers) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        viewThread.execute(() -> {
            RetainedRow now = view.find(id(), path);
            CompletionStage<PublishResult> kept = null;
            synchronized (lock) {
                if ((now == null || now.offset() < openedAt) && pending.stream().noneMatch(each -> each.path.equals(path))) {
                    kept = keep(PublishRequest.of(topic.name(), null, value, headers).withTimestamp(clock.millis()), path);
                }
            }
            if (kept == null) {
                done.complete(null);
                return;
            }
            kept.whenComplete((stored, failure) -> {
                if (failure == null) {
                    done.complete(null);
                } else {
                    done.completeExceptionally(BrokerException.of(failure));
                }
            });
        });
        return done;
    }

    /** The path of a record that is published to a topic. */
    static PathKey path(PublishRequest request) {
        return PathKey.of(Address.path(request.topic(), request.key()));
    }

    @Override
    public String toString() {
        return topic.name().toString();
    }

    @Nullable RetainedRow find(PathKey path) {
        return view.find(id(), path);
    }
}
