package io.tributary.bench.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a load generator in a JVM of its own and reads its figures. */
final class LoadProcess {
    private static final List<String> JVM_OPTIONS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseParallelGC");

    /** A run that takes longer hangs. */
    private static final int LONGEST_MINUTES = 15;

    private LoadProcess() {
    }

    /** Fails with a BenchFailure when the load generator does. */
    static Map<String, Double> run(Setting setting, RunningServer server) throws InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), setting.load().getName()));
        command.addAll(setting.arguments());
        command.add("port=" + server.port());
        command.add("pid=" + server.pid());
        Map<String, Double> figures = new LinkedHashMap<>();
        try {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            CompletableFuture.delayedExecutor(LONGEST_MINUTES, TimeUnit.MINUTES).execute(process::destroyForcibly);
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    int equals = line.lastIndexOf('=');
                    if (equals > 0) {
                        figures.put(line.substring(0, equals), Double.valueOf(line.substring(equals + 1)));
                    }
                }
            }
            if (process.waitFor() != 0) {
                throw new BenchFailure(
                    setting.load().getSimpleName() + " failed against " + server.contestant().name() + ", " + setting.name());
            }
            return figures;
        } catch (IOException e) {
            throw new BenchFailure("cannot run " + setting.load().getSimpleName(), e);
        }
    }
}
