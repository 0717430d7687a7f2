package io.tributary.protocol.amqp.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.protocol.ConnectionEnds;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ChannelMethod;
import io.tributary.protocol.amqp.codec.ConnectionMethod;
import io.tributary.protocol.amqp.codec.Frame;
import io.tributary.protocol.amqp.codec.FrameDecoder;
import io.tributary.protocol.amqp.codec.Method;
import io.tributary.protocol.amqp.codec.MethodType;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.codec.WireText;
import io.tributary.protocol.amqp.handler.Client;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: its phase, its channels, and how it ends. */
public final class ConnectionSession extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionSession.class);
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 512 << 10);

    /**
     * HEADER: nothing was received. OPENING: the {@link Handshake}. OPEN. CLOSING: connection.close was sent, close-ok is awaited.
     * CLOSED: nothing is said any more. Each leads to those after it only.
     */
    private enum Phase { HEADER, OPENING, OPEN, CLOSING, CLOSED }

    private final Channel channel;
    private final FrameDecoder decoder;
    private final Services services;
    private final Outbound outbound;
    private final Mailbox mailbox;
    private final InboundPressure pressure;
    private final Handshake handshake;
    private final Map<Integer, ChannelSession> channels = new LinkedHashMap<>();
    private final Set<ChannelSession> touched = new LinkedHashSet<>();
    private final Set<SubscriptionName> owned = new LinkedHashSet<>();
    private Phase phase = Phase.HEADER;
    private @Nullable Client client;
    private @Nullable Future<?> timeout;
    private @Nullable CompletionStage<Void> released;

    /** The decoder is the one before this handler in the channel's pipeline. */
    public ConnectionSession(Channel channel, FrameDecoder decoder, Services services) {
        this.channel = channel;
        this.decoder = decoder;
        this.services = services;
        this.outbound = new Outbound(channel, services.limits().frameMax());
        this.mailbox = new Mailbox(channel.eventLoop(), this::endTurn);
        this.pressure = new InboundPressure(channel, services.limits().maxInFlightBytes());
        this.handshake = new Handshake(this, services);
    }

    // ---- for channels and the handshake

    /** The IP address that the client has, or that a proxy says it has. */
    String clientAddress() {
        return ConnectionEnds.of(channel).clientAddress();
    }

    Services services() {
        return services;
    }

    Outbound outbound() {
        return outbound;
    }

    Mailbox mailbox() {
        return mailbox;
    }

    InboundPressure pressure() {
        return pressure;
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    boolean isOpening() {
        return phase == Phase.OPENING;
    }

    boolean notifiesCancellation() {
        return handshake.clientHas("consumer_cancel_notify");
    }

    void touch(ChannelSession session) {
        touched.add(session);
    }

    /** An exclusive queue ends with this connection. */
    void own(SubscriptionName queue) {
        owned.add(queue);
    }

    void forget(int number, ChannelSession session) {
        channels.remove(number, session);
    }

    /** Limits are agreed on: a heartbeat of 0 seconds means none. */
    void tuned(int frameMax, int heartbeat) {
        decoder.frameMax(frameMax);
        outbound.frameMax(frameMax);
        if (heartbeat > 0) {
            // Two missed heartbeats mean that the peer is dead; ours go out at twice the rate agreed on (section 4.2.7).
            long write = Math.max(1, TimeUnit.SECONDS.toMillis(heartbeat) / 2);
            channel.pipeline().addBefore(channel.pipeline().context(decoder).name(), null,
                new IdleStateHandler(TimeUnit.SECONDS.toMillis(2L * heartbeat), write, 0, TimeUnit.MILLISECONDS));
        }
    }

    void opened(Client opened) {
        client = opened;
        phase = Phase.OPEN;
        cancelTimeout();
    }

    /** Tells the client why, if it understands that; closes in either case. */
    void refuseLogin(String mechanism) {
        if (handshake.clientHas("authentication_failure_close")) {
            fail(AmqpException.ofConnection(ReplyCode.ACCESS_REFUSED,
                "Login was refused using authentication mechanism " + mechanism), null);
        } else {
            phase = Phase.CLOSED;
            outbound.close();
        }
    }

    // ---- Netty

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel.config().setWriteBufferWaterMark(WATER_MARK);
        long millis = services.limits().handshakeTimeout().toMillis();
        timeout = channel.eventLoop().schedule(() -> {
            LOG.debug("{}: no connection.open within {} ms", channel, millis);
            phase = Phase.CLOSED;
            outbound.close();
        }, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof Frame frame) {
                onFrame(frame);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        endTurn();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        pressure.update();
        if (channel.isWritable() && phase == Phase.OPEN) {
            // Later, not within the flush that made room.
            mailbox.post(() -> channels.values().forEach(ChannelSession::pump));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof IdleStateEvent idle)) {
            ctx.fireUserEventTriggered(event);
        } else if (idle.state() == IdleState.WRITER_IDLE) {
            outbound.heartbeat();
            outbound.flush();
        } else if (idle.state() == IdleState.READER_IDLE && !pressure.isPaused()) {
            LOG.info("{}: missed heartbeats", channel);
            phase = Phase.CLOSED;
            outbound.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable known = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (known instanceof AmqpException bad) {
            fail(bad, null);
        } else if (known instanceof IOException) {
            LOG.debug("{}: {}", channel, known.toString());
            outbound.close();
        } else {
            LOG.error("{}: internal error", channel, known);
            fail(new AmqpException(ReplyCode.INTERNAL_ERROR, "internal error"), null);
        }
        outbound.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        phase = Phase.CLOSED;
        cancelTimeout();
        CompletionStage<Void> ignored = release();
        outbound.release();
        ctx.fireChannelInactive();
    }

    /** Ends the connection from the server's side, politely; on any thread. */
    public void shutDown() {
        mailbox.post(() -> fail(new AmqpException(ReplyCode.CONNECTION_FORCED, "broker is stopping"), null));
    }

    private void endTurn() {
        while (!touched.isEmpty()) {
            List<ChannelSession> turn = new ArrayList<>(touched);
            touched.clear();
            turn.forEach(ChannelSession::endTurn);
        }
        if (phase != Phase.CLOSED || channel.isActive()) {
            outbound.flush();
        }
        pressure.update();
    }

    // ---- frames

    private void onFrame(Frame frame) {
        MethodType type = frame instanceof Frame.OfMethod ofMethod ? ofMethod.method().type() : null;
        try {
            switch (phase) {
                case HEADER -> onProtocolHeader(frame);
                case OPENING -> onFrameWhileOpening(frame);
                case OPEN -> onFrameWhileOpen(frame);
                case CLOSING -> onFrameWhileClosing(frame);
                case CLOSED -> { }
            }
        } catch (AmqpException error) {
            ChannelSession session = error.connectionError() ? null : channels.get(frame.channel());
            if (session != null) {
                session.fail(error, type == null ? MethodType.BASIC_PUBLISH : type);
            } else {
                fail(error, type);
            }
        }
    }

    private void onProtocolHeader(Frame frame) {
        if (frame instanceof Frame.ProtocolHeader header && header.supported()) {
            phase = Phase.OPENING;
            handshake.start();
        } else {
            // Section 4.2.2: the version that is spoken here, then nothing.
            phase = Phase.CLOSED;
            cancelTimeout();
            outbound.protocolHeader();
            outbound.close();
        }
    }

    private void onFrameWhileOpening(Frame frame) {
        if (frame instanceof Frame.OfMethod ofMethod && frame.channel() == 0) {
            if (ofMethod.method() instanceof ConnectionMethod.Close) {
                closedByClient();
            } else {
                handshake.onMethod(ofMethod.method());
            }
        } else if (!(frame instanceof Frame.Heartbeat)) {
            throw new AmqpException(ReplyCode.UNEXPECTED_FRAME, "a frame of channel " + frame.channel() + " before connection.open");
        }
    }

    private void onFrameWhileOpen(Frame frame) {
        if (frame instanceof Frame.Heartbeat) {
            return;
        }
        int number = frame.channel();
        if (number == 0) {
            onConnectionFrame(frame);
            return;
        }
        ChannelSession session = channels.get(number);
        if (session == null) {
            openChannel(number, frame);
        } else {
            session.onFrame(frame);
            if (frame instanceof Frame.OfBody) {
                limitHeldBytes();
            }
        }
    }

    private void openChannel(int number, Frame frame) {
        boolean open = frame instanceof Frame.OfMethod ofMethod && ofMethod.method() instanceof ChannelMethod.Open;
        if (!open) {
            throw new AmqpException(ReplyCode.CHANNEL_ERROR, "expected 'channel.open' on channel " + number);
        }
        if (number > handshake.channelMax() || client == null) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED,
                "channel " + number + " is over the negotiated channel_max (" + handshake.channelMax() + ")");
        }
        channels.put(number, new ChannelSession(number, this, client));
        outbound.method(number, new ChannelMethod.OpenOk());
    }

    private void onConnectionFrame(Frame frame) {
        if (!(frame instanceof Frame.OfMethod ofMethod)) {
            throw new AmqpException(ReplyCode.UNEXPECTED_FRAME, "content on channel 0");
        }
        Method method = ofMethod.method();
        if (method instanceof ConnectionMethod.Close) {
            closedByClient();
        } else if (method instanceof ConnectionMethod.UpdateSecret) {
            throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "connection.update-secret is not implemented");
        } else {
            throw new AmqpException(ReplyCode.COMMAND_INVALID, "unexpected method on channel 0");
        }
    }

    private void onFrameWhileClosing(Frame frame) {
        if (frame instanceof Frame.OfMethod ofMethod && frame.channel() == 0) {
            if (ofMethod.method() instanceof ConnectionMethod.CloseOk) {
                phase = Phase.CLOSED;
                outbound.close();
            } else if (ofMethod.method() instanceof ConnectionMethod.Close) {
                outbound.method(0, new ConnectionMethod.CloseOk());
            }
        }
    }

    /** Unfinished bodies of all channels together may take twice what one may. */
    private void limitHeldBytes() {
        long held = 0;
        for (ChannelSession session : channels.values()) {
            held += session.heldBytes();
        }
        if (held > 2L * services.limits().maxBodyBytes()) {
            throw new AmqpException(ReplyCode.RESOURCE_ERROR, "too much unfinished content on this connection");
        }
    }

    // ---- ends

    private void closedByClient() {
        phase = Phase.CLOSED;
        release().whenComplete((done, failure) -> mailbox.post(() -> {
            if (channel.isActive()) {
                outbound.method(0, new ConnectionMethod.CloseOk());
                outbound.close();
            }
        }));
    }

    /** Sends connection.close once, and closes when the client has answered or after a while. */
    void fail(AmqpException error, @Nullable MethodType type) {
        if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
            return;
        }
        LOG.info("{}: closing: {}", channel, error.replyText());
        boolean begun = phase != Phase.HEADER;
        phase = Phase.CLOSING;
        CompletionStage<Void> ignored = release();
        cancelTimeout();
        if (!begun) {
            outbound.close();
            return;
        }
        outbound.method(0, new ConnectionMethod.Close(error.code().code(), WireText.abbreviate(error.replyText()),
            type == null ? 0 : type.classId(), type == null ? 0 : type.methodId()));
        outbound.flush();
        channel.config().setAutoRead(true);
        if (decoder.isLost()) {
            // The client's answer could not be read: it sees the error and the end, and what it still sends is thrown away for a while.
            outbound.closeOutput();
        }
        timeout = channel.eventLoop().schedule(() -> {
            phase = Phase.CLOSED;
            outbound.close();
        }, services.limits().closeTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Gives back what clients hold, and deletes this connection's own queues; once. */
    private CompletionStage<Void> release() {
        if (released != null) {
            return released;
        }
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (ChannelSession session : channels.values()) {
            all = all.thenCombine(session.shutDown(), (before, done) -> null);
        }
        channels.clear();
        for (SubscriptionName queue : owned) {
            all = all.thenCompose(before -> services.queueHandler().delete(queue)).handle((count, failure) -> null);
        }
        released = all;
        return all;
    }

    private void cancelTimeout() {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }
}
