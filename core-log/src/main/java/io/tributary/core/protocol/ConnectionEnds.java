package io.tributary.core.protocol;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Where a connection comes from and where it went to, which are not its socket's addresses if a proxy is between (PROXY protocol).
 *
 * @param client never unresolved
 * @param server never unresolved
 */
public record ConnectionEnds(InetSocketAddress client, InetSocketAddress server) {
    private static final AttributeKey<ConnectionEnds> KEY = AttributeKey.valueOf(ConnectionEnds.class, "ends");

    /** The ends of a connection. A channel without a socket, as in tests, is local at both. */
    public static ConnectionEnds of(Channel channel) {
        ConnectionEnds told = channel.attr(KEY).get();
        return told == null ? new ConnectionEnds(inet(channel.remoteAddress()), inet(channel.localAddress())) : told;
    }

    /** Says so of a connection, in the proxy's name. */
    public void mark(Channel channel) {
        channel.attr(KEY).set(this);
    }

    /** The client's IP address as ACLs write it. */
    public String clientAddress() {
        return client.getAddress().getHostAddress();
    }

    private static InetSocketAddress inet(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null ? inet
            : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
