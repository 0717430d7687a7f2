package io.tributary.protocol.kafka.session;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.tributary.protocol.kafka.codec.DecodedRequest;
import io.tributary.protocol.kafka.codec.ResponseEncoder;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of a connection whose responses are not on their way yet, and the responses, written in the order of the requests (Kafka
 * protocol guide, "Network"). Belongs to the connection's event loop.
 */
final class Responses {
    private static final Logger LOG = LoggerFactory.getLogger(Responses.class);

    /** The session, which goes on by what becomes of the responses. */
    interface Progress {
        /** One has left, or was not to be written. */
        void left();

        /** More requests may be taken, and what was written is to be flushed. */
        void goOn();

        /** With the last one written, nothing more is to be served. */
        void farewell();

        /** The connection is to be ended. */
        void broken(String reason);
    }

    private final SessionSetup setup;
    private final ChannelHandlerContext ctx;
    private final ResponseEncoder encoder;
    private final Pacing pacing;
    private final Progress progress;
    private final ArrayDeque<PendingRequest> pending = new ArrayDeque<>();
    /** Requests taken whose response is not written yet, and the bytes of their frames. */
    private int inFlight;
    private long inFlightBytes;
    private boolean ended;

    Responses(SessionSetup setup, ChannelHandlerContext ctx, Pacing pacing, Progress progress) {
        this.setup = setup;
        this.ctx = ctx;
        this.encoder = setup.encoder(ctx.channel());
        this.pacing = pacing;
        this.progress = progress;
    }

    /** Requests whose response has not left. */
    int inFlight() {
        return inFlight;
    }

    /** The bytes of the frames of {@link #inFlight}. */
    long inFlightBytes() {
        return inFlightBytes;
    }

    /** Whether no request waits for its answer; what was written may still be on its way out. */
    boolean areWritten() {
        return pending.isEmpty();
    }

    /** A place behind the others, for a request that holds so much of the shared memory. */
    PendingRequest expect(DecodedRequest request, Call call, long memory) {
        inFlight++;
        inFlightBytes += request.sizeInBytes();
        PendingRequest place = new PendingRequest(request, call, memory);
        pending.add(place);
        return place;
    }

    /** What a request came to, which is written when those before it are. */
    void replied(PendingRequest place, @Nullable Reply reply, @Nullable Throwable failure) {
        if (ended) {
            place.release(setup.memory());
            return;
        }
        Reply told = failure == null && reply != null ? reply : error(place, failure);
        if (told instanceof Reply.Message message && message.isLarge()) {
            pacing.answered(place, message.body());
            // What comes of it is told on the event loop.
            CompletableFuture<?> unused = CompletableFuture
                .supplyAsync(() -> encoder.encode(place.request().context(), message.body()), setup.aside())
                .whenComplete((parts, broken) -> ctx.executor().execute(() -> encodedAside(place, message, parts)));
            return;
        }
        place.setReply(told);
        writeOrEnd(place);
    }

    private static Reply error(PendingRequest place, @Nullable Throwable failure) {
        Throwable cause = failure == null ? new IllegalStateException("a handler gave no reply") : failure;
        if (KafkaErrors.of(cause) == Errors.UNKNOWN_SERVER_ERROR) {
            LOG.error("{} failed", place.request().context().header, cause);
        }
        AbstractResponse response = place.request().body().getErrorResponse(0, KafkaErrors.exception(cause));
        return response == null ? new Reply.Hangup("a request without response failed: " + cause) : new Reply.Message(response.data());
    }

    private void encodedAside(PendingRequest place, Reply reply, @Nullable List<Object> parts) {
        if (ended || parts == null) {
            if (parts != null) {
                parts.forEach(ReferenceCountUtil::release);
            }
            place.release(setup.memory());
            progress.broken("a response could not be encoded");
            return;
        }
        place.take(setup.memory(), ResponseEncoder.bytesInMemory(parts));
        place.setEncoded(parts);
        place.setReply(reply);
        writeOrEnd(place);
    }

    private void writeOrEnd(PendingRequest place) {
        try {
            writeReady();
        } catch (RuntimeException e) {
            LOG.error("the response to {} cannot be written", place.request().context().header, e);
            progress.broken("a response could not be encoded");
        }
    }

    private void writeReady() {
        for (PendingRequest first = pending.peek(); first != null && first.reply() != null; first = pending.peek()) {
            pending.remove();
            Reply reply = first.reply();
            List<Object> encoded = first.encoded();
            if (encoded != null) {
                first.setEncoded(null);
                write(first, encoded);
            } else if (reply instanceof Reply.Message message) {
                pacing.answered(first, message.body());
                write(first, message.body());
            } else if (reply instanceof Reply.Farewell farewell) {
                // What follows the last response's way out is the end.
                LOG.debug("ending the connection from {}: {}", ctx.channel().remoteAddress(), farewell.reason());
                progress.farewell();
                write(first, farewell.body());
            } else if (reply instanceof Reply.Hangup hangup) {
                first.release(setup.memory());
                progress.broken(hangup.reason());
                return;
            } else {
                pacing.answered(first, null);
                left(first);
            }
        }
        progress.goOn();
    }

    private void write(PendingRequest place, ApiMessage body) {
        List<Object> parts;
        try {
            parts = encoder.encode(place.request().context(), body);
        } catch (RuntimeException e) {
            place.release(setup.memory());
            throw e;
        }
        place.take(setup.memory(), ResponseEncoder.bytesInMemory(parts));
        write(place, parts);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the void promise hands a failure to exceptionCaught, the last one has a listener
    private void write(PendingRequest place, List<Object> parts) {
        for (int i = 0; i < parts.size() - 1; i++) {
            ctx.write(parts.get(i), ctx.voidPromise());
        }
        ChannelPromise last = ctx.newPromise();
        ctx.write(parts.get(parts.size() - 1), last);
        last.addListener(done -> {
            if (done.isSuccess()) {
                left(place);
                progress.goOn();
            } else {
                place.release(setup.memory());
                progress.broken("a response could not be written: " + done.cause());
            }
        });
    }

    private void left(PendingRequest place) {
        place.release(setup.memory());
        inFlight--;
        inFlightBytes -= place.request().sizeInBytes();
        progress.left();
    }

    /** What waits for data is answered at once. */
    void hurry() {
        for (PendingRequest waiting : new ArrayList<>(pending)) {
            waiting.call().hurry();
        }
    }

    /** Nothing more is written; what a handler still works on gives back its memory when it is done. */
    void end() {
        ended = true;
        hurry();
        for (PendingRequest place : pending) {
            List<Object> encoded = place.encoded();
            if (encoded != null) {
                encoded.forEach(ReferenceCountUtil::release);
            }
            if (place.reply() != null) {
                place.release(setup.memory());
            }
        }
        pending.clear();
    }
}
