package io.tributary.bench.run;

import io.tributary.bench.load.ServerUsage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A contestant's process, which its starter started. It is frozen while another is measured. */
final class RunningServer implements AutoCloseable {
    private final Contestant contestant;
    private final Path starter;
    private final Path directory;
    private final int port;
    private final long pid;

    private RunningServer(Contestant contestant, Path starter, Path directory, int port, long pid) {
        this.contestant = contestant;
        this.starter = starter;
        this.directory = directory;
        this.port = port;
        this.pid = pid;
    }

    /** Starts the contestant with its files below {@code work}; returns when it accepts connections. */
    static RunningServer start(Contestant contestant, Path peers, Path work) throws InterruptedException {
        try {
            Path directory = Files.createDirectories(work.resolve(contestant.name().replaceAll("[^A-Za-z0-9]+", "-")));
            Path starter = peers.resolve(contestant.starter());
            int port = FreePorts.find();
            run(contestant.environment(), List.of(starter.toString(), "start", directory.toString(), Integer.toString(port)));
            long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
            return new RunningServer(contestant, starter, directory, port, pid);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Contestant contestant() {
        return contestant;
    }

    /** The port to measure. */
    int port() {
        return port + contestant.portOffset();
    }

    long pid() {
        return pid;
    }

    long peakResidentBytes() {
        return ServerUsage.peakResidentBytes(pid);
    }

    void freeze() throws InterruptedException {
        run(Map.of(), List.of("kill", "-STOP", Long.toString(pid)));
    }

    void thaw() throws InterruptedException {
        run(Map.of(), List.of("kill", "-CONT", Long.toString(pid)));
    }

    @Override
    public void close() {
        try {
            run(Map.of(), List.of(starter.toString(), "stop", directory.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(Map<String, String> environment, List<String> command) throws InterruptedException {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
            builder.environment().putAll(environment);
            int status = builder.start().waitFor();
            if (status != 0) {
                throw new BenchFailure(String.join(" ", command) + " ended with " + status);
            }
        } catch (IOException e) {
            throw new BenchFailure("cannot run " + command.get(0), e);
        }
    }
}
