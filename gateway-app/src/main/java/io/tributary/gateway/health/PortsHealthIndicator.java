package io.tributary.gateway.health;

import io.tributary.gateway.net.Listeners;
import io.tributary.gateway.net.OpenPort;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up when every port accepts connections; HTTP's does if it can be asked. */
public final class PortsHealthIndicator extends AbstractHealthIndicator {
    private final Listeners listeners;

    public PortsHealthIndicator(Listeners listeners) {
        super("cannot tell the state of the ports");
        this.listeners = listeners;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        for (OpenPort port : listeners.openPorts()) {
            builder.withDetail(port.name(), port.hostAndPort());
        }
        if (listeners.accepting()) {
            builder.up();
        } else {
            builder.outOfService();
        }
    }
}
