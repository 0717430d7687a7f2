package io.tributary.core.subscription;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Publisher;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterReason;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.loop.LoopRead;
import io.tributary.core.subscription.loop.Timeout;
import io.tributary.core.subscription.loop.TimerWheel;
import io.tributary.core.subscription.policy.DeadLetterRoute;
import io.tributary.core.subscription.stats.Counter;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes copies of records that ended unacknowledged. A record counts as settled when its copy is durable; until then it is pending, so
 * that a crash repeats the copy and never loses it. Copies are published in the order in which their records ended, unless storage fails.
 */
final class DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    /** Copies under way; what is beyond waits as a reference, and expired records wait in the window. */
    private static final int MAX_IN_FLIGHT = 256;
    /** Bytes of the records under way, and of those that wait. */
    private static final long MAX_BYTES = 4 << 20;
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final SubscriptionName name;
    private final DeadLetterRoute route;
    private final Publisher publisher;
    private final DispatchLoop loop;
    private final LongSupplier wallMillis;
    private final Runnable pump;
    private final PriorityQueue<Letter> waiting = new PriorityQueue<>(2, Comparator.comparingLong(letter -> letter.number));
    private final Set<Entry> held = new HashSet<>();
    private final Timeout retry = new Timeout() {
        @Override
        protected void expire() {
            start();
        }
    };
    private long nextNumber;
    private int inFlight;
    private long bytesInFlight;
    private long bytesWaiting;
    private long delay = FIRST_NANOS;
    private boolean failing;
    private boolean warnedOfTarget;
    private boolean starting;
    private @Nullable CompletableFuture<Void> stopped;

    /**
     * For one subscription.
     *
     * @param pump runs when there may be room again
     */
    DeadLetters(SubscriptionName name, DeadLetterRoute route, Publisher publisher, DispatchLoop loop, LongSupplier wallMillis,
                Runnable pump) {
        this.name = name;
        this.route = route;
        this.publisher = publisher;
        this.loop = loop;
        this.wallMillis = wallMillis;
        this.pump = pump;
    }

    /** One that ended. */
    private static final class Letter {
        final Entry entry;
        final DeadLetterReason reason;
        final long number;
        final long endedMs;
        /** What it counts for while it is under way or waits. */
        int bytes;

        Letter(Entry entry, DeadLetterReason reason, long number, long endedMs) {
            this.entry = entry;
            this.reason = reason;
            this.number = number;
            this.endedMs = endedMs;
        }
    }

    /** Takes charge of an entry that is neither in the window nor outstanding: sends the copy, then settles it. */
    void take(Entry entry, DeadLetterReason reason) {
        if (!entry.source.isRemoved() && held.add(entry)) {
            await(new Letter(entry, reason, nextNumber++, wallMillis.getAsLong()));
            start();
        }
    }

    /** Whether what can wait elsewhere may be taken now. */
    boolean hasRoom() {
        return stopped == null && held.size() < MAX_IN_FLIGHT;
    }

    /** How many records are neither settled nor to be delivered. */
    int count() {
        return held.size();
    }

    void forEach(Consumer<Entry> visitor) {
        held.forEach(visitor);
    }

    /** Forgets those of removed sources. */
    void forgetRemoved() {
        held.removeIf(entry -> entry.source.isRemoved());
        for (Letter letter : List.copyOf(waiting)) {
            if (letter.entry.source.isRemoved()) {
                waiting.remove(letter);
                bytesWaiting -= letter.bytes;
            }
        }
    }

    /** Begins no more copies; completes when none is under way. What waits stays pending. */
    CompletionStage<Void> stop() {
        TimerWheel.cancel(retry);
        CompletableFuture<Void> done = stopped == null ? new CompletableFuture<>() : stopped;
        stopped = done;
        if (inFlight == 0) {
            done.complete(null);
        }
        return done;
    }

    /** The subscription is gone. */
    void end() {
        stop();
        waiting.clear();
        held.clear();
    }

    private void await(Letter letter) {
        int size = letter.entry.heldBytes();
        if (bytesWaiting + size > MAX_BYTES) {
            letter.entry.record = null;
        }
        letter.bytes = letter.entry.heldBytes();
        bytesWaiting += letter.bytes;
        waiting.add(letter);
    }

    private void start() {
        // A publisher that answers at once calls back in here.
        if (starting) {
            return;
        }
        starting = true;
        try {
            while (stopped == null && !retry.isScheduled() && !waiting.isEmpty() && inFlight < MAX_IN_FLIGHT
                && (inFlight == 0 || bytesInFlight < MAX_BYTES)) {
                Letter letter = waiting.remove();
                bytesWaiting -= letter.bytes;
                inFlight++;
                bytesInFlight += letter.bytes;
                Record record = letter.entry.record;
                if (record == null) {
                    load(letter);
                } else {
                    publish(letter, record);
                }
            }
        } finally {
            starting = false;
        }
    }

    private void load(Letter letter) {
        LoopRead.await(letter.entry.source.partition.readRecords(letter.entry.offset, 1, 1), loop, new LoopRead.Receiver() {
            @Override
            public void records(List<Record> records) {
                if (records.isEmpty() || records.get(0).offset() != letter.entry.offset) {
                    finished(letter, Counter.DROPPED);
                } else {
                    publish(letter, records.get(0));
                }
            }

            @Override
            public void failed(BrokerException cause) {
                if (cause.code() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                    finished(letter, Counter.DROPPED);
                } else {
                    DeadLetters.this.failed(letter, cause);
                }
            }
        }, () -> { });
    }

    private void publish(Letter letter, Record record) {
        PublishRequest copy = route.copy(letter.entry.source.topic, record, letter.reason, letter.endedMs);
        if (copy == null) {
            warnOfTarget("its key names no topic", null);
            finished(letter, Counter.DROPPED);
            return;
        }
        CompletionStage<?> published;
        try {
            published = publisher.publish(copy);
        } catch (RuntimeException e) {
            failed(letter, BrokerException.of(e));
            return;
        }
        published.whenComplete((result, failure) -> loop.execute(() -> {
            if (failure == null) {
                warnedOfTarget = false;
                finished(letter, Counter.DEAD_LETTERED);
            } else {
                failed(letter, BrokerException.of(failure));
            }
        }));
    }

    private void failed(Letter letter, BrokerException cause) {
        if (isLasting(cause.code())) {
            warnOfTarget("its target does not take it", cause);
            finished(letter, Counter.DROPPED);
            return;
        }
        if (!failing) {
            failing = true;
            LOG.warn("Cannot publish a dead letter of subscription '{}'; trying again until it works", name, cause);
        }
        inFlight--;
        bytesInFlight -= letter.bytes;
        if (held.contains(letter.entry)) {
            await(letter);
        }
        if (stopped == null && !retry.isScheduled()) {
            loop.timers().schedule(retry, loop.nanoTime() + delay);
            delay = Math.min(LONGEST_NANOS, delay * 2);
        }
        completeStop();
    }

    /** Whether trying again would not help. */
    private static boolean isLasting(ErrorCode code) {
        return switch (code) {
            case TOPIC_NOT_FOUND, PARTITION_NOT_FOUND, INVALID_TOPIC, INVALID_ARGUMENT, BATCH_TOO_LARGE, NOT_SUPPORTED -> true;
            default -> false;
        };
    }

    private void warnOfTarget(String problem, @Nullable BrokerException cause) {
        if (!warnedOfTarget) {
            warnedOfTarget = true;
            LOG.warn("A dead letter of subscription '{}' is dropped, for {}: {}; said once until one goes through", name, problem,
                cause == null ? "" : cause.getMessage());
        }
    }

    private void finished(Letter letter, Counter as) {
        inFlight--;
        bytesInFlight -= letter.bytes;
        failing = false;
        delay = FIRST_NANOS;
        if (held.remove(letter.entry)) {
            letter.entry.settled(as);
        }
        boolean nested = starting;
        start();
        completeStop();
        if (nested) {
            // Whoever began this is in the middle of something.
            loop.execute(pump);
        } else {
            pump.run();
        }
    }

    private void completeStop() {
        if (stopped != null && inFlight == 0) {
            stopped.complete(null);
        }
    }
}
