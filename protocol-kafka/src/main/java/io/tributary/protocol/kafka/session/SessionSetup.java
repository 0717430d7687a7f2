package io.tributary.protocol.kafka.session;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.tributary.core.protocol.ConnectionEnds;
import io.tributary.core.protocol.Listener;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Principal;
import io.tributary.protocol.kafka.codec.RequestDecoder;
import io.tributary.protocol.kafka.codec.ResponseEncoder;
import io.tributary.protocol.kafka.handler.ApiTable;
import io.tributary.protocol.kafka.handler.Caller;
import io.tributary.protocol.kafka.quota.ClientQuotas;
import io.tributary.protocol.kafka.sasl.SaslSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;

/** What all sessions share. */
record SessionSetup(ProtocolContext context, ApiTable table, SessionLimits limits, SaslSettings sasl, SslPrincipalMapper principals,
                    ClientQuotas quotas, Clock clock, SharedMemory memory, Executor aside) {
    private static final int NOT_SERVED = -1;

    Authenticator authenticator() {
        return context.authenticator();
    }

    /** The largest frame of an API; negative for one that is not served, or not now. */
    int frameLimit(int apiKey, Identity identity) {
        if (table.find((short) apiKey) == null || !identity.admits(apiKey)) {
            return NOT_SERVED;
        }
        if (!identity.isKnown() || apiKey == ApiKeys.SASL_AUTHENTICATE.id) {
            return sasl.maxTokenBytes();
        }
        int limit = apiKey == ApiKeys.PRODUCE.id ? limits.maxRequestBytes() : limits.maxControlRequestBytes();
        return (int) Math.min(limit, memory.largest());
    }

    Duration shortestLimit() {
        return limits.stallTimeout().compareTo(limits.maxIdle()) < 0 ? limits.stallTimeout() : limits.maxIdle();
    }

    Caller caller(Channel channel, Principal principal) {
        ConnectionEnds ends = ConnectionEnds.of(channel);
        Listener listener = Listener.of(channel);
        String host = listener.advertisedHost() == null ? context.advertisedHost() : listener.advertisedHost();
        return new Caller(principal.at(ends.clientAddress()), context.authorizer(),
            host == null ? ends.server().getAddress().getHostAddress() : host,
            listener.advertisedPort() == 0 ? ends.server().getPort() : listener.advertisedPort());
    }

    RequestDecoder decoder(Channel channel, Principal principal) {
        KafkaPrincipal kafkaPrincipal = new KafkaPrincipal(KafkaPrincipal.USER_TYPE, principal.name());
        return new RequestDecoder(channel.id().asShortText(), ConnectionEnds.of(channel).client().getAddress(), kafkaPrincipal,
            isEncrypted(channel) ? SecurityProtocol.SSL : SecurityProtocol.PLAINTEXT);
    }

    ResponseEncoder encoder(Channel channel) {
        return new ResponseEncoder(channel.alloc(), !isEncrypted(channel));
    }

    static boolean isEncrypted(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }
}
