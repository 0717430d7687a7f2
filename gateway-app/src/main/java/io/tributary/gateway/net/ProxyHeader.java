package io.tributary.gateway.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import io.netty.util.NetUtil;
import io.tributary.core.protocol.ConnectionEnds;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for a proxy's header (PROXY protocol, versions 1 and 2), notes whose connection it is and only then lets the protocol begin. Stands
 * behind the decoder. A connection without a whole and right header is closed.
 */
final class ProxyHeader extends SimpleChannelInboundHandler<HAProxyMessage> {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyHeader.class);
    private static final long PATIENCE_SECONDS = 10;

    private final Runnable next;
    private @Nullable ScheduledFuture<?> deadline;

    /** Runs {@code next}, which adds what comes after, when the header is there. */
    ProxyHeader(Runnable next) {
        this.next = next;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // A connection that does not even close is Netty's to log.
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor().schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage header) throws UnknownHostException {
        AddressFamily family = header.proxiedProtocol().addressFamily();
        boolean ip = family == AddressFamily.AF_IPv4 || family == AddressFamily.AF_IPv6;
        // LOCAL is the proxy on its own account, such as its health checks.
        if (header.command() == HAProxyCommand.PROXY && ip) {
            new ConnectionEnds(socket(header.sourceAddress(), header.sourcePort()),
                socket(header.destinationAddress(), header.destinationPort())).mark(ctx.channel());
        }
        next.run();
        if (!ctx.channel().isOpen()) {
            return;
        }
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
    }

    /** The decoder gives addresses in figures; nothing is looked up. */
    private static InetSocketAddress socket(String address, int port) throws UnknownHostException {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null) {
            throw new UnknownHostException("no IP address: " + address);
        }
        return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // As above.
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("{}: no PROXY header: {}", ctx.channel(), cause.toString());
        ctx.close();
    }
}
