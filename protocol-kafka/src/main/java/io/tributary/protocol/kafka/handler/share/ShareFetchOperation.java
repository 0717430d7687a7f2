package io.tributary.protocol.kafka.handler.share;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.Settlement;
import io.tributary.protocol.kafka.handler.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acquires records for one ShareFetch. It asks the core by credit, not for a batch, so that the members of the group and the consumers of
 * other protocols get the subscription's records in turn; takes what comes until that is enough or the time is over; and gives back the
 * credit that is left before it answers, so that nothing is delivered to a member that does not ask. Settling nothing is how it waits for
 * the core to have done what it was asked before. Runs on the connection's event loop.
 */
final class ShareFetchOperation {
    private static final Logger LOG = LoggerFactory.getLogger(ShareFetchOperation.class);

    private final Call call;
    private final ShareSession session;
    private final ReadablePartitions readable;
    private final int limit;
    private final int minBytes;
    private final int maxBytes;
    private final int maxWaitMs;
    private final CompletableFuture<List<Delivery>> acquired = new CompletableFuture<>();
    private final AtomicBoolean wakeUpPending = new AtomicBoolean();
    private final List<Delivery> wanted = new ArrayList<>();
    private final List<Delivery> unwanted = new ArrayList<>();
    private int bytes;
    private @Nullable Consumer consumer;
    private @Nullable ScheduledFuture<?> deadline;
    private boolean timeOver;
    private boolean finishing;

    /**
     * Takes the limits of a request.
     *
     * @param maxBytes of records, however much the request allows
     */
    ShareFetchOperation(Call call, ShareSession session, ReadablePartitions readable, ShareFetchRequestData request, int maxBytes) {
        this.call = call;
        this.session = session;
        this.readable = readable;
        this.limit = Math.min(request.maxRecords(), session.room());
        this.minBytes = Math.max(1, request.minBytes());
        this.maxBytes = Math.min(Math.min(request.maxBytes(), maxBytes), call.maxFetchBytes());
        this.maxWaitMs = request.maxWaitMs();
        this.timeOver = maxWaitMs <= 0;
    }

    /** Completes with what the session has acquired now. */
    CompletionStage<List<Delivery>> start(long maxHeldBytes) {
        session.begin(this).whenComplete((before, failure) -> onLoop(() -> {
            call.onHurry(this::stop);
            if (limit <= 0 && timeOver || readable.isEmpty() && timeOver || finishing) {
                answer();
                return;
            }
            if (!timeOver) {
                deadline = call.loop().schedule(this::onTimeOver, maxWaitMs, TimeUnit.MILLISECONDS);
            }
            if (limit > 0 && !readable.isEmpty()) {
                session.consumer(readable, maxHeldBytes).whenComplete((attached, refusal) ->
                    onLoop(() -> attached(attached, refusal)));
            }
        }));
        return acquired;
    }

    CompletionStage<?> answered() {
        return acquired;
    }

    private void attached(@Nullable Consumer attached, @Nullable Throwable refusal) {
        if (attached == null || acquired.isDone()) {
            // Somebody has the subscription to himself, or it cannot be made: the member asks again after its time.
            LOG.debug("share group {} has no consumer now", session.key().group(), refusal);
            if (timeOver) {
                answer();
            }
            return;
        }
        consumer = attached;
        if (finishing) {
            finish();
            return;
        }
        attached.request(limit);
        afterwards(attached, this::look);
    }

    /** Runs when the core has done what it was asked so far. */
    private void afterwards(Consumer attached, Runnable next) {
        attached.settle(List.of(), Settlement.ACK).whenComplete((done, failure) -> onLoop(next));
    }

    /** On any thread: something was delivered. */
    void wakeUp() {
        if (wakeUpPending.compareAndSet(false, true)) {
            onLoop(() -> {
                wakeUpPending.set(false);
                Consumer attached = consumer;
                if (attached != null && !finishing) {
                    // More is on its way in the same turn of the core's.
                    afterwards(attached, this::look);
                }
            });
        }
    }

    private void look() {
        if (finishing) {
            return;
        }
        take();
        if (timeOver || bytes >= minBytes || wanted.size() >= limit) {
            finish();
        }
    }

    private void take() {
        for (Delivery delivery : session.takeDelivered()) {
            if (readable.contains(delivery) && wanted.size() < limit && (bytes < maxBytes || wanted.isEmpty())) {
                wanted.add(delivery);
                bytes += delivery.record().sizeInBytes();
            } else {
                unwanted.add(delivery);
            }
        }
    }

    private void onTimeOver() {
        timeOver = true;
        stop();
    }

    /** On any thread: answers with what is there. */
    void stop() {
        onLoop(() -> {
            if (!finishing) {
                finish();
            }
        });
    }

    private void finish() {
        finishing = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        Consumer attached = consumer;
        if (attached == null) {
            answer();
        } else {
            attached.retire();
            afterwards(attached, this::answer);
        }
    }

    private void answer() {
        if (acquired.isDone()) {
            return;
        }
        finishing = true;
        take();
        Consumer attached = consumer;
        if (attached != null && !unwanted.isEmpty()) {
            attached.settle(unwanted, Settlement.RELEASE);
        }
        long lockEnds = System.nanoTime() + session.settings().lock().toNanos();
        for (Delivery delivery : wanted) {
            session.acquire(readable.partitionOf(delivery), delivery, lockEnds);
        }
        session.end(this);
        acquired.complete(wanted);
    }

    private void onLoop(Runnable task) {
        call.loop().execute(task);
    }
}
