package io.tributary.bench.run;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.retained.RetainedPage;
import io.tributary.core.api.retained.RetainedValues;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.broker.EmbeddedBroker;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a large number of retained values costs: the time to retain them, heap, memory and disk, what a restart and a kill take, and how
 * long searches take by what they find. Prints a Markdown table.
 */
public final class ManyRetained {
    private static final TopicName TOPIC = TopicName.of("plant");
    private static final int VALUE_BYTES = 100;
    /** Published one after the other without waiting. */
    private static final int UNDER_WAY = 10_000;
    /** Of each site; the values are {@code plant/site/device/kind}. */
    private static final int DEVICES = 500;
    private static final List<String> KINDS = List.of("temperature", "state");
    private static final int PAGE_BYTES = 256 << 10;
    private static final int SEARCHES = 200;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MB = 1e6;

    private final Path directory;
    private final int count;
    private final PrintStream out;

    private ManyRetained(Path directory, int count, PrintStream out) {
        this.directory = directory;
        this.count = count;
        this.out = out;
    }

    /** Argument: how many values; 1,000,000 when absent. */
    public static void main(String[] args) throws IOException {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        Path target = Files.createDirectories(Path.of("target"));
        Path data = Files.createTempDirectory(target, "retained");
        try {
            new ManyRetained(data, count, System.out).run();
        } finally {
            ManyPartitions.delete(data);
        }
    }

    /** A step to be measured; gives the number of values that it dealt with. */
    private interface Step {
        long run() throws IOException;
    }

    private void run() throws IOException {
        out.printf(Locale.ROOT, "%,d values of %d bytes, fsync, a heap of at most %,.0f MB%n%n", count, VALUE_BYTES,
            Runtime.getRuntime().maxMemory() / BYTES_PER_MB);
        out.println("| step | s | values/s | heap in use, MB | resident, MB | log, MB | view, MB |");
        out.println("|---|---|---|---|---|---|---|");
        EmbeddedBroker[] broker = {open()};
        broker[0].topics().create(TOPIC, TopicConfig.ofPartitions(4)).toCompletableFuture().join();
        measure("nothing is retained", () -> 0);
        measure("retain them, durable", () -> retain(broker[0]));
        measure("retain each once more", () -> retain(broker[0]));
        measure("find all of them", () -> find(broker[0], "#"));
        measure("stop in good order, start again", () -> {
            broker[0].close();
            broker[0] = open();
            return 0;
        });
        measure("end as by kill -9, start again", () -> {
            broker[0].halt();
            broker[0] = open();
            return 0;
        });
        measure("stop, lose the view, start again", () -> {
            broker[0].close();
            ManyPartitions.delete(directory.resolve("retained"));
            broker[0] = open();
            return count;
        });
        out.println();
        out.println("| search | found | mean, ms |");
        out.println("|---|---|---|");
        search(broker[0], "plant/site1/device7/state");
        search(broker[0], "plant/site1/device7/#");
        search(broker[0], "plant/site1/+/state");
        search(broker[0], "plant/+/device7/state");
        search(broker[0], "plant/site1/nothing/#");
        search(broker[0], "+/+/nothing");
        broker[0].close();
    }

    private EmbeddedBroker open() {
        return EmbeddedBroker.open(BrokerConfig.of(directory));
    }

    private long retain(EmbeddedBroker broker) {
        byte[] value = new byte[VALUE_BYTES];
        List<CompletableFuture<PublishResult>> underWay = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int device = i / KINDS.size();
            String subject = "site" + device / DEVICES + "/device" + device % DEVICES + "/" + KINDS.get(i % KINDS.size());
            underWay.add(broker.publisher().publish(PublishRequest.of(TOPIC, Subject.toKey(subject), value, Headers.EMPTY)
                .withRetain(true)).toCompletableFuture());
            if (underWay.size() == UNDER_WAY || i == count - 1) {
                underWay.forEach(CompletableFuture::join);
                underWay.clear();
            }
        }
        return count;
    }

    private static long find(EmbeddedBroker broker, String pattern) {
        long found = 0;
        @Nullable String next = null;
        do {
            RetainedPage page = broker.retained().find(Namespace.DEFAULT, SubjectPattern.parse(pattern, '/', "+", "#"), next,
                RetainedValues.MAX_VALUES, PAGE_BYTES).toCompletableFuture().join();
            found += page.values().size();
            next = page.next();
        } while (next != null);
        return found;
    }

    private void search(EmbeddedBroker broker, String pattern) {
        long found = find(broker, pattern);
        long start = System.nanoTime();
        for (int i = 0; i < SEARCHES; i++) {
            found = find(broker, pattern);
        }
        out.printf(Locale.ROOT, "| `%s` | %,d | %.2f |%n", pattern, found, (System.nanoTime() - start) / 1e6 / SEARCHES);
    }

    private void measure(String name, Step step) throws IOException {
        long start = System.nanoTime();
        long values = step.run();
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        out.printf(Locale.ROOT, "| %s | %.1f | %s | %,.0f | %,.0f | %,.0f | %,.0f |%n", name, seconds,
            values == 0 ? "" : String.format(Locale.ROOT, "%,.0f", values / seconds), Footprint.heapBytes() / BYTES_PER_MB,
            Footprint.residentBytes() / BYTES_PER_MB, Footprint.fileBytes(directory.resolve("segments")) / BYTES_PER_MB,
            Footprint.fileBytes(directory.resolve("retained")) / BYTES_PER_MB);
    }
}
