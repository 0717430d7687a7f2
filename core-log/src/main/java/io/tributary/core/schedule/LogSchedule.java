package io.tributary.core.schedule;

import io.tributary.core.api.Append;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Publisher;
import io.tributary.core.api.Schedule;
import io.tributary.core.api.ScheduleStats;
import io.tributary.core.api.ScheduledRecord;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Headers;
import io.tributary.core.schedule.index.ScheduleKey;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The schedule of a broker. Its topic and index are made when the first record is published that has to wait; what waits is not held in
 * memory. Safe on any thread.
 */
public final class LogSchedule implements Schedule, AutoCloseable {
    private final Topics topics;
    private final Publisher publisher;
    private final InstantSource clock;
    private final AtomicLong numbers = new AtomicLong();
    private final ScheduleThread thread;
    private final DelayedAppends appends;
    private volatile @Nullable ScheduleLog log;

    /**
     * Takes up what waits, and begins to fire it.
     *
     * @param topics      with what the store has in them
     * @param publisher   stores at once
     * @param directory   of the index; may be deleted while the schedule is closed
     * @param producerIds gives numbers never given before, for the schedule's own idempotent producer
     */
    public LogSchedule(Topics topics, Publisher publisher, Path directory, InstantSource clock,
            Supplier<CompletionStage<Long>> producerIds) {
        this.topics = topics;
        this.publisher = publisher;
        this.clock = clock;
        Topic found = ScheduleLog.find(topics);
        this.log = found == null ? null : ScheduleLog.of(found);
        this.thread = new ScheduleThread(new ScheduleThread.Settings(topics, directory, clock, producerIds), () -> log);
        this.appends = new DelayedAppends(this::opened, thread.requests(), clock,
            dueMs -> new ScheduleKey(dueMs, 0, numbers.getAndIncrement()));
    }

    /**
     * What is stored of a request.
     *
     * @param request of the schedule's topic, or one that is due
     * @param key     null for one that is due
     */
    public record Stored(PublishRequest request, @Nullable ScheduleKey key) {
        /** One that is due. */
        public static Stored asItIs(PublishRequest request) {
            return new Stored(request, null);
        }

        /** What the publisher is told, given the place of the stored record. */
        public PublishResult result(PublishResult place) {
            return key == null ? place : PublishResult.waiting(key.text(), key.dueMs());
        }
    }

    /** Stores a record that is not due; as {@link Publisher#publish}. */
    public CompletionStage<PublishResult> publish(PublishRequest request) {
        return prepare(request).thenCompose(stored -> publisher.publish(stored.request()).thenApply(stored::result));
    }

    /** The record of the schedule's topic that is to be stored for one that is not due. Fails as {@link #publish}. */
    public CompletionStage<Stored> prepare(PublishRequest request) {
        try {
            Topic topic = topics.find(request.topic());
            if (topic == null) {
                throw new BrokerException(ErrorCode.TOPIC_NOT_FOUND, "there is no topic " + request.topic());
            }
            if (request.topic().isInternal()) {
                throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "the broker's own topics take no delayed records");
            }
            if (request.notBefore() - clock.millis() > MAX_AHEAD_MS) {
                throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a record may be due in ten years at most");
            }
            Envelope envelope = Envelope.of(topic.id(), request);
            TargetCheck.require(topic, envelope);
            long number = numbers.getAndIncrement();
            return opened().thenApply(into -> stored(into, request.notBefore(), number, envelope));
        } catch (BrokerException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    @Override
    public Append append(Topic topic, int partition, ByteBuffer batch, boolean inTransaction) {
        return appends.append(topic, partition, batch, inTransaction);
    }

    /** The log, made if there is none. */
    private CompletionStage<ScheduleLog> opened() {
        ScheduleLog known = log;
        return known != null ? CompletableFuture.completedFuture(known) : ScheduleLog.getOrCreate(topics).thenApply(this::opened);
    }

    private synchronized ScheduleLog opened(Topic made) {
        ScheduleLog known = log;
        if (known == null) {
            known = ScheduleLog.of(made);
            log = known;
            thread.wake();
        }
        return known;
    }

    private static Stored stored(ScheduleLog into, long dueMs, long number, Envelope envelope) {
        ScheduleKey key = new ScheduleKey(dueMs, into.run(), number);
        return new Stored(PublishRequest.of(ScheduleLog.NAME, key.toBytes(), envelope.encode(), Headers.EMPTY), key);
    }

    @Override
    public CompletionStage<Boolean> cancel(String id) {
        ScheduleKey key = ScheduleKey.parse(id);
        return key == null ? CompletableFuture.completedFuture(false) : thread.requests().cancel(key);
    }

    @Override
    public CompletionStage<@Nullable ScheduledRecord> find(String id) {
        ScheduleKey key = ScheduleKey.parse(id);
        return key == null ? CompletableFuture.completedFuture(null) : thread.requests().find(key);
    }

    @Override
    public CompletionStage<List<ScheduledRecord>> list(long fromMs, @Nullable String after, int max) {
        try {
            ScheduleRequests.requirePage(max);
            ScheduleKey last = after == null ? null : ScheduleKey.parse(after);
            if (after != null && last == null) {
                throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "'after' is no identifier of a waiting record");
            }
            return thread.requests().list(ScheduleRequests.start(fromMs, last), max);
        } catch (BrokerException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    @Override
    public long count() {
        return thread.waiting();
    }

    @Override
    public ScheduleStats stats() {
        return thread.stats();
    }

    /** Ends after the round that is under way. The logs must still work. */
    @Override
    public void close() {
        thread.close();
    }

    /** Stops as a crash would: nothing more is fired or answered. */
    public void halt() {
        thread.halt();
    }
}
