package io.tributary.protocol.kafka.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.tributary.core.protocol.Listener;
import io.tributary.core.security.Credentials;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Proof;
import io.tributary.protocol.kafka.codec.RequestDecoder;
import io.tributary.protocol.kafka.handler.Caller;
import io.tributary.protocol.kafka.sasl.SaslLogin;
import java.io.IOException;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the client of one connection is, and what it may ask before that is known. First its certificate counts, if it shows one, or that
 * anonymous clients are let in; where clients can log in, that counts then.
 */
final class Identity {
    private static final Logger LOG = LoggerFactory.getLogger(Identity.class);

    private final SessionSetup setup;
    private final ChannelHandlerContext ctx;
    private final Listener listener;
    private final SaslLogin login;
    private Caller caller;
    private RequestDecoder decoder;
    private boolean known;

    /** Nobody yet. */
    Identity(SessionSetup setup, ChannelHandlerContext ctx) {
        this.setup = setup;
        this.ctx = ctx;
        this.listener = Listener.of(ctx.channel());
        boolean offered = listener.login() != Listener.Login.NONE && !setup.sasl().mechanisms().isEmpty();
        this.login = new SaslLogin(setup.sasl(), setup.authenticator(), setup.clock(), offered, this::loggedIn);
        this.caller = setup.caller(ctx.channel(), Principal.ANONYMOUS);
        this.decoder = setup.decoder(ctx.channel(), Principal.ANONYMOUS);
    }

    /**
     * Finds out what can be found out without the client's asking for anything.
     *
     * @param whenReady told on the event loop: null when requests can be taken, otherwise why the connection is to end
     */
    void begin(Consumer<@Nullable String> whenReady) {
        SslHandler tls = ctx.channel().pipeline().get(SslHandler.class);
        if (tls == null) {
            ask(new Credentials.Anonymous(), whenReady);
            return;
        }
        tls.handshakeFuture().addListener(handshake -> {
            if (!handshake.isSuccess()) {
                whenReady.accept("the TLS handshake failed: " + handshake.cause());
                return;
            }
            try {
                ask(certificate(tls), whenReady);
            } catch (IOException e) {
                whenReady.accept("the client's certificate names nobody: " + e.getMessage());
            }
        });
    }

    private Credentials certificate(SslHandler tls) throws IOException {
        if (listener.login() == Listener.Login.REQUIRED) {
            return new Credentials.Anonymous();
        }
        try {
            return new Credentials.Certified(setup.principals().getName(tls.engine().getSession().getPeerPrincipal().getName()));
        } catch (SSLPeerUnverifiedException none) {
            return new Credentials.Anonymous();
        }
    }

    private void ask(Credentials credentials, Consumer<@Nullable String> whenReady) {
        if (listener.login() == Listener.Login.REQUIRED) {
            whenReady.accept(null);
            return;
        }
        setup.authenticator().prove(credentials).whenComplete((proof, failure) -> EventLoops.run(ctx, () -> {
            if (failure == null) {
                become(proof.principal());
                whenReady.accept(null);
            } else {
                whenReady.accept(listener.login() == Listener.Login.OPTIONAL ? null : "the client is not let in: " + failure.getMessage());
            }
        }));
    }

    private void loggedIn(Proof proof) {
        become(proof.principal());
    }

    private void become(Principal principal) {
        Channel channel = ctx.channel();
        LOG.debug("{} is {}", channel.remoteAddress(), principal.name());
        caller = setup.caller(channel, principal);
        decoder = setup.decoder(channel, principal);
        known = true;
    }

    Caller caller() {
        return caller;
    }

    RequestDecoder decoder() {
        return decoder;
    }

    SaslLogin login() {
        return login;
    }

    /** Whether the client may be asked to be patient, and to have large requests. */
    boolean isKnown() {
        return known;
    }

    /**
     * Whether the next request, or token, may be taken: not while one of the login is looked at, and a token not beside any request.
     *
     * @param alone whether no other request is in flight
     */
    boolean mayTake(boolean alone) {
        return !login.isBusy() && (alone || !login.takesRawTokens());
    }

    /** Whether a request of this API may come now; what may not ends the connection. */
    boolean admits(int apiKey) {
        if (login.isExchanging()) {
            return apiKey == ApiKeys.SASL_AUTHENTICATE.id;
        }
        if (login.isOver()) {
            return apiKey == ApiKeys.SASL_HANDSHAKE.id;
        }
        return known || apiKey == ApiKeys.API_VERSIONS.id || apiKey == ApiKeys.SASL_HANDSHAKE.id;
    }
}
