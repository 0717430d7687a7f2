package io.tributary.protocol.kafka.session;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Principal;
import io.tributary.protocol.kafka.codec.RequestDecoder;
import io.tributary.protocol.kafka.codec.ResponseEncoder;
import io.tributary.protocol.kafka.handler.ApiTable;
import io.tributary.protocol.kafka.handler.Caller;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/** What all sessions share. */
record SessionSetup(ProtocolContext context, ApiTable table, SessionLimits limits) {
    private static final int NOT_SERVED = -1;

    Authenticator authenticator() {
        return context.authenticator();
    }

    /** The largest frame of an API; negative for one that is not served. */
    int frameLimit(int apiKey) {
        if (table.find((short) apiKey) == null) {
            return NOT_SERVED;
        }
        return apiKey == ApiKeys.PRODUCE.id ? limits.maxRequestBytes() : limits.maxControlRequestBytes();
    }

    Duration shortestLimit() {
        return limits.stallTimeout().compareTo(limits.maxIdle()) < 0 ? limits.stallTimeout() : limits.maxIdle();
    }

    Caller caller(Channel channel, Principal principal) {
        InetSocketAddress local = inet(channel.localAddress());
        String advertised = context.advertisedHost();
        return new Caller(principal, context.authorizer(), advertised == null ? address(local).getHostAddress() : advertised,
            local.getPort());
    }

    RequestDecoder decoder(Channel channel, Principal principal) {
        InetSocketAddress remote = inet(channel.remoteAddress());
        KafkaPrincipal kafkaPrincipal = new KafkaPrincipal(KafkaPrincipal.USER_TYPE, principal.name());
        return new RequestDecoder(channel.id().asShortText(), address(remote), kafkaPrincipal,
            isEncrypted(channel) ? SecurityProtocol.SSL : SecurityProtocol.PLAINTEXT);
    }

    ResponseEncoder encoder(Channel channel) {
        return new ResponseEncoder(channel.alloc(), !isEncrypted(channel));
    }

    static boolean isEncrypted(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /** A channel without a socket, as in tests, counts as local. */
    private static InetSocketAddress inet(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static InetAddress address(InetSocketAddress socket) {
        return socket.getAddress() == null ? InetAddress.getLoopbackAddress() : socket.getAddress();
    }
}
