package io.tributary.gateway.net;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The threads that serve connections: epoll where the system has it, NIO elsewhere. */
final class EventLoops {
    private final MultiThreadIoEventLoopGroup acceptor;
    private final MultiThreadIoEventLoopGroup workers;
    private final Class<? extends ServerSocketChannel> serverChannel;

    private EventLoops(IoHandlerFactory handlers, Class<? extends ServerSocketChannel> serverChannel, int threads) {
        this.acceptor = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("accept"), handlers);
        this.workers = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("io"), handlers);
        this.serverChannel = serverChannel;
    }

    static EventLoops start(int threads) {
        if (Epoll.isAvailable()) {
            return new EventLoops(EpollIoHandler.newFactory(), EpollServerSocketChannel.class, threads);
        }
        return new EventLoops(NioIoHandler.newFactory(), NioServerSocketChannel.class, threads);
    }

    MultiThreadIoEventLoopGroup acceptor() {
        return acceptor;
    }

    MultiThreadIoEventLoopGroup workers() {
        return workers;
    }

    Class<? extends ServerSocketChannel> serverChannel() {
        return serverChannel;
    }

    /** Ends the threads and waits for them, for at most the given time. */
    void stop(long timeoutMs) {
        Future<?> acceptorEnd = acceptor.shutdownGracefully(0, timeoutMs, TimeUnit.MILLISECONDS);
        Future<?> workersEnd = workers.shutdownGracefully(0, timeoutMs, TimeUnit.MILLISECONDS);
        acceptorEnd.awaitUninterruptibly(timeoutMs);
        workersEnd.awaitUninterruptibly(timeoutMs);
    }
}
