package io.tributary.protocol.http.handler;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Credentials;
import io.tributary.core.security.Principal;
import io.tributary.protocol.http.session.ClientConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Tells who calls the API, by HTTP Basic (RFC 7617), with a bearer token (RFC 6750) or as nobody, and hands it to the handlers. */
public final class AuthenticationFilter implements WebFilter {
    private static final String CALLER = AuthenticationFilter.class.getName() + ".caller";
    private static final String API = "/v1/";
    private static final String SCHEME = "Basic ";
    private static final String TOKEN_SCHEME = "Bearer ";

    private final Authenticator authenticator;

    public AuthenticationFilter(ProtocolContext context) {
        this.authenticator = context.authenticator();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!exchange.getRequest().getPath().value().startsWith(API)) {
            return chain.filter(exchange);
        }
        Credentials credentials = credentials(exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION));
        return ClientConnection.of(exchange.getResponse()).on(authenticator.authenticate(credentials)).flatMap(caller -> {
            exchange.getAttributes().put(CALLER, caller.at(address(exchange)));
            return chain.filter(exchange);
        });
    }

    private static String address(ServerWebExchange exchange) {
        InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
        return remote == null || remote.getAddress() == null ? "" : remote.getAddress().getHostAddress();
    }

    private static Credentials credentials(@Nullable String authorization) {
        if (authorization == null) {
            return new Credentials.Anonymous();
        }
        if (authorization.regionMatches(true, 0, TOKEN_SCHEME, 0, TOKEN_SCHEME.length())) {
            return new Credentials.Token(authorization.substring(TOKEN_SCHEME.length()).trim());
        }
        if (authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            try {
                byte[] decoded = Base64.getDecoder().decode(authorization.substring(SCHEME.length()).trim());
                String pair = new String(decoded, StandardCharsets.UTF_8);
                int colon = pair.indexOf(':');
                if (colon >= 0) {
                    return new Credentials.Password(pair.substring(0, colon), pair.substring(colon + 1));
                }
            } catch (IllegalArgumentException malformed) {
                // Refused below.
            }
        }
        throw new BrokerException(ErrorCode.AUTHENTICATION_FAILED,
            "the Authorization header is of neither form, 'Basic ...' nor 'Bearer ...'");
    }

    /** Who makes this call. */
    static Principal caller(ServerWebExchange exchange) {
        return Objects.requireNonNull(exchange.getAttribute(CALLER));
    }
}
