package io.tributary.core;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tributary.core.api.Broker;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.broker.EmbeddedBroker;
import io.tributary.core.protocol.Protocol;
import io.tributary.core.protocol.ProtocolContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A broker in this process for tests, on a directory of its own that goes with it, with protocols served on ports of 127.0.0.1.
 */
public final class TestBroker implements AutoCloseable {
    private static final int JOURNAL_FILE_BYTES = 4 << 20;
    private static final int STOP_SECONDS = 10;

    /** A protocol that is served; made anew with every broker. */
    private static final class Service {
        final Supplier<? extends Protocol> factory;
        final Function<Broker, ProtocolContext> context;
        int port;
        @Nullable Protocol protocol;
        @Nullable Channel listener;
        final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

        Service(Supplier<? extends Protocol> factory, Function<Broker, ProtocolContext> context) {
            this.factory = factory;
            this.context = context;
        }
    }

    private final Path directory;
    private final boolean ownsDirectory;
    private final UnaryOperator<BrokerConfig> settings;
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final List<Service> services = new ArrayList<>();
    private EmbeddedBroker broker;

    private TestBroker(Path directory, boolean ownsDirectory, UnaryOperator<BrokerConfig> settings) {
        this.directory = directory;
        this.ownsDirectory = ownsDirectory;
        this.settings = settings;
        this.broker = open();
    }

    /** Starts on a new directory, which is deleted when this is closed. */
    public static TestBroker start() {
        return start(UnaryOperator.identity());
    }

    /** As {@link #start()}, with settings of one's own. */
    public static TestBroker start(UnaryOperator<BrokerConfig> settings) {
        try {
            return new TestBroker(Files.createTempDirectory("tributary-test"), true, settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts on a directory of the caller's, which stays. */
    public static TestBroker start(Path directory) {
        return start(directory, UnaryOperator.identity());
    }

    /** As {@link #start(Path)}, with settings of one's own. */
    public static TestBroker start(Path directory, UnaryOperator<BrokerConfig> settings) {
        return new TestBroker(directory, false, settings);
    }

    private EmbeddedBroker open() {
        return EmbeddedBroker.open(settings.apply(BrokerConfig.of(directory).withJournalFileBytes(JOURNAL_FILE_BYTES)));
    }

    /** The broker that runs now; another one after {@link #restart} or {@link #kill}. */
    public Broker broker() {
        return broker;
    }

    public Path directory() {
        return directory;
    }

    /** Serves a protocol and returns its port. It ends with the next restart or kill. */
    public int serve(Protocol protocol) {
        return listen(new Service(() -> protocol, ProtocolContext::open));
    }

    /** Serves a protocol, which is made anew after each restart or kill and then keeps its port; returns the port. */
    public int serveAlways(Supplier<? extends Protocol> factory) {
        return serveAlways(factory, ProtocolContext::open);
    }

    /** As {@link #serveAlways(Supplier)}, for users and with rights that the context knows. */
    public int serveAlways(Supplier<? extends Protocol> factory, Function<Broker, ProtocolContext> context) {
        Service service = new Service(factory, context);
        services.add(service);
        return listen(service);
    }

    private final List<Service> listening = new ArrayList<>();

    private int listen(Service service) {
        Protocol protocol = service.factory.get();
        ChannelInitializer<Channel> initializer = protocol.start(service.context.apply(broker)).toCompletableFuture().join();
        Channel listener = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
            .childHandler(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    service.connections.add(channel);
                    channel.pipeline().addLast(initializer);
                }
            })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), service.port)).syncUninterruptibly().channel();
        service.protocol = protocol;
        service.listener = listener;
        service.port = ((InetSocketAddress) listener.localAddress()).getPort();
        listening.add(service);
        return service.port;
    }

    /** Stops in good order and starts again on the same directory. */
    public void restart() {
        restartAfter(() -> { });
    }

    /** As {@link #restart}, with something done while nothing runs. */
    public void restartAfter(Runnable between) {
        stopServices(true);
        broker.close();
        between.run();
        broker = open();
        services.forEach(this::listen);
    }

    /** Drops everything as {@code kill -9} would, as far as that can be done within a process, and starts again. */
    public void kill() {
        broker.halt();
        stopServices(false);
        broker = open();
        services.forEach(this::listen);
    }

    private void stopServices(boolean orderly) {
        for (Service service : listening) {
            if (service.listener != null) {
                service.listener.close().syncUninterruptibly();
            }
            if (orderly && service.protocol != null) {
                service.protocol.stop().toCompletableFuture().orTimeout(STOP_SECONDS, TimeUnit.SECONDS).exceptionally(late -> null).join();
            }
            service.connections.close().syncUninterruptibly();
        }
        listening.clear();
    }

    @Override
    public void close() {
        stopServices(true);
        broker.close();
        group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
        if (ownsDirectory) {
            delete(directory);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
