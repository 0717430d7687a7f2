package io.tributary.gateway.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.tributary.core.protocol.ConnectionEnds;
import io.tributary.core.protocol.Listener;
import org.jspecify.annotations.Nullable;

/** Lets a connection in, if there is room, behind what its proxy says and within TLS, and hands it to its protocol. */
@ChannelHandler.Sharable
final class Admission extends ChannelInitializer<Channel> {
    private final ConnectionLimit limit;
    private final ChannelGroup connections;
    private final TrustedProxies proxies;
    private final @Nullable SslContext tls;
    private final Listener listener;
    private final ChannelInitializer<Channel> protocol;

    /**
     * For the connections of one port.
     *
     * @param tls null for none
     */
    Admission(ConnectionLimit limit, ChannelGroup connections, TrustedProxies proxies, @Nullable SslContext tls, Listener listener,
              ChannelInitializer<Channel> protocol) {
        this.limit = limit;
        this.connections = connections;
        this.proxies = proxies;
        this.tls = tls;
        this.listener = listener;
        this.protocol = protocol;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (!limit.admit(channel)) {
            return;
        }
        connections.add(channel);
        listener.mark(channel);
        if (proxies.include(channel)) {
            channel.pipeline().addLast(new HAProxyMessageDecoder(), new ProxyHeader(() -> begin(channel)));
        } else {
            begin(channel);
        }
    }

    private void begin(Channel channel) {
        if (!limit.admit(channel, ConnectionEnds.of(channel).client().getAddress())) {
            return;
        }
        if (tls != null) {
            channel.pipeline().addLast(TlsContexts.handler(tls, channel), TlsFailures.INSTANCE);
        }
        channel.pipeline().addLast(protocol);
    }
}
