package io.tributary.protocol.mqtt.handler;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.tributary.protocol.mqtt.codec.MalformedPacket;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.session.Connection;
import io.tributary.protocol.mqtt.session.LiveSession;
import io.tributary.protocol.mqtt.session.Packets;
import io.tributary.protocol.mqtt.session.Services;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands each packet of a connection to its handler, one after the other: none before what the last one waits for is done. */
public final class PacketDispatcher extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(PacketDispatcher.class);

    private final Services services;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private @Nullable Connection connection;
    private @Nullable Future<?> connectTimeout;

    public PacketDispatcher(Services services) {
        this.services = services;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            begin(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        begin(ctx);
        super.channelActive(ctx);
    }

    private void begin(ChannelHandlerContext ctx) {
        if (connection != null) {
            return;
        }
        Connection accepted = new Connection(ctx.channel(), services, this::resume);
        connection = accepted;
        connectTimeout = ctx.executor().schedule(() -> {
            if (accepted.phase() != Connection.Phase.CONNECTED) {
                LOG.debug("{} sent no CONNECT in time", ctx.channel());
                accepted.close(false);
            }
        }, services.limits().connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object packet) {
        Connection current = connection;
        if (current == null || current.phase() == Connection.Phase.CLOSED) {
            ReferenceCountUtil.release(packet);
        } else if (current.isHeld() || !waiting.isEmpty()) {
            waiting.add(packet);
        } else {
            dispatch(current, packet);
        }
    }

    private void resume() {
        Connection current = connection;
        while (current != null && !current.isHeld()) {
            Object packet = waiting.poll();
            if (packet == null) {
                return;
            }
            if (current.phase() == Connection.Phase.CLOSED) {
                ReferenceCountUtil.release(packet);
            } else {
                dispatch(current, packet);
            }
        }
    }

    private void dispatch(Connection current, Object packet) {
        try {
            if (packet instanceof MalformedPacket malformed) {
                malformed(current, malformed.reason(), malformed.detail());
            } else if (packet instanceof MqttMessage message) {
                if (message.decoderResult().isFailure()) {
                    malformed(current, Reason.MALFORMED_PACKET, String.valueOf(message.decoderResult().cause().getMessage()));
                } else {
                    handle(current, message);
                }
            }
        } finally {
            ReferenceCountUtil.release(packet);
        }
    }

    private static void malformed(Connection current, Reason reason, String detail) {
        LOG.debug("{} sent {}: {}", current.channel(), reason, detail);
        boolean answered = reason == Reason.UNSUPPORTED_PROTOCOL_VERSION || reason == Reason.CLIENT_IDENTIFIER_NOT_VALID;
        if (current.phase() == Connection.Phase.NEW && answered) {
            current.refuse(reason, detail);
        } else {
            current.disconnect(reason, detail);
        }
    }

    private void handle(Connection current, MqttMessage message) {
        LiveSession live = current.live();
        if (message instanceof MqttConnectMessage connect) {
            if (current.phase() == Connection.Phase.NEW) {
                ConnectHandler.handle(current, connect);
                Future<?> timeout = connectTimeout;
                if (timeout != null) {
                    current.channel().closeFuture().addListener(closed -> timeout.cancel(false));
                }
            } else {
                current.disconnect(Reason.PROTOCOL_ERROR, "a second CONNECT");
            }
        } else if (live == null) {
            current.disconnect(Reason.PROTOCOL_ERROR, "a packet before CONNECT was accepted");
        } else {
            handle(live, message);
        }
    }

    private static void handle(LiveSession live, MqttMessage message) {
        switch (message.fixedHeader().messageType()) {
            case PUBLISH -> PublishHandler.handle(live, (MqttPublishMessage) message);
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> AcknowledgementHandler.handle(live, message);
            case SUBSCRIBE -> SubscribeHandler.handle(live, (MqttSubscribeMessage) message);
            case UNSUBSCRIBE -> UnsubscribeHandler.handle(live, (MqttUnsubscribeMessage) message);
            case PINGREQ -> {
                live.connection().write(new MqttMessage(Packets.header(MqttMessageType.PINGRESP)));
                live.connection().channel().flush();
            }
            case DISCONNECT -> DisconnectHandler.handle(live, message);
            // Enhanced authentication was refused at CONNECT.
            default -> live.connection().disconnect(Reason.PROTOCOL_ERROR, "unexpected " + message.fixedHeader().messageType());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        LiveSession live = live();
        if (live != null) {
            live.outbound().pump();
        }
        ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        LiveSession live = live();
        if (live != null && ctx.channel().isWritable()) {
            live.outbound().pump();
        }
    }

    private @Nullable LiveSession live() {
        Connection current = connection;
        return current == null || current.phase() != Connection.Phase.CONNECTED ? null : current.live();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        Connection current = connection;
        if (event instanceof IdleStateEvent && current != null) {
            if (!current.isReadingPaused()) {
                current.disconnect(Reason.KEEP_ALIVE_TIMEOUT, "nothing came for one and a half times the keep-alive");
            }
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("{} failed: {}", ctx.channel(), cause.toString());
        } else {
            LOG.warn("{} failed", ctx.channel(), cause);
        }
        Connection current = connection;
        if (current != null) {
            current.disconnect(Reason.UNSPECIFIED_ERROR, null);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Connection current = connection;
        Future<?> timeout = connectTimeout;
        if (timeout != null) {
            timeout.cancel(false);
        }
        if (current != null) {
            current.close(true);
        }
        for (Object packet = waiting.poll(); packet != null; packet = waiting.poll()) {
            ReferenceCountUtil.release(packet);
        }
    }
}
