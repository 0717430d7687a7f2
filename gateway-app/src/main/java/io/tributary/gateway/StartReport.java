package io.tributary.gateway;

import io.tributary.gateway.config.TributaryProperties;
import io.tributary.gateway.net.Listeners;
import io.tributary.gateway.net.OpenPort;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationListener;

/** Tells, once all ports accept, which port speaks what. */
final class StartReport implements ApplicationListener<ApplicationReadyEvent> {
    private final TributaryProperties properties;
    private final Listeners listeners;
    private final PrintStream out;

    StartReport(TributaryProperties properties, Listeners listeners, PrintStream out) {
        this.properties = properties;
        this.listeners = listeners;
        this.out = out;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        List<OpenPort> ports = new ArrayList<>(listeners.openPorts());
        if (event.getApplicationContext() instanceof WebServerApplicationContext web && web.getWebServer() != null) {
            ports.add(new OpenPort("http", "HTTP", properties.bindAddress(), web.getWebServer().getPort()));
        }
        StringBuilder text = new StringBuilder();
        for (OpenPort port : ports) {
            text.append(String.format(Locale.ROOT, "%-10s on %s%n", port.title(), port.hostAndPort()));
        }
        Duration taken = event.getTimeTaken();
        text.append(String.format(Locale.ROOT, "ready%s, data in %s%n",
            taken == null ? "" : String.format(Locale.ROOT, " after %.1f s", taken.toMillis() / 1000.0),
            properties.dataDir().toAbsolutePath().normalize()));
        out.print(text);
        out.flush();
    }
}
