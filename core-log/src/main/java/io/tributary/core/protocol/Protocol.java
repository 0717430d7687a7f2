package io.tributary.core.protocol;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.util.concurrent.CompletionStage;

/**
 * A protocol that plugs in. The gateway listens, limits the number of connections, offers TLS and drains; the protocol speaks.
 */
public interface Protocol {
    /** In lower case, as in the configuration: {@code kafka}. */
    String name();

    int defaultPort();

    /**
     * Gets ready and completes with what sets up each connection accepted. Called once, before the port is bound.
     */
    CompletionStage<ChannelInitializer<Channel>> start(ProtocolContext context);

    /**
     * Ends the sessions in the protocol's own way and completes when the last is gone or gave up. New connections are no longer accepted.
     */
    CompletionStage<Void> stop();
}
