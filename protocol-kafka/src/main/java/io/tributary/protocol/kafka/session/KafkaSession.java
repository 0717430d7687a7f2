package io.tributary.protocol.kafka.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.tributary.protocol.kafka.codec.DecodedRequest;
import io.tributary.protocol.kafka.codec.MalformedRequestException;
import io.tributary.protocol.kafka.codec.RequestDecoder;
import io.tributary.protocol.kafka.codec.ResponseEncoder;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.quota.Throttle;
import io.tributary.protocol.kafka.sasl.SaslLogin;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one connection. Requests begin in the order in which they arrive and may run side by side; their responses are written in that
 * order (Kafka protocol guide, "Network"). While too much is in flight, or the client does not read, nothing is read from it.
 */
final class KafkaSession extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaSession.class);
    /** Bytes of memory; what takes more is not read on the event loop. */
    private static final long LARGE = 1 << 20;

    private final SessionSetup setup;
    private final Intake intake;
    private final ArrayDeque<PendingRequest> pending = new ArrayDeque<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Identity identity;
    private @Nullable Pacing pacing;
    private @Nullable ResponseEncoder encoder;
    private @Nullable IdleWatch watch;
    private SessionState state = SessionState.AUTHENTICATING;
    /** Requests taken whose response is not written yet, and the bytes of their frames. */
    private int inFlight;
    private long inFlightBytes;
    private long begunAt;
    private boolean servedAny;
    private boolean taking;
    /** A large request is being read, elsewhere. */
    private boolean reading;

    KafkaSession(SessionSetup setup) {
        this.setup = setup;
        this.intake = new Intake(apiKey -> setup.frameLimit(apiKey, identity()), setup.memory(), () -> identity().isKnown(), this::now,
            this::roomAgain);
    }

    /** Completes when the connection is gone. */
    CompletionStage<Void> whenClosed() {
        return closed;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (ctx.channel().isActive()) {
            begin(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
        ctx.fireChannelActive();
    }

    private void begin(ChannelHandlerContext ctx) {
        if (watch != null) {
            return;
        }
        begunAt = now();
        watch = new IdleWatch(ctx, setup.shortestLimit(), this::idleLimit, () -> disconnect("nothing was sent for too long"));
        identity = new Identity(setup, ctx);
        pacing = new Pacing(ctx, new Throttle(setup.quotas(), setup.clock()), this::takeRequests);
        encoder = setup.encoder(ctx.channel());
        identity.begin(this::identified);
    }

    private void identified(@Nullable String refusal) {
        if (state != SessionState.AUTHENTICATING) {
            return;
        }
        if (refusal != null) {
            disconnect(refusal);
            return;
        }
        state = SessionState.OPEN;
        takeRequests();
    }

    private Pacing pacing() {
        Pacing pace = pacing;
        if (pace == null) {
            throw new IllegalStateException("a request before the connection is up");
        }
        return pace;
    }

    private Identity identity() {
        Identity client = identity;
        if (client == null) {
            throw new IllegalStateException("a request before the connection is up");
        }
        return client;
    }

    private long now() {
        ChannelHandlerContext ctx = context;
        return ctx == null ? 0 : ctx.executor().ticker().nanoTime();
    }

    /** For how long the connection may do nothing now; zero when it has had its time. */
    private Duration idleLimit() {
        SessionLimits limits = setup.limits();
        if (!identity().isKnown() && now() - begunAt > limits.stallTimeout().toNanos()) {
            return Duration.ZERO;
        }
        if (reading || !pending.isEmpty() || pacing().isPaused()) {
            return limits.maxIdle().plus(limits.maxIdle());
        }
        if (intake.isOverdue(limits.stallTimeout().toNanos())) {
            return Duration.ZERO;
        }
        // With nothing pending, what is in flight is a response that the client does not take.
        boolean holdsMemory = inFlight > 0 && setup.memory().isShort();
        boolean mustGoOn = !servedAny || intake.isMidFrame() || holdsMemory || !identity().isKnown();
        return mustGoOn ? limits.stallTimeout() : limits.maxIdle();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state == SessionState.CLOSED) {
            ReferenceCountUtil.release(message);
            return;
        }
        intake.add((ByteBuf) message);
        if (watch != null) {
            watch.touch();
        }
        takeRequests();
    }

    private void roomAgain() {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            ctx.executor().execute(() -> {
                intake.retry();
                takeRequests();
            });
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        takeRequests();
        ctx.fireChannelWritabilityChanged();
    }

    /** Takes what may be taken of the input, then reads on if all of it was. */
    private void takeRequests() {
        ChannelHandlerContext ctx = context;
        if (taking || ctx == null || state == SessionState.CLOSED) {
            return;
        }
        taking = true;
        try {
            boolean took = true;
            while (took && mayTake(ctx)) {
                took = takeNext(ctx);
            }
        } catch (MalformedRequestException e) {
            disconnect(e.getMessage());
        } finally {
            taking = false;
        }
        if (state != SessionState.CLOSED) {
            ctx.flush();
            boolean may = mayTake(ctx);
            if (!may && !intake.isStarved()) {
                intake.excuse();
            }
            ctx.channel().config().setAutoRead(intake.isEmpty() && (state == SessionState.AUTHENTICATING || may));
        }
    }

    private boolean mayTake(ChannelHandlerContext ctx) {
        return state == SessionState.OPEN && inFlight < setup.limits().maxInFlightRequests()
            && (inFlight == 0 || inFlightBytes < setup.limits().maxInFlightBytes()) && ctx.channel().isWritable()
            && identity().mayTake(inFlight == 0) && !pacing().isPaused() && !intake.isStarved() && !reading;
    }

    /** Takes one request or token; false when there is none, or no memory for it. */
    private boolean takeNext(ChannelHandlerContext ctx) {
        if (identity().login().takesRawTokens()) {
            ByteBuffer token = intake.nextToken(setup.sasl().maxTokenBytes());
            if (token == null) {
                return false;
            }
            takeToken(ctx, token);
            setup.memory().give(intake.handOver());
            return true;
        }
        ByteBuffer frame = intake.nextFrame();
        if (frame == null) {
            return false;
        }
        long weight = RequestDecoder.weigh(frame, setup.memory().largest());
        if (!intake.hasRoomFor(frame, weight)) {
            return false;
        }
        setup.memory().take(weight);
        long memory = intake.handOver() + weight;
        if (weight > LARGE) {
            reading = true;
            RequestDecoder decoder = identity().decoder();
            // What comes of it is told on the event loop.
            CompletableFuture<?> unused = CompletableFuture.supplyAsync(() -> decoder.decode(frame), setup.aside())
                .whenComplete((request, failure) -> ctx.executor().execute(() -> readAside(ctx, request, failure, memory)));
        } else {
            take(ctx, frame, memory);
        }
        return true;
    }

    private void readAside(ChannelHandlerContext ctx, @Nullable DecodedRequest request, @Nullable Throwable failure, long memory) {
        reading = false;
        if (state != SessionState.OPEN || request == null) {
            setup.memory().give(memory);
            disconnect(failure == null ? "the broker stops" : String.valueOf(failure.getCause()));
            return;
        }
        try {
            begin(ctx, request, memory, System.nanoTime());
        } catch (MalformedRequestException e) {
            disconnect(e.getMessage());
        }
        takeRequests();
    }

    private void take(ChannelHandlerContext ctx, ByteBuffer frame, long memory) {
        long begun = System.nanoTime();
        DecodedRequest request;
        try {
            request = identity().decoder().decode(frame);
        } catch (MalformedRequestException e) {
            setup.memory().give(memory);
            throw e;
        }
        begin(ctx, request, memory, begun);
    }

    private void begin(ChannelHandlerContext ctx, DecodedRequest request, long memory, long begun) {
        Identity client = identity();
        ApiHandler<?> handler = setup.table().find(request.context().header);
        if (handler == null) {
            setup.memory().give(memory);
            throw new MalformedRequestException(request.context().header + " is not served");
        }
        servedAny = true;
        inFlight++;
        inFlightBytes += request.sizeInBytes();
        int maxFetchBytes = pacing().maxFetchBytes(request.context(), client.caller());
        PendingRequest place = new PendingRequest(request,
            new Call(request.context(), client.caller(), client.login(), ctx.executor(), maxFetchBytes, closed), memory);
        pending.add(place);
        CompletionStage<Reply> reply = begin(handler, place);
        place.setBusyNanos(System.nanoTime() - begun);
        reply.whenComplete((value, failure) -> EventLoops.run(ctx, () -> replied(ctx, place, value, failure)));
    }

    /** A token after a handshake of version 0: answered bare, and a failure only by the end of the connection. */
    @SuppressWarnings("FutureReturnValueIgnored") // the void promise hands a failure to exceptionCaught; the delay runs on the loop
    private void takeToken(ChannelHandlerContext ctx, ByteBuffer token) {
        byte[] bytes = new byte[token.remaining()];
        token.get(bytes);
        SaslLogin login = identity().login();
        login.take(bytes).whenComplete((outcome, failure) -> ctx.executor().execute(() -> {
            try {
                byte[] challenge = login.finish(outcome, failure).challenge();
                if (state == SessionState.OPEN) {
                    ctx.writeAndFlush(ctx.alloc().buffer().writeInt(challenge.length).writeBytes(challenge), ctx.voidPromise());
                    takeRequests();
                }
            } catch (SaslAuthenticationException e) {
                ctx.executor().schedule(() -> disconnect("the login failed: " + e.getMessage()),
                    setup.sasl().failureDelay().toMillis(), TimeUnit.MILLISECONDS);
            }
        }));
    }

    private static CompletionStage<Reply> begin(ApiHandler<?> handler, PendingRequest place) {
        try {
            return handler.handle(place.call(), place.request().body());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void replied(ChannelHandlerContext ctx, PendingRequest place, @Nullable Reply reply, @Nullable Throwable failure) {
        if (state == SessionState.CLOSED) {
            place.release(setup.memory());
            return;
        }
        Reply told = failure == null && reply != null ? reply : error(place, failure);
        ResponseEncoder responses = encoder;
        if (told instanceof Reply.Message message && message.isLarge() && responses != null) {
            pacing().answered(place, message.body());
            // As in takeNext.
            CompletableFuture<?> unused = CompletableFuture
                .supplyAsync(() -> responses.encode(place.request().context(), message.body()), setup.aside())
                .whenComplete((parts, broken) -> ctx.executor().execute(() -> encodedAside(ctx, place, message, parts)));
            return;
        }
        place.setReply(told);
        writeOrEnd(ctx, place);
    }

    private void encodedAside(ChannelHandlerContext ctx, PendingRequest place, Reply reply, @Nullable List<Object> parts) {
        if (state == SessionState.CLOSED || parts == null) {
            if (parts != null) {
                parts.forEach(ReferenceCountUtil::release);
            }
            place.release(setup.memory());
            disconnect("a response could not be encoded");
            return;
        }
        place.take(setup.memory(), ResponseEncoder.bytesInMemory(parts));
        place.setEncoded(parts);
        place.setReply(reply);
        writeOrEnd(ctx, place);
    }

    private void writeOrEnd(ChannelHandlerContext ctx, PendingRequest place) {
        try {
            writeReady(ctx);
        } catch (RuntimeException e) {
            LOG.error("the response to {} cannot be written", place.request().context().header, e);
            disconnect("a response could not be encoded");
        }
    }

    private static Reply error(PendingRequest place, @Nullable Throwable failure) {
        Throwable cause = failure == null ? new IllegalStateException("a handler gave no reply") : failure;
        if (KafkaErrors.of(cause) == Errors.UNKNOWN_SERVER_ERROR) {
            LOG.error("{} failed", place.request().context().header, cause);
        }
        AbstractResponse response = place.request().body().getErrorResponse(0, KafkaErrors.exception(cause));
        return response == null ? new Reply.Hangup("a request without response failed: " + cause) : new Reply.Message(response.data());
    }

    private void writeReady(ChannelHandlerContext ctx) {
        boolean wrote = false;
        for (PendingRequest first = pending.peek(); first != null && first.reply() != null; first = pending.peek()) {
            pending.remove();
            Reply reply = first.reply();
            List<Object> encoded = first.encoded();
            if (encoded != null) {
                first.setEncoded(null);
                write(ctx, first, encoded);
                wrote = true;
            } else if (reply instanceof Reply.Message message) {
                pacing().answered(first, message.body());
                write(ctx, first, message.body());
                wrote = true;
            } else if (reply instanceof Reply.Farewell farewell) {
                // What follows the last response's way out is the end.
                LOG.debug("ending the connection from {}: {}", ctx.channel().remoteAddress(), farewell.reason());
                state = SessionState.DRAINING;
                write(ctx, first, farewell.body());
                wrote = true;
            } else if (reply instanceof Reply.Hangup hangup) {
                first.release(setup.memory());
                disconnect(hangup.reason());
                return;
            } else {
                pacing().answered(first, null);
                written(first);
            }
        }
        if (wrote && !taking) {
            ctx.flush();
        }
        if (!taking) {
            takeRequests();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the void promise hands a failure to exceptionCaught, the last one has a listener
    private void write(ChannelHandlerContext ctx, PendingRequest request, ApiMessage body) {
        ResponseEncoder responses = encoder;
        if (responses == null) {
            throw new IllegalStateException("a response before the client is known");
        }
        List<Object> parts;
        try {
            parts = responses.encode(request.request().context(), body);
        } catch (RuntimeException e) {
            request.release(setup.memory());
            throw e;
        }
        request.take(setup.memory(), ResponseEncoder.bytesInMemory(parts));
        write(ctx, request, parts);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // as above
    private void write(ChannelHandlerContext ctx, PendingRequest request, List<Object> parts) {
        for (int i = 0; i < parts.size() - 1; i++) {
            ctx.write(parts.get(i), ctx.voidPromise());
        }
        ChannelPromise last = ctx.newPromise();
        ctx.write(parts.get(parts.size() - 1), last);
        last.addListener(done -> {
            if (done.isSuccess()) {
                written(request);
                takeRequests();
            } else {
                request.release(setup.memory());
                disconnect("a response could not be written: " + done.cause());
            }
        });
    }

    private void written(PendingRequest request) {
        request.release(setup.memory());
        inFlight--;
        inFlightBytes -= request.request().sizeInBytes();
        if (watch != null) {
            watch.touch();
        }
        if (state == SessionState.DRAINING && inFlight == 0) {
            disconnect("the broker stops");
        }
    }

    /** Ends the session in good order: what is in flight is answered, what waits for data is answered at once. */
    @SuppressWarnings("FutureReturnValueIgnored") // does nothing when the session has ended before
    void drain() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        EventLoops.run(ctx, () -> {
            if (state == SessionState.CLOSED || state == SessionState.DRAINING) {
                return;
            }
            state = SessionState.DRAINING;
            hurryAll();
            if (inFlight == 0) {
                disconnect("the broker stops");
            } else {
                long nanos = setup.limits().drainTimeout().toNanos();
                ctx.executor().schedule(() -> disconnect("the broker stops"), nanos, TimeUnit.NANOSECONDS);
            }
        });
    }

    private void hurryAll() {
        for (PendingRequest waiting : new ArrayList<>(pending)) {
            waiting.call().hurry();
        }
    }

    /** The one way in which this side ends the connection. */
    @SuppressWarnings("FutureReturnValueIgnored") // channelInactive tells when it is closed
    private void disconnect(@Nullable String cause) {
        ChannelHandlerContext ctx = context;
        if (ctx == null || state == SessionState.CLOSED) {
            return;
        }
        LOG.debug("closing the connection from {}: {}", ctx.channel().remoteAddress(), cause);
        end();
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end();
        closed.complete(null);
        ctx.fireChannelInactive();
    }

    private void end() {
        state = SessionState.CLOSED;
        if (watch != null) {
            watch.stop();
        }
        hurryAll();
        // What a handler still works on gives back when it is done.
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
        intake.end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn("closing the connection from {}", ctx.channel().remoteAddress(), cause);
        }
        disconnect(cause.toString());
    }
}
