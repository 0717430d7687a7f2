package io.tributary.gateway.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tributary.core.model.BrokerException;
import io.tributary.core.protocol.Listener;
import io.tributary.core.protocol.Protocol;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.gateway.config.ConfigurationException;
import io.tributary.gateway.config.ListenerProperties;
import io.tributary.gateway.config.TlsProperties;
import io.tributary.gateway.config.TributaryProperties;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * One port for each protocol, or several. Starting binds them all or fails; stopping closes the ports, lets the protocols end their
 * sessions, and closes what is left when the drain time is over.
 */
public final class Listeners implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final long LOOP_STOP_MS = 2_000;
    private static final int BACKLOG = 1024;

    private final List<ProtocolPort> ports;
    private final ProtocolContext context;
    private final String bindAddress;
    private final TributaryProperties.Net settings;
    private final TrustedProxies proxies;
    private final TlsContexts tlsContexts;
    private final Map<String, ConnectionLimit> limits = new LinkedHashMap<>();
    private final List<Channel> servers = new ArrayList<>();
    private final List<OpenPort> open = new ArrayList<>();
    private final List<Protocol> started = new ArrayList<>();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private @Nullable EventLoops loops;
    private volatile boolean running;

    /** Binds nothing yet. */
    public Listeners(List<ProtocolPort> ports, ProtocolContext context, String bindAddress, TributaryProperties.Net settings,
                     TlsProperties tls) {
        this.ports = List.copyOf(ports);
        this.context = context;
        this.bindAddress = bindAddress;
        this.settings = settings;
        this.proxies = new TrustedProxies(settings.trustedProxies());
        this.tlsContexts = new TlsContexts(tls);
        for (ProtocolPort port : ports) {
            limits.put(port.protocol().name(), new ConnectionLimit(settings.maxConnections(), settings.maxConnectionsPerAddress()));
        }
    }

    /** Each protocol's connections, by its name. */
    public Map<String, ConnectionLimit> limits() {
        return limits;
    }

    /** The ports that are bound, in the order of the configuration. */
    public synchronized List<OpenPort> openPorts() {
        return List.copyOf(open);
    }

    /** Whether every port accepts connections. */
    public synchronized boolean accepting() {
        return running && servers.size() == open.size() && servers.stream().allMatch(Channel::isActive);
    }

    @Override
    public synchronized void start() {
        loops = EventLoops.start(settings.ioThreads());
        try {
            for (ProtocolPort port : ports) {
                open(port, loops);
            }
            running = true;
        } finally {
            if (!running) {
                drain();
            }
        }
    }

    private void open(ProtocolPort port, EventLoops eventLoops) {
        Protocol protocol = port.protocol();
        ChannelInitializer<Channel> initializer = await(protocol.start(context), START_TIMEOUT, port.title());
        started.add(protocol);
        if (port.listeners().isEmpty()) {
            Admission admission = new Admission(limit(protocol), connections, proxies, null, Listener.DEFAULT, initializer);
            bind(new OpenPort(protocol.name(), port.title(), bindAddress, port.port()), "tributary." + protocol.name() + ".port", admission,
                eventLoops);
        }
        for (ListenerProperties listener : port.listeners()) {
            SslContext tls = listener.protocol().hasTls() ? tlsContexts.of(listener.name(), listener.clientAuth()) : null;
            Listener.Login login = listener.protocol().hasSasl() ? Listener.Login.REQUIRED : Listener.Login.NONE;
            Listener marked = new Listener(listener.name(), login, listener.advertisedHost(), listener.advertisedPort());
            String host = listener.bindAddress() == null ? bindAddress : listener.bindAddress();
            OpenPort wanted = new OpenPort(protocol.name() + "." + listener.name(),
                port.title() + " (" + listener.name() + ", " + listener.protocol() + ")", host, listener.port());
            bind(wanted, "tributary." + protocol.name() + ".listeners", new Admission(limit(protocol), connections, proxies, tls, marked,
                initializer), eventLoops);
        }
    }

    private ConnectionLimit limit(Protocol protocol) {
        return Objects.requireNonNull(limits.get(protocol.name()));
    }

    private void bind(OpenPort wanted, String setting, Admission admission, EventLoops eventLoops) {
        ServerBootstrap bootstrap = new ServerBootstrap()
            .group(eventLoops.acceptor(), eventLoops.workers())
            .channel(eventLoops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(admission);
        ChannelFuture bound = bootstrap.bind(new InetSocketAddress(wanted.host(), wanted.port())).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw new ConfigurationException(wanted.title() + " cannot listen on " + wanted.hostAndPort() + " (setting " + setting + "): "
                + cause.getMessage(), cause);
        }
        servers.add(bound.channel());
        int port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
        open.add(new OpenPort(wanted.name(), wanted.title(), wanted.host(), port));
    }

    private static <T> T await(CompletionStage<T> stage, Duration timeout, String title) {
        try {
            return stage.toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw BrokerException.of(failed);
        } catch (TimeoutException late) {
            throw new ConfigurationException(title + " did not start within " + timeout.toSeconds() + " s", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ConfigurationException(title + " was interrupted while starting", interrupted);
        }
    }

    @Override
    public synchronized void stop() {
        running = false;
        drain();
    }

    private void drain() {
        servers.forEach(server -> server.close().awaitUninterruptibly());
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (Protocol protocol : started) {
            ends.add(stop(protocol));
        }
        try {
            CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get(settings.drainTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            LOG.warn("{} connections did not end within {} and are closed", connections.size(), settings.drainTimeout());
        } catch (ExecutionException failed) {
            LOG.warn("a protocol did not stop in order", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        connections.close().awaitUninterruptibly(LOOP_STOP_MS);
        if (loops != null) {
            loops.stop(LOOP_STOP_MS);
        }
        servers.clear();
        open.clear();
        started.clear();
    }

    private static CompletableFuture<Void> stop(Protocol protocol) {
        try {
            return protocol.stop().toCompletableFuture();
        } catch (RuntimeException failed) {
            return CompletableFuture.failedFuture(failed);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before the HTTP server, so that whoever finds that one finds the others too; and after it when stopping. */
    @Override
    public int getPhase() {
        return 0;
    }
}
