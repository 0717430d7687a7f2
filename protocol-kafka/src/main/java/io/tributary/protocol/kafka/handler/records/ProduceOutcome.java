package io.tributary.protocol.kafka.handler.records;

import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponseCollection;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** The answer to one Produce request while its appends are under way; each partition's part is written by one thread. */
final class ProduceOutcome {
    private static final long NO_OFFSET = -1;

    private final boolean silent;
    private final TopicProduceResponseCollection topics = new TopicProduceResponseCollection();
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    /** One for the handler itself, until it has begun every append. */
    private final AtomicInteger missing = new AtomicInteger(1);
    private volatile @Nullable Errors failure;

    ProduceOutcome(boolean silent) {
        this.silent = silent;
    }

    TopicProduceResponseCollection topics() {
        return topics;
    }

    void expect() {
        missing.incrementAndGet();
    }

    void failed(PartitionProduceResponse response, Errors error, @Nullable String message) {
        response.setErrorCode(error.code()).setErrorMessage(message).setBaseOffset(NO_OFFSET);
        failure = error;
    }

    void arrived() {
        if (missing.decrementAndGet() == 0) {
            reply.complete(reply());
        }
    }

    CompletionStage<Reply> whenAllDone() {
        arrived();
        return reply;
    }

    private Reply reply() {
        if (!silent) {
            return new Reply.Message(new ProduceResponseData().setResponses(topics));
        }
        Errors error = failure;
        return error == null ? new Reply.Silence() : new Reply.Hangup("Produce with acks=0 failed: " + error);
    }
}
