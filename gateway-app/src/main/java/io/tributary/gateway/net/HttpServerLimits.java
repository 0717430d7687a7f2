package io.tributary.gateway.net;

import io.tributary.core.protocol.ConnectionEnds;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/** The HTTP server's connections: counted, limited, and closed when a client does not come to the point. */
public final class HttpServerLimits implements NettyServerCustomizer {
    /** For the head of a request to arrive, from its first byte. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(30);
    /** For the body of a request to arrive. */
    private static final Duration BODY_TIMEOUT = Duration.ofMinutes(1);
    /** Between two requests, and before the first. */
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(2);

    private final ConnectionLimit limit;
    private final TrustedProxies proxies;

    /**
     * Counts by the limit.
     *
     * @param trustedProxies addresses and networks whose connections are of many clients
     */
    public HttpServerLimits(ConnectionLimit limit, List<String> trustedProxies) {
        this.limit = limit;
        this.proxies = new TrustedProxies(trustedProxies);
    }

    /** The count of HTTP's connections. */
    public ConnectionLimit limit() {
        return limit;
    }

    @Override
    public HttpServer apply(HttpServer server) {
        return server.idleTimeout(IDLE_TIMEOUT).doOnChannelInit((observer, channel, remote) -> {
            boolean admitted = limit.admit(channel)
                && (proxies.include(channel) || limit.admit(channel, ConnectionEnds.of(channel).client().getAddress()));
            if (admitted) {
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, "request-deadline", new RequestDeadline(HEAD_TIMEOUT, BODY_TIMEOUT));
            }
        });
    }
}
