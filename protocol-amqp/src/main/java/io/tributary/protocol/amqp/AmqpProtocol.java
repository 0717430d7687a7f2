package io.tributary.protocol.amqp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.tributary.core.api.Registration;
import io.tributary.core.model.Namespace;
import io.tributary.core.protocol.Protocol;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.protocol.amqp.codec.FrameDecoder;
import io.tributary.protocol.amqp.handler.Access;
import io.tributary.protocol.amqp.handler.BindingHandler;
import io.tributary.protocol.amqp.handler.ExchangeHandler;
import io.tributary.protocol.amqp.handler.Exchanges;
import io.tributary.protocol.amqp.handler.Leftovers;
import io.tributary.protocol.amqp.handler.NameSequence;
import io.tributary.protocol.amqp.handler.PublishHandler;
import io.tributary.protocol.amqp.handler.QueueHandler;
import io.tributary.protocol.amqp.handler.Queues;
import io.tributary.protocol.amqp.session.ConnectionSession;
import io.tributary.protocol.amqp.session.Limits;
import io.tributary.protocol.amqp.session.Services;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** AMQP 0-9-1 with RabbitMQ's extensions; docs/protocols/amqp.md tells which. */
public final class AmqpProtocol implements Protocol {
    private static final int PORT = 5672;

    private final AmqpConfig config;
    private final Map<Channel, ConnectionSession> sessions = new ConcurrentHashMap<>();

    private volatile @Nullable Registration expiries;

    public AmqpProtocol(AmqpConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "amqp";
    }

    @Override
    public int defaultPort() {
        return PORT;
    }

    @Override
    public CompletionStage<ChannelInitializer<Channel>> start(ProtocolContext context) {
        Access access = new Access(context.authorizer());
        NameSequence sequence = new NameSequence();
        Exchanges exchanges = new Exchanges(context.broker(), config.maxBodyBytes());
        Queues queues = new Queues(context.broker(), access);
        ExchangeHandler exchangeHandler = new ExchangeHandler(context.broker(), access, exchanges, sequence);
        QueueHandler queueHandler = new QueueHandler(context.broker(), access, exchanges, queues, exchangeHandler, sequence);
        BindingHandler bindings = new BindingHandler(context.broker(), access, exchanges, queues, exchangeHandler, sequence);
        PublishHandler publishing = new PublishHandler(context.broker(), access, exchanges);
        expiries = context.broker().subscriptions().onExpired(queue -> {
            // Nobody waits; what is left is removed when the broker is next opened.
            CompletionStage<Void> ignored = queueHandler.expired(queue);
        });
        Limits limits = new Limits(config.frameMax(), config.channelMax(), config.heartbeat(), config.maxBodyBytes(),
            config.handshakeTimeout(), config.closeTimeout(), config.maxUnacknowledged(), config.maxInFlightBytes());
        Services services = new Services(context.broker(), context.authenticator(), limits, exchangeHandler, queueHandler, queues,
            bindings, publishing);
        Leftovers leftovers = new Leftovers(context.broker(), exchanges, exchangeHandler);
        CompletionStage<Void> removed = CompletableFuture.completedFuture(null);
        for (Namespace namespace : context.broker().topics().namespaces()) {
            removed = removed.thenCompose(done -> leftovers.remove(namespace));
        }
        return removed.thenApply(done -> initializer(services));
    }

    private ChannelInitializer<Channel> initializer(Services services) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                FrameDecoder decoder = new FrameDecoder(config.frameMax());
                ConnectionSession session = new ConnectionSession(channel, decoder, services);
                channel.pipeline().addLast(decoder, session);
                sessions.put(channel, session);
                channel.closeFuture().addListener(closed -> sessions.remove(channel));
            }
        };
    }

    @Override
    public CompletionStage<Void> stop() {
        Registration registration = expiries;
        if (registration != null) {
            registration.close();
        }
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (Map.Entry<Channel, ConnectionSession> entry : sessions.entrySet()) {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            entry.getKey().closeFuture().addListener(closed -> ended.complete(null));
            entry.getValue().shutDown();
            all = all.thenCombine(ended, (before, done) -> null);
        }
        return all;
    }
}
