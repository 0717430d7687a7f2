package io.tributary.gateway.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tributary.gateway.net.ConnectionLimit;
import java.util.Map;

/** Connections by protocol: open now, accepted and refused since the start. */
public final class ConnectionMetrics implements MeterBinder {
    private final Map<String, ConnectionLimit> limits;

    /** The limits by the protocol's name. */
    public ConnectionMetrics(Map<String, ConnectionLimit> limits) {
        this.limits = Map.copyOf(limits);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        limits.forEach((protocol, limit) -> {
            Gauge.builder("tributary.connections", limit, ConnectionLimit::open)
                .description("Connections open now").tag("protocol", protocol).register(registry);
            FunctionCounter.builder("tributary.connections.accepted", limit, ConnectionLimit::accepted)
                .description("Connections let in").tag("protocol", protocol).register(registry);
            FunctionCounter.builder("tributary.connections.refused", limit, ConnectionLimit::refused)
                .description("Connections closed at once because there were too many").tag("protocol", protocol).tag("reason", "total")
                .register(registry);
            FunctionCounter.builder("tributary.connections.refused", limit, ConnectionLimit::refusedByAddress)
                .description("Connections closed at once because there were too many").tag("protocol", protocol).tag("reason", "address")
                .register(registry);
        });
    }
}
