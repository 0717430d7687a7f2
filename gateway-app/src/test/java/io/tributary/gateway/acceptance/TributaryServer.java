package io.tributary.gateway.acceptance;

import io.tributary.gateway.TributaryApplication;
import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.net.Listeners;
import io.tributary.gateway.net.OpenPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/** The gateway's application in this process, on free ports and a temporary data directory. */
final class TributaryServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final Path directory;
    private final ConfigurableApplicationContext context;

    private TributaryServer(Path directory, ConfigurableApplicationContext context) {
        this.directory = directory;
        this.context = context;
    }

    /** Starts with further settings of the form {@code --key=value}; returns when all ports accept. */
    static TributaryServer start(String... settings) {
        try {
            Path directory = Files.createTempDirectory("tributary-it");
            List<String> arguments = new ArrayList<>(settings(directory, new Endpoints(HOST, 0, 0, 0, 0)));
            arguments.add("--tributary.log.durability=os");
            arguments.addAll(Arrays.asList(settings));
            return new TributaryServer(directory,
                new SpringApplicationBuilder(TributaryApplication.class).run(arguments.toArray(String[]::new)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> settings(Path directory, Endpoints endpoints) {
        return List.of(
            "--tributary.data-dir=" + directory,
            "--tributary.bind-address=" + endpoints.host(),
            "--tributary.kafka.port=" + endpoints.kafka(),
            "--tributary.amqp.port=" + endpoints.amqp(),
            "--tributary.mqtt.port=" + endpoints.mqtt(),
            "--server.port=" + endpoints.http());
    }

    Endpoints endpoints() {
        int http = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        return new Endpoints(HOST, port("kafka"), port("amqp"), port("mqtt"), http);
    }

    /** A protocol's port, or of the listener {@code kafka.name}. */
    int port(String protocol) {
        return context.getBean(Listeners.class).openPorts().stream().filter(each -> each.name().equals(protocol))
            .mapToInt(OpenPort::port).findFirst().orElseThrow();
    }

    @Override
    public void close() {
        context.close();
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
