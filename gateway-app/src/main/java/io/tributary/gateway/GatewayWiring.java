package io.tributary.gateway;

import io.tributary.core.broker.EmbeddedBroker;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.gateway.config.TributaryProperties;
import io.tributary.gateway.health.PortsHealthIndicator;
import io.tributary.gateway.metrics.BrokerMetrics;
import io.tributary.gateway.metrics.ConnectionMetrics;
import io.tributary.gateway.metrics.ScheduleMetrics;
import io.tributary.gateway.metrics.TierMetrics;
import io.tributary.gateway.net.ConnectionLimit;
import io.tributary.gateway.net.HttpServerLimits;
import io.tributary.gateway.net.Listeners;
import io.tributary.protocol.http.HttpConfig;
import io.tributary.protocol.http.HttpProtocol;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Ports, the HTTP API, health and metrics. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TributaryProperties.class)
@Import(HttpProtocol.class)
class GatewayWiring {
    @Bean
    Listeners listeners(TributaryProperties properties, ProtocolContext context) {
        return new Listeners(BrokerWiring.protocols(properties), context, properties.bindAddress(), properties.net(),
            properties.tls());
    }

    @Bean
    HttpConfig httpConfig(TributaryProperties properties) {
        TributaryProperties.Http http = properties.http();
        return new HttpConfig((int) http.maxBodySize().toBytes(), (int) http.maxResponseSize().toBytes(), http.maxWait());
    }

    @Bean
    HttpServerLimits httpServerLimits(TributaryProperties properties) {
        TributaryProperties.Net net = properties.net();
        return new HttpServerLimits(new ConnectionLimit(net.maxConnections(), net.maxConnectionsPerAddress()), net.trustedProxies());
    }

    @Bean
    ConnectionMetrics connectionMetrics(Listeners listeners, HttpServerLimits http) {
        Map<String, ConnectionLimit> limits = new LinkedHashMap<>(listeners.limits());
        limits.put("http", http.limit());
        return new ConnectionMetrics(limits);
    }

    @Bean
    TierMetrics tierMetrics(EmbeddedBroker broker) {
        return new TierMetrics(broker::tierStatus);
    }

    @Bean
    BrokerMetrics brokerMetrics(ProtocolContext context, TributaryProperties properties) {
        return new BrokerMetrics(context.broker(), properties.metrics().maxNames());
    }

    @Bean
    ScheduleMetrics scheduleMetrics(ProtocolContext context) {
        return new ScheduleMetrics(context.broker().schedule());
    }

    /** The bean's name, without its suffix, is the indicator's in the readiness group. */
    @Bean
    PortsHealthIndicator portsHealthIndicator(Listeners listeners) {
        return new PortsHealthIndicator(listeners);
    }

    @Bean
    StartReport startReport(TributaryProperties properties, Listeners listeners) {
        return new StartReport(properties, listeners, System.out);
    }
}
