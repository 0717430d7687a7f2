package io.tributary.protocol.mqtt;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.tributary.core.api.Broker;
import io.tributary.core.protocol.Protocol;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.protocol.mqtt.codec.PacketGuard;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.handler.PacketDispatcher;
import io.tributary.protocol.mqtt.session.Bindings;
import io.tributary.protocol.mqtt.session.Limits;
import io.tributary.protocol.mqtt.session.Publications;
import io.tributary.protocol.mqtt.session.Services;
import io.tributary.protocol.mqtt.session.SessionRegistry;
import io.tributary.protocol.mqtt.session.SharedSubscriptions;
import io.tributary.protocol.mqtt.session.SysTopics;
import io.tributary.protocol.mqtt.state.SessionStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** MQTT 3.1, 3.1.1 and 5.0. */
public final class MqttProtocol implements Protocol {
    private static final int DEFAULT_PORT = 1883;
    private static final int MAX_CLIENT_ID_LENGTH = 0xFFFF;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, 256 << 10);
    /** What a record takes in its batch beside what its packet took. */
    private static final int BATCH_OVERHEAD = 1024;

    private final MqttConfig config;
    private final AtomicReference<@Nullable Services> running = new AtomicReference<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(daemon("mqtt-timer"));

    public MqttProtocol(MqttConfig config) {
        this.config = config;
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public int defaultPort() {
        return DEFAULT_PORT;
    }

    @Override
    public CompletionStage<ChannelInitializer<Channel>> start(ProtocolContext context) {
        Broker broker = context.broker();
        return broker.stateTable(SessionStore.TABLE).thenApply(sessions -> services(context, new SessionStore(sessions)))
            .thenCompose(services -> {
                running.set(services);
                return services.registry().restore().thenCompose(ok -> services.registry().sweep(broker.topics().namespaces()))
                    .thenApply(ok -> services);
            })
            .thenApply(services -> {
                long interval = services.limits().sysInterval().toMillis();
                // Runs until the timer is shut down.
                Future<?> unused = timer.scheduleWithFixedDelay(services.sys()::publish, interval, interval, TimeUnit.MILLISECONDS);
                return initializer(services);
            });
    }

    private Services services(ProtocolContext context, SessionStore sessions) {
        Broker broker = context.broker();
        int largestRecord = Math.max(BATCH_OVERHEAD, broker.topics().defaults().maxBatchBytes() - BATCH_OVERHEAD);
        int maxPacket = Math.min(config.maxPacketBytes(), largestRecord);
        Limits limits = new Limits(maxPacket, config.receiveMaximum(), config.topicAliasMaximum(), config.maxQos(),
            (int) config.keepAliveCap().toSeconds(), config.connectTimeout(), config.sessionExpiryCap().toSeconds(), config.maxInFlight(),
            config.maxSubscriptions(), config.maxPendingBytes(), config.sysInterval());
        Publications publications = new Publications(broker);
        SharedSubscriptions shared = new SharedSubscriptions(broker, new Bindings(broker.topics()));
        SessionRegistry registry = new SessionRegistry(sessions, broker.subscriptions(), shared, publications, timer);
        String version = MqttProtocol.class.getPackage().getImplementationVersion();
        SysTopics sys = new SysTopics("Tributary " + (version == null ? "development" : version));
        return new Services(broker, context.authenticator(), context.authorizer(), limits, sessions, publications, shared, registry,
            sys);
    }

    private static ChannelInitializer<Channel> initializer(Services services) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.config().setWriteBufferWaterMark(WATER_MARK);
                int maxPacket = services.limits().maxPacketBytes();
                channel.pipeline().addLast(new PacketGuard(maxPacket), new MqttDecoder(maxPacket, MAX_CLIENT_ID_LENGTH),
                    MqttEncoder.INSTANCE, new PacketDispatcher(services));
            }
        };
    }

    @Override
    public CompletionStage<Void> stop() {
        Services services = running.getAndSet(null);
        CompletionStage<Void> ended = services == null ? CompletableFuture.completedFuture(null)
            : services.registry().evictAll(Reason.SERVER_SHUTTING_DOWN, "the server is stopping");
        return ended.whenComplete((ok, failure) -> timer.shutdownNow());
    }
}
