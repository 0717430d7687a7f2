package io.tributary.bench.load;

import com.rabbitmq.perf.PerfTest;
import com.rabbitmq.perf.PerfTest.PerfTestOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RabbitMQ's own PerfTest against one server, in this process: one producer and one consumer at once, as fast as they can, then at a fixed
 * rate. A run with another queue goes before.
 *
 * <p>Arguments: {@code port} and {@code pid} of the server, {@code flags} (PerfTest's own, for the kind of messages), {@code records},
 * {@code warm-up} (records), {@code size} (bytes of a body), {@code rate} (records a second) and {@code seconds} of the last phase.
 */
public final class AmqpLoad {
    private static final Pattern RATE = Pattern.compile("receiving rate avg: (\\d+) msg/s");
    private static final Pattern LATENCY =
        Pattern.compile("id: \\S+ consumer latency min/median/75th/95th/99th (\\d+)/(\\d+)/\\d+/\\d+/(\\d+) µs\\s*$", Pattern.MULTILINE);
    private static final double MICROS_PER_MS = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Arguments arguments;
    private final long pid;
    private final int size;
    /** A queue of an earlier run may be there with other properties. */
    private final String suffix = "-" + Long.toHexString(System.nanoTime());
    private final Figures figures = new Figures();

    private AmqpLoad(Arguments arguments) {
        this.arguments = arguments;
        pid = arguments.number("pid");
        size = arguments.number("size");
    }

    /** Prints the figures; ends with an exception when anything was lost or failed. */
    public static void main(String[] args) {
        int status = 1;
        try {
            new AmqpLoad(new Arguments(args)).run();
            status = 0;
        } catch (RuntimeException e) {
            System.err.println(e);
        } finally {
            // PerfTest leaves threads behind, and more of them when it fails.
            System.exit(status);
        }
    }

    private void run() {
        perfTest("warm-up", counted(arguments.number("warm-up")));
        ServerUsage.atRest(pid);
        measureThroughput(arguments.number("records"));
        measureLatency(arguments.number("rate"), arguments.number("seconds"));
        figures.print();
    }

    private void measureThroughput(int records) {
        ServerUsage before = ServerUsage.of(pid);
        double clientBefore = ClientCpu.seconds();
        String output = perfTest("bench", counted(records));
        double client = ClientCpu.seconds() - clientBefore;
        long nanos = (long) (records / (double) number(RATE, 1, output) * NANOS_PER_SECOND);
        figures.putPhase("through", records, size, nanos, ServerUsage.atRest(pid).since(before), client);
    }

    private void measureLatency(int rate, int seconds) {
        String output = perfTest("latency", List.of("-r", Integer.toString(rate), "-z", Integer.toString(seconds)));
        figures.put("latency.p50-ms", number(LATENCY, 2, output) / MICROS_PER_MS);
        figures.put("latency.p99-ms", number(LATENCY, 3, output) / MICROS_PER_MS);
    }

    private static List<String> counted(int records) {
        return List.of("-C", Integer.toString(records), "-D", Integer.toString(records));
    }

    /** Runs to the end and returns what was printed. */
    private String perfTest(String queue, List<String> extent) {
        List<String> args = new ArrayList<>(List.of("-h", "amqp://127.0.0.1:" + arguments.number("port"), "-x", "1", "-y", "1", "-u",
            queue + suffix, "-s", Integer.toString(size)));
        args.addAll(List.of(arguments.text("flags").split(" ")));
        args.addAll(extent);
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        int[] status = new int[1];
        try (PrintStream out = new PrintStream(captured, true, StandardCharsets.UTF_8)) {
            PerfTest.main(args.toArray(String[]::new),
                new PerfTestOptions().setConsoleOut(out).setConsoleErr(out).setSystemExiter(code -> status[0] = code));
        }
        String output = captured.toString(StandardCharsets.UTF_8);
        if (status[0] != 0) {
            throw new IllegalStateException("PerfTest ended with " + status[0] + ":\n" + output);
        }
        return output;
    }

    private static long number(Pattern pattern, int group, String output) {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IllegalStateException("PerfTest did not print " + pattern + ":\n" + output);
        }
        return Long.parseLong(matcher.group(group));
    }
}
