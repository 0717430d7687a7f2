package io.tributary.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures the contestants of a comparison in turn, round after round, and prints the tables. Arguments: the {@code bench} directory, the
 * comparison's name, and {@link Options}. The raw figures are left in {@code bench/target}.
 */
public final class SideBySide {
    private static final double BYTES_PER_MB = 1e6;

    private final Path bench;
    private final Comparison comparison;
    private final Options options;
    private final Results results = new Results();

    private SideBySide(Path bench, Comparison comparison, Options options) {
        this.bench = bench;
        this.comparison = comparison;
        this.options = options;
    }

    /** Ends with status 1 and one line when the run cannot be made. */
    public static void main(String[] args) throws Exception {
        try {
            Options options = Options.parse(List.of(args).subList(2, args.length));
            new SideBySide(Path.of(args[0]), Comparisons.named(args[1], options), options).run();
        } catch (BenchFailure | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private void run() throws IOException, InterruptedException {
        Path target = Files.createDirectories(bench.resolve("target"));
        Path work = Files.createTempDirectory(target, comparison.name());
        List<String> report = new ArrayList<>(heading());
        report.addAll(DiskLimit.measure(work));
        List<RunningServer> servers = new ArrayList<>();
        Thread stopAll = new Thread(() -> servers.forEach(RunningServer::close), "stop-servers");
        Runtime.getRuntime().addShutdownHook(stopAll);
        startAll(servers, work);
        runRounds(servers);
        report.addAll(Report.tables(comparison, results));
        report.forEach(System.out::println);
        Files.write(target.resolve(comparison.name() + ".csv"), results.asCsv());
        Runtime.getRuntime().removeShutdownHook(stopAll);
        servers.forEach(RunningServer::close);
        deleteTree(work);
    }

    private void startAll(List<RunningServer> servers, Path work) throws InterruptedException {
        for (Contestant contestant : comparison.contestants()) {
            System.err.println("starting " + contestant.name());
            RunningServer server = RunningServer.start(contestant, bench.resolve("peers"), work);
            servers.add(server);
            server.freeze();
        }
    }

    private void runRounds(List<RunningServer> servers) throws InterruptedException {
        List<RunningServer> order = new ArrayList<>(servers);
        for (int round = 1; round <= options.rounds(); round++) {
            for (Setting setting : comparison.settings()) {
                if (round > setting.rounds()) {
                    continue;
                }
                for (RunningServer server : order) {
                    System.err.println("round " + round + ", " + setting.name() + ", " + server.contestant().name());
                    measure(setting, server);
                }
            }
            // Nobody is always the first after a pause, or the one whose dirty pages the next must wait for.
            Collections.rotate(order, 1);
        }
    }

    private void measure(Setting setting, RunningServer server) throws InterruptedException {
        server.thaw();
        try {
            Map<String, Double> figures = new LinkedHashMap<>(LoadProcess.run(setting, server));
            figures.put("server-peak-resident-MB", server.peakResidentBytes() / BYTES_PER_MB);
            results.add(setting, server.contestant(), figures);
        } finally {
            server.freeze();
        }
    }

    private List<String> heading() {
        Runtime runtime = Runtime.getRuntime();
        return List.of("## Tributary and " + comparison.name() + ", side by side", "",
            String.join(", ", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), runtime.availableProcessors() + " processors",
                System.getProperty("os.name") + " " + System.getProperty("os.version"), "Java " + Runtime.version()),
            options.rounds() + " rounds of " + options.records() + " records; medians [min–max]; a ratio is Tributary to "
                + comparison.peer().name() + ", round by round.");
    }

    private static void deleteTree(Path tree) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(tree)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
