package io.tributary.protocol.http.handler;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Refuses a body that says that it is over the bound before any of it is read, and ends the connection that would carry it. */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class BodySizeFilter implements WebFilter {
    private final Bounds bounds;

    public BodySizeFilter(Bounds bounds) {
        this.bounds = bounds;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        long length = exchange.getRequest().getHeaders().getContentLength();
        if (length <= bounds.maxBodyBytes()) {
            return chain.filter(exchange);
        }
        exchange.getResponse().getHeaders().set(HttpHeaders.CONNECTION, "close");
        return Mono.error(new DataBufferLimitException("a body of " + length + " bytes"));
    }
}
