package io.tributary.protocol.kafka.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.tributary.protocol.kafka.codec.DecodedRequest;
import io.tributary.protocol.kafka.codec.MalformedRequestException;
import io.tributary.protocol.kafka.codec.RequestDecoder;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.quota.Throttle;
import io.tributary.protocol.kafka.sasl.SaslLogin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.SaslAuthenticationException;
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
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Identity identity;
    private @Nullable Pacing pacing;
    private @Nullable Responses responses;
    private @Nullable IdleWatch watch;
    private SessionState state = SessionState.AUTHENTICATING;
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
        Pacing pace = new Pacing(ctx, new Throttle(setup.quotas(), setup.clock()), this::takeRequests);
        pacing = pace;
        responses = new Responses(setup, ctx, pace, new Onward());
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

    private Responses responses() {
        Responses own = responses;
        if (own == null) {
            throw new IllegalStateException("a request before the connection is up");
        }
        return own;
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
        if (reading || !responses().areWritten() || pacing().isPaused()) {
            return limits.maxIdle().plus(limits.maxIdle());
        }
        if (intake.isOverdue(limits.stallTimeout().toNanos())) {
            return Duration.ZERO;
        }
        // With nothing pending, what is in flight is a response that the client does not take.
        boolean holdsMemory = responses().inFlight() > 0 && setup.memory().isShort();
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
        if (state != SessionState.OPEN) {
            return false;
        }
        int inFlight = responses().inFlight();
        return inFlight < setup.limits().maxInFlightRequests()
            && (inFlight == 0 || responses().inFlightBytes() < setup.limits().maxInFlightBytes()) && ctx.channel().isWritable()
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
        int maxFetchBytes = pacing().maxFetchBytes(request.context(), client.caller());
        PendingRequest place = responses().expect(request,
            new Call(request.context(), client.caller(), client.login(), ctx.executor(), maxFetchBytes, closed), memory);
        CompletionStage<Reply> reply = begin(handler, place);
        place.setBusyNanos(System.nanoTime() - begun);
        reply.whenComplete((value, failure) -> EventLoops.run(ctx, () -> responses().replied(place, value, failure)));
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
            Responses own = responses;
            if (own == null || own.inFlight() == 0) {
                disconnect("the broker stops");
            } else {
                own.hurry();
                long nanos = setup.limits().drainTimeout().toNanos();
                ctx.executor().schedule(() -> disconnect("the broker stops"), nanos, TimeUnit.NANOSECONDS);
            }
        });
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
        if (responses != null) {
            responses.end();
        }
        intake.end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn("closing the connection from {}", ctx.channel().remoteAddress(), cause);
        }
        disconnect(cause.toString());
    }

    /** What becomes of the responses. */
    private final class Onward implements Responses.Progress {
        @Override
        public void left() {
            if (watch != null) {
                watch.touch();
            }
            if (state == SessionState.DRAINING && responses().inFlight() == 0) {
                disconnect("the broker stops");
            }
        }

        @Override
        public void goOn() {
            takeRequests();
        }

        @Override
        public void farewell() {
            state = SessionState.DRAINING;
        }

        @Override
        public void broken(String reason) {
            disconnect(reason);
        }
    }
}
