package io.tributary.protocol.kafka.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.protocol.kafka.handler.ApiTable;
import io.tributary.protocol.kafka.quota.ClientQuotas;
import io.tributary.protocol.kafka.sasl.SaslSettings;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;

/** Sets up a session for each connection, and ends them all. */
@ChannelHandler.Sharable
public final class KafkaSessions extends ChannelInitializer<Channel> {
    private final SessionSetup setup;
    private final Set<KafkaSession> sessions = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    /**
     * No session yet.
     *
     * @param principalRules how a name is made of a certificate's, as in Kafka's ssl.principal.mapping.rules
     * @param aside          where large requests are read and large responses written down
     */
    public KafkaSessions(ProtocolContext context, ApiTable table, SessionLimits limits, SaslSettings sasl, String principalRules,
                         ClientQuotas quotas, Executor aside) {
        this.setup = new SessionSetup(context, table, limits, sasl, SslPrincipalMapper.fromRules(principalRules), quotas,
            Clock.systemUTC(), new SharedMemory(limits.maxMemory()), aside);
    }

    @Override
    protected void initChannel(Channel channel) {
        if (SessionSetup.isEncrypted(channel)) {
            channel.pipeline().addLast(new ChunkedWriteHandler());
        }
        KafkaSession session = new KafkaSession(setup);
        sessions.add(session);
        session.whenClosed().thenRun(() -> sessions.remove(session));
        channel.pipeline().addLast(session);
        if (stopped) {
            session.drain();
        }
    }

    /** Bytes that requests and unsent responses of all connections take now. */
    public long memoryTaken() {
        return setup.memory().used();
    }

    /** Completes when the last connection is gone. */
    public CompletionStage<Void> stop() {
        stopped = true;
        CompletableFuture<?>[] closing = sessions.stream().map(session -> session.whenClosed().toCompletableFuture())
            .toArray(CompletableFuture[]::new);
        sessions.forEach(KafkaSession::drain);
        return CompletableFuture.allOf(closing);
    }
}
