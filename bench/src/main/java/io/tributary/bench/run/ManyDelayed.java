package io.tributary.bench.run;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Topic;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.broker.EmbeddedBroker;
import io.tributary.core.model.Headers;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What a large number of delayed records costs: the time to schedule them, heap, memory and disk while they wait, what a restart and a kill
 * take, and how fast they come when they are due, by a clock of its own. Prints a Markdown table.
 */
public final class ManyDelayed {
    private static final TopicName TOPIC = TopicName.of("due");
    private static final int PARTITIONS = 4;
    private static final int VALUE_BYTES = 100;
    /** Scheduled one after the other without waiting. */
    private static final int UNDER_WAY = 10_000;
    /** Due times are spread over this. */
    private static final long SPREAD_MS = 24L * 60 * 60 * 1000;
    private static final int CANCELS = 1_000;
    private static final long LOOK_NANOS = 1_000_000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MB = 1e6;

    private final Path directory;
    private final int count;
    private final PrintStream out;
    private final AtomicLong offsetMs = new AtomicLong();
    private final List<String> cancelled = new ArrayList<>();

    private ManyDelayed(Path directory, int count, PrintStream out) {
        this.directory = directory;
        this.count = count;
        this.out = out;
    }

    /** Argument: how many records; 10,000,000 when absent. */
    public static void main(String[] args) throws IOException {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 10_000_000;
        Path target = Files.createDirectories(Path.of("target"));
        Path data = Files.createTempDirectory(target, "delay");
        try {
            new ManyDelayed(data, count, System.out).run();
        } finally {
            ManyPartitions.delete(data);
        }
    }

    /** A step to be measured; gives the number of records that it dealt with, or 0. */
    private interface Step {
        long run() throws IOException;
    }

    private void run() throws IOException {
        out.printf(Locale.ROOT, "%,d records of %d bytes, due at random within a day, fsync, a heap of at most %,.0f MB%n%n", count,
            VALUE_BYTES, Runtime.getRuntime().maxMemory() / BYTES_PER_MB);
        out.println("| step | s | records/s | heap in use, MB | resident, MB | log, MB | index, MB |");
        out.println("|---|---|---|---|---|---|---|");
        EmbeddedBroker[] broker = {open()};
        broker[0].topics().create(TOPIC, TopicConfig.ofPartitions(PARTITIONS)).toCompletableFuture().join();
        measure("schedule them, durable", () -> schedule(broker[0]));
        measure("until the index has them", () -> awaitWaiting(broker[0], count));
        measure("cancel some by their identifiers, one after the other", () -> cancel(broker[0]));
        measure("stop in good order", () -> stop(broker[0]));
        measure("start again", () -> {
            broker[0] = open();
            return 0;
        });
        measure("until it knows what waits", () -> awaitWaiting(broker[0], count - CANCELS));
        measure("end as by kill -9, start again", () -> {
            broker[0].halt();
            broker[0] = open();
            return 0;
        });
        measure("until it knows what waits", () -> awaitWaiting(broker[0], count - CANCELS));
        measure("half of them become due at once", () -> fire(broker[0], SPREAD_MS / 2));
        measure("stop, lose the index, start again", () -> {
            stop(broker[0]);
            ManyPartitions.delete(directory.resolve("schedule"));
            broker[0] = open();
            return 0;
        });
        measure("until the index is made anew", () -> broker[0].schedule().cancel("A".repeat(32)).toCompletableFuture().join() ? 1 : 0);
        measure("the other half becomes due", () -> fire(broker[0], SPREAD_MS));
        long stored = stored(broker[0]);
        broker[0].close();
        if (stored != count - CANCELS) {
            throw new BenchFailure(stored + " records came, not " + (count - CANCELS));
        }
    }

    private EmbeddedBroker open() {
        InstantSource clock = () -> Instant.ofEpochMilli(System.currentTimeMillis() + offsetMs.get());
        return EmbeddedBroker.open(BrokerConfig.of(directory).withClock(clock));
    }

    private static long stop(EmbeddedBroker broker) {
        broker.close();
        return 0;
    }

    private long schedule(EmbeddedBroker broker) {
        Random random = new Random(1);
        byte[] value = new byte[VALUE_BYTES];
        // Nothing is due before everything is scheduled.
        long from = System.currentTimeMillis() + SPREAD_MS;
        List<CompletableFuture<PublishResult>> underWay = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long due = from + random.nextLong(SPREAD_MS);
            underWay.add(broker.publisher().publish(PublishRequest.of(TOPIC, null, value, Headers.EMPTY).withOrderingHint(i)
                .withNotBefore(due)).toCompletableFuture());
            if (underWay.size() == UNDER_WAY || i == count - 1) {
                for (CompletableFuture<PublishResult> publish : underWay) {
                    String id = publish.join().scheduleId();
                    if (id != null && cancelled.size() < CANCELS) {
                        cancelled.add(id);
                    }
                }
                underWay.clear();
            }
        }
        return count;
    }

    private long cancel(EmbeddedBroker broker) {
        for (String id : cancelled) {
            if (!broker.schedule().cancel(id).toCompletableFuture().join()) {
                throw new BenchFailure("a record that waits could not be cancelled");
            }
        }
        return cancelled.size();
    }

    private static long awaitWaiting(EmbeddedBroker broker, long waiting) {
        while (broker.schedule().count() != waiting) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return 0;
    }

    /** Sets the clock ahead, and waits until everything that is then due has come. */
    private long fire(EmbeddedBroker broker, long spreadMs) {
        long before = broker.schedule().count();
        offsetMs.set(SPREAD_MS + spreadMs);
        // What is late counts down to what the clock itself makes due.
        do {
            LockSupport.parkNanos(LOOK_NANOS);
        } while (broker.schedule().count() == before || broker.schedule().stats().lateMs() > 100);
        return before - broker.schedule().count();
    }

    private static long stored(EmbeddedBroker broker) {
        Topic topic = broker.topics().find(TOPIC);
        return topic == null ? 0 : topic.partitions().stream().mapToLong(partition -> partition.highWatermark()).sum();
    }

    private void measure(String name, Step step) throws IOException {
        long start = System.nanoTime();
        long records = step.run();
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        long heap = Footprint.heapBytes();
        out.printf(Locale.ROOT, "| %s | %.1f | %s | %,.0f | %,.0f | %,.0f | %,.0f |%n", name, seconds,
            records == 0 ? "" : String.format(Locale.ROOT, "%,.0f", records / seconds), heap / BYTES_PER_MB,
            Footprint.residentBytes() / BYTES_PER_MB,
            Footprint.fileBytes(directory.resolve("segments")) / BYTES_PER_MB,
            Footprint.fileBytes(directory.resolve("schedule")) / BYTES_PER_MB);
    }
}
