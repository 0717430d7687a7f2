package io.tributary.gateway.net;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.tributary.gateway.config.ConfigurationException;
import io.tributary.gateway.config.ListenerProperties;
import io.tributary.gateway.config.TlsProperties;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The server's side of TLS, made from the files of the configuration when the first listener asks for it. */
final class TlsContexts {
    private static final long HANDSHAKE_SECONDS = 30;

    private final TlsProperties settings;
    private final Map<ListenerProperties.ClientAuth, SslContext> contexts = new EnumMap<>(ListenerProperties.ClientAuth.class);

    TlsContexts(TlsProperties settings) {
        this.settings = settings;
    }

    /** Fails with a ConfigurationException that names the setting. */
    SslContext of(String listener, ListenerProperties.ClientAuth clientAuth) {
        SslContext context = contexts.get(clientAuth);
        if (context == null) {
            context = make(listener, clientAuth);
            contexts.put(clientAuth, context);
        }
        return context;
    }

    private SslContext make(String listener, ListenerProperties.ClientAuth clientAuth) {
        Path certificate = settings.certificate();
        Path key = settings.privateKey();
        if (certificate == null || key == null) {
            throw new ConfigurationException("listener " + listener + " has TLS, which needs tributary.tls.certificate and private-key");
        }
        Path trusted = settings.trustedCertificates();
        if (trusted == null && clientAuth != ListenerProperties.ClientAuth.NONE) {
            throw new ConfigurationException("listener " + listener + " has client-auth, which needs tributary.tls.trusted-certificates");
        }
        try {
            SslContextBuilder builder = SslContextBuilder
                .forServer(certificate.toFile(), key.toFile(), settings.privateKeyPassword())
                .sslProvider(SslProvider.JDK).protocols(settings.protocols()).clientAuth(toNetty(clientAuth));
            if (trusted != null) {
                builder.trustManager(trusted.toFile());
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new ConfigurationException("the files of tributary.tls cannot be used: " + reason(e), e);
        }
    }

    private static @Nullable String reason(Exception failure) {
        return failure.getCause() == null ? failure.getMessage() : failure.getMessage() + " (" + failure.getCause().getMessage() + ")";
    }

    private static ClientAuth toNetty(ListenerProperties.ClientAuth clientAuth) {
        return switch (clientAuth) {
            case NONE -> ClientAuth.NONE;
            case WANT -> ClientAuth.OPTIONAL;
            case NEED -> ClientAuth.REQUIRE;
        };
    }

    /** For one connection. */
    static SslHandler handler(SslContext context, Channel channel) {
        SslHandler handler = context.newHandler(channel.alloc());
        handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
        return handler;
    }
}
