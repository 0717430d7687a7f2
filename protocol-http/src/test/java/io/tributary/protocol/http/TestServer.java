package io.tributary.protocol.http;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Broker;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Authorizer;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.Connection;

/** The HTTP API over a test broker, on a free port. */
final class TestServer implements AutoCloseable {
    static final HttpConfig CONFIG = new HttpConfig(256 * 1024, 64 * 1024, Duration.ofSeconds(20));

    private static final AtomicInteger NAMES = new AtomicInteger();

    private static final class Shared {
        static final TestServer SERVER = new TestServer(Authenticator.open(), Authorizer.open());
    }

    private final TestBroker broker = TestBroker.start();
    private final Set<SocketAddress> clients = ConcurrentHashMap.newKeySet();
    private final ConfigurableApplicationContext context;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(HttpProtocol.class)
    static class Application {
        /** Of its own: closing one server must not end the event loops of another. */
        @Bean
        ReactorResourceFactory reactorResourceFactory() {
            ReactorResourceFactory resources = new ReactorResourceFactory();
            resources.setUseGlobalResources(false);
            return resources;
        }
    }

    TestServer(Authenticator authenticator, Authorizer authorizer) {
        ProtocolContext protocol = new ProtocolContext(broker.broker(), authenticator, authorizer, null);
        context = new SpringApplicationBuilder(Application.class)
            .properties("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off", "logging.level.root=WARN")
            .initializers(made -> {
                GenericApplicationContext beans = (GenericApplicationContext) made;
                beans.registerBean(ProtocolContext.class, () -> protocol);
                beans.registerBean(HttpConfig.class, () -> CONFIG);
                beans.registerBean(NettyServerCustomizer.class, () -> netty -> netty.doOnConnection(this::remember));
            })
            .run();
    }

    private void remember(Connection connection) {
        SocketAddress client = connection.channel().remoteAddress();
        clients.add(client);
        connection.channel().closeFuture().addListener(closed -> clients.remove(client));
    }

    /** Whether the server knows of a connection from here. */
    boolean isConnected(SocketAddress client) {
        return clients.contains(client);
    }

    /** One for all tests of the process, everybody may do everything. */
    static TestServer shared() {
        return Shared.SERVER;
    }

    /** A name that no other test has. */
    static String unique(String prefix) {
        return prefix + "-" + NAMES.incrementAndGet();
    }

    Broker broker() {
        return broker.broker();
    }

    int port() {
        return Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer()).getPort();
    }

    WebTestClient client() {
        return WebTestClient.bindToServer().baseUrl("http://127.0.0.1:" + port()).responseTimeout(Duration.ofSeconds(60)).build();
    }

    WebClient webClient() {
        return WebClient.create("http://127.0.0.1:" + port());
    }

    @Override
    public void close() {
        context.close();
        broker.close();
    }
}
