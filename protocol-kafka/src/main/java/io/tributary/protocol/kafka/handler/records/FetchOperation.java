package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.LogRead;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Registration;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.requests.FetchRequest;
import org.jspecify.annotations.Nullable;

/**
 * One Fetch request from its first read to its answer. Reads in rounds: all partitions in the client's order until the byte limit; if that
 * is less than the minimum, again when a partition has advanced, until the time is over. Runs on the connection's event loop.
 */
final class FetchOperation {
    private final Call call;
    private final FetchRequest request;
    private final FetchPlan plan;
    private final int maxBytes;
    private final List<FetchTarget> targets = new ArrayList<>();
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final List<Registration> registrations = new ArrayList<>();
    private final AtomicBoolean wakeUpPending = new AtomicBoolean();
    private @Nullable ScheduledFuture<?> deadline;
    private boolean reading;
    private boolean readAgain;
    private boolean timeOver;
    private int bytes;
    private boolean anyFailed;

    FetchOperation(Call call, FetchRequest request, FetchPlan plan, TopicLookup lookup, int maxBytes) {
        this.call = call;
        this.request = request;
        this.plan = plan;
        // From version 3 on the request has a limit of its own; all versions served have it.
        this.maxBytes = Math.min(Math.min(request.maxBytes(), maxBytes), call.maxFetchBytes());
        this.timeOver = request.maxWait() <= 0;
        WantedPartition before = null;
        TopicLookup.Result found = null;
        for (WantedPartition wanted : plan.wanted()) {
            if (found == null || before == null || !wanted.isOfSameTopic(before)) {
                found = lookup.find(call, wanted.topic(), wanted.topicId(), Operation.READ);
            }
            targets.add(new FetchTarget(wanted, found, request.isolationLevel()));
            before = wanted;
        }
    }

    CompletionStage<Reply> start() {
        call.onHurry(this::onTimeOver);
        readRound();
        return reply;
    }

    private void readRound() {
        reading = true;
        readAgain = false;
        bytes = 0;
        anyFailed = false;
        targets.forEach(FetchTarget::reset);
        readFrom(0);
    }

    /** Goes on as long as reads are complete at once, and comes back on the event loop when one is not. */
    private void readFrom(int first) {
        for (int i = first; i < targets.size(); i++) {
            FetchTarget target = targets.get(i);
            Partition partition = target.readable();
            int limit = Math.min(target.maxBytes(), maxBytes - bytes);
            if (partition != null && target.hasNews() && (limit > 0 || bytes == 0)) {
                CompletionStage<LogRead> read = target.read(partition, Math.max(limit, 0));
                if (!read.toCompletableFuture().isDone()) {
                    int index = i;
                    read.whenComplete((result, failure) -> call.loop().execute(() -> {
                        take(target, result, failure, limit);
                        readFrom(index + 1);
                    }));
                    return;
                }
                read.whenComplete((result, failure) -> take(target, result, failure, limit));
            }
            anyFailed |= target.failed();
        }
        roundIsOver();
    }

    private void take(FetchTarget target, @Nullable LogRead result, @Nullable Throwable failure, int limit) {
        if (failure != null || result == null) {
            target.fail(KafkaErrors.of(failure == null ? new IllegalStateException("read gave nothing") : failure));
            anyFailed = true;
            return;
        }
        // Only the first batch of a response may be larger than the limits.
        if (bytes == 0 || result.sizeInBytes() <= limit) {
            target.found(result);
            bytes += result.sizeInBytes();
        }
    }

    private void roundIsOver() {
        reading = false;
        // Nothing to read is nothing to wait for: so a consumer that closes ends its session.
        if (timeOver || anyFailed || targets.isEmpty() || bytes >= request.minBytes() || bytes >= maxBytes) {
            answer();
        } else if (readAgain) {
            readRound();
        } else if (registrations.isEmpty()) {
            waitForNews();
        }
    }

    private void waitForNews() {
        deadline = call.loop().schedule(this::onTimeOver, request.maxWait(), TimeUnit.MILLISECONDS);
        for (FetchTarget target : targets) {
            Partition partition = target.readable();
            if (partition != null) {
                registrations.add(partition.onAdvance(this::wakeUp));
            }
        }
        if (targets.stream().anyMatch(FetchTarget::hasGrown)) {
            // Something came between the read and the registration.
            readRound();
        }
    }

    /** Called on core threads. */
    private void wakeUp() {
        if (wakeUpPending.compareAndSet(false, true)) {
            call.loop().execute(() -> {
                wakeUpPending.set(false);
                if (reading) {
                    readAgain = true;
                } else if (!reply.isDone()) {
                    readRound();
                }
            });
        }
    }

    private void onTimeOver() {
        timeOver = true;
        if (!reading && !reply.isDone()) {
            answer();
        }
    }

    private void answer() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        registrations.forEach(Registration::close);
        List<FetchableTopicResponse> topics = new ArrayList<>();
        WantedPartition before = null;
        for (FetchTarget target : targets) {
            PartitionData data = target.toResponse(timeOver);
            WantedPartition wanted = target.wanted();
            if (plan.tells(wanted, data)) {
                if (before == null || !wanted.isOfSameTopic(before)) {
                    topics.add(new FetchableTopicResponse().setTopic(wanted.topic()).setTopicId(wanted.topicId()));
                }
                topics.get(topics.size() - 1).partitions().add(data);
                before = wanted;
            }
        }
        reply.complete(new Reply.Message(new FetchResponseData().setSessionId(plan.sessionId()).setResponses(topics)));
    }
}
