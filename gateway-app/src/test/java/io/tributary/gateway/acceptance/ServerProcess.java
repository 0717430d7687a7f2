package io.tributary.gateway.acceptance;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.awaitility.Awaitility.await;

import io.tributary.gateway.acceptance.client.Endpoints;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** The packaged server in a process of its own, which can be killed. */
final class ServerProcess implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(90);

    private static @Nullable Path unpacked;

    private final Process process;
    private final Endpoints endpoints;
    private final Path output;

    private ServerProcess(Process process, Endpoints endpoints, Path output) {
        this.process = process;
        this.endpoints = endpoints;
        this.output = output;
    }

    /** How to start a server. */
    record Launch(Path java, List<String> jvmOptions, List<String> arguments, Map<String, String> environment, Path output) {
        static Launch of(Path output, List<String> arguments) {
            return new Launch(currentJava(), List.of("-Xmx512m"), arguments, Map.of(), output);
        }

        Launch withJava(Path value) {
            return new Launch(value, jvmOptions, arguments, environment, output);
        }

        Launch withJvmOptions(String... values) {
            return new Launch(java, List.of(values), arguments, environment, output);
        }

        Launch withEnvironment(Map<String, String> values) {
            return new Launch(java, jvmOptions, arguments, values, output);
        }
    }

    static Path currentJava() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** The jar that the build has just packaged, unpacked once as {@code bin/tributary} does it, which halves the time of a start. */
    private static synchronized Path jar() throws IOException, InterruptedException {
        if (unpacked == null) {
            Path target = Path.of("target").toAbsolutePath();
            Path packaged;
            try (Stream<Path> files = Files.list(target)) {
                packaged = files.filter(each -> each.getFileName().toString().matches("gateway-app-.*-server\\.jar")).findAny()
                    .orElseThrow(() -> new IllegalStateException("no packaged server in " + target));
            }
            unpacked = unpack(packaged, target);
        }
        return unpacked;
    }

    /** Tests run in several processes, one of which unpacks for all. */
    private static Path unpack(Path packaged, Path target) throws IOException, InterruptedException {
        Path destination = target.resolve("acceptance-app");
        Path log = target.resolve("acceptance-app.log");
        Path done = target.resolve("acceptance-app.done");
        try (FileChannel channel = FileChannel.open(target.resolve("acceptance-app.lock"), CREATE, WRITE)) {
            channel.lock(); // goes with the channel
            FileTime version = Files.getLastModifiedTime(packaged);
            if (!Files.exists(done) || !Files.getLastModifiedTime(done).equals(version)) {
                Process unpacking = new ProcessBuilder(currentJava().toString(), "-Djarmode=tools", "-jar", packaged.toString(), "extract",
                    "--force", "--destination", destination.toString()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
                if (unpacking.waitFor() != 0) {
                    throw new IllegalStateException("cannot unpack " + packaged + ", see " + log);
                }
                Files.deleteIfExists(done);
                Files.setLastModifiedTime(Files.createFile(done), version);
            }
        }
        return destination.resolve(packaged.getFileName());
    }

    /** Starts the process without waiting for anything; its output is appended to the launch's file. */
    static Process spawn(Launch launch) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(launch.java().toString());
        command.addAll(launch.jvmOptions());
        command.addAll(List.of("-jar", jar().toString()));
        command.addAll(launch.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.output().toFile()));
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        builder.environment().putAll(launch.environment());
        return builder.start();
    }

    /** Starts and waits until the server is ready. */
    static ServerProcess start(Path dataDirectory, Endpoints endpoints, String... settings) throws Exception {
        List<String> arguments = new ArrayList<>(TributaryServer.settings(dataDirectory, endpoints));
        arguments.addAll(List.of(settings));
        return start(Launch.of(dataDirectory.resolveSibling(dataDirectory.getFileName() + ".log"), arguments), endpoints);
    }

    /** Starts and waits until the server is ready. */
    static ServerProcess start(Launch launch, Endpoints endpoints) throws Exception {
        ServerProcess server = new ServerProcess(spawn(launch), endpoints, launch.output());
        try {
            server.awaitReady();
        } catch (Exception e) {
            server.process.destroyForcibly();
            throw e;
        }
        return server;
    }

    private void awaitReady() throws IOException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(endpoints.uri("/actuator/health/readiness")).timeout(Duration.ofSeconds(5)).build();
        try {
            await("the server's readiness").atMost(START_PATIENCE).pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> !process.isAlive() || client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200);
        } catch (ConditionTimeoutException late) {
            throw new IllegalStateException("the server is not ready; it printed:\n" + output(), late);
        }
        if (!process.isAlive()) {
            throw new IllegalStateException("the server ended with " + process.exitValue() + "; it printed:\n" + output());
        }
    }

    Endpoints endpoints() {
        return endpoints;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    /** SIGKILL, and the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; returns the exit status. */
    int terminate(Duration patience) throws InterruptedException, TimeoutException {
        process.destroy();
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new TimeoutException("the server runs on after SIGTERM");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
