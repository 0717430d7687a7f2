package io.tributary.protocol.http;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.protocol.http.handler.AuthenticationFilter;
import io.tributary.protocol.http.handler.BodySizeFilter;
import io.tributary.protocol.http.handler.Bounds;
import io.tributary.protocol.http.handler.DeliveryHandler;
import io.tributary.protocol.http.handler.Guard;
import io.tributary.protocol.http.handler.ProblemHandler;
import io.tributary.protocol.http.handler.PublishHandler;
import io.tributary.protocol.http.handler.ReadHandler;
import io.tributary.protocol.http.handler.RetainedHandler;
import io.tributary.protocol.http.handler.ScheduleHandler;
import io.tributary.protocol.http.handler.SubscriptionHandler;
import io.tributary.protocol.http.handler.TopicHandler;
import io.tributary.protocol.http.session.Shutdown;
import io.tributary.protocol.http.session.SubscriptionConsumers;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/** The HTTP API for a WebFlux application whose context has a {@link ProtocolContext} and an {@link HttpConfig}. */
@Configuration(proxyBeanMethods = false)
@Import({TopicHandler.class, PublishHandler.class, ReadHandler.class, SubscriptionHandler.class, DeliveryHandler.class,
    ScheduleHandler.class, RetainedHandler.class, ProblemHandler.class})
public class HttpProtocol {
    @Bean
    Guard guard(ProtocolContext context) {
        return new Guard(context);
    }

    @Bean
    AuthenticationFilter authenticationFilter(ProtocolContext context) {
        return new AuthenticationFilter(context);
    }

    @Bean
    SubscriptionConsumers subscriptionConsumers() {
        return new SubscriptionConsumers();
    }

    @Bean
    Shutdown shutdown() {
        return new Shutdown();
    }

    /** In the phase that stops first: streams and polls must have ended when the server begins to wait for open requests. */
    @Bean
    SmartLifecycle shutdownOfStreams(Shutdown shutdown) {
        return new StreamsLifecycle(shutdown);
    }

    @Bean
    Bounds bounds(HttpConfig config) {
        return new Bounds(config.maxBodyBytes(), config.maxResponseBytes(), config.maxWait());
    }

    @Bean
    BodySizeFilter bodySizeFilter(Bounds bounds) {
        return new BodySizeFilter(bounds);
    }

    @Bean
    WebFluxConfigurer httpApiConfigurer(HttpConfig config) {
        return new ApiConfigurer(config);
    }

    @Bean
    OpenAPI openApi() {
        return new OpenAPI().info(new Info().title("Tributary HTTP API").version("v1")
            .description("Publish to, read and consume from the topics that Kafka, AMQP and MQTT clients use too. Errors are problems as "
                + "in RFC 9457, with a stable code."));
    }

    private static final class ApiConfigurer implements WebFluxConfigurer {
        private final HttpConfig config;

        ApiConfigurer(HttpConfig config) {
            this.config = config;
        }

        @Override
        public void configureHttpMessageCodecs(ServerCodecConfigurer codecs) {
            codecs.defaultCodecs().maxInMemorySize(config.maxBodyBytes());
        }
    }

    private static final class StreamsLifecycle implements SmartLifecycle {
        private final Shutdown shutdown;
        private volatile boolean running;

        StreamsLifecycle(Shutdown shutdown) {
            this.shutdown = shutdown;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            shutdown.begin();
        }

        @Override
        public boolean isRunning() {
            return running;
        }
    }
}
