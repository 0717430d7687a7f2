package io.tributary.bench.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.broker.EmbeddedBroker;
import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Very many subscriptions of one topic, each for one subject: what publishing costs as they become more, and what one takes in memory.
 * Each record matches one of them, whether there are a thousand or a million. Prints a Markdown table.
 */
public final class ManySubscriptions {
    private static final TopicName TOPIC = TopicName.of("bench");
    private static final int VALUE_BYTES = 1024;
    private static final int UNDER_WAY = 8_192;
    private static final int RECORDS = 500_000;
    private static final int CHECKED = 100;
    private static final double NANOS_PER_SECOND = 1e9;

    private final EmbeddedBroker broker;
    private final PrintStream out;
    private final byte[] value = new byte[VALUE_BYTES];
    private final Random random = new Random(1);
    private int made;

    private ManySubscriptions(EmbeddedBroker broker, PrintStream out) {
        this.broker = broker;
        this.out = out;
    }

    /** Arguments: how many subscriptions, 1,000,000 when absent; {@code durable} for those that survive a restart. */
    public static void main(String[] args) throws IOException {
        int most = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        boolean durable = args.length > 1 && args[1].equals("durable");
        Path data = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "subscriptions");
        try (EmbeddedBroker broker = EmbeddedBroker.open(BrokerConfig.of(data))) {
            broker.topics().create(TOPIC, TopicConfig.ofPartitions(1)).toCompletableFuture().join();
            new ManySubscriptions(broker, System.out).run(most, durable ? SubscriptionConfig.DURABLE : SubscriptionConfig.TRANSIENT);
        } finally {
            ManyPartitions.delete(data);
        }
    }

    private void run(int most, SubscriptionConfig config) {
        out.println("| subscriptions | made/s | heap of one, bytes | published and referred to, records/s | CPU s per million records |");
        out.println("|---|---|---|---|---|");
        long empty = heap();
        publish(1);
        for (int count = Math.min(1_000, most); made < most; count = Math.min(most, count * 10)) {
            long start = System.nanoTime();
            int more = count - made;
            subscribe(count, config);
            double rate = more * NANOS_PER_SECOND / (System.nanoTime() - start);
            long bytes = (heap() - empty) / count;
            publish(count);
            long cpu = cpuNanos();
            start = System.nanoTime();
            publish(count);
            double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
            out.printf(Locale.ROOT, "| %,d | %,.0f | %,d | %,.0f | %.1f |%n", count, rate, bytes, RECORDS / seconds,
                (cpuNanos() - cpu) / NANOS_PER_SECOND * 1e6 / RECORDS);
        }
        check();
    }

    private void subscribe(int count, SubscriptionConfig config) {
        List<CompletableFuture<Subscription>> underWay = new ArrayList<>();
        for (; made < count; made++) {
            underWay.add(broker.subscriptions().create(name(made), config,
                List.of(new Binding(TOPIC, new Filter.ExactSubject("device/" + made))), StartPosition.LATEST).toCompletableFuture());
            if (underWay.size() == UNDER_WAY) {
                underWay.forEach(CompletableFuture::join);
                underWay.clear();
            }
        }
        underWay.forEach(CompletableFuture::join);
    }

    private static SubscriptionName name(int number) {
        return new SubscriptionName(Namespace.DEFAULT, "device-" + number);
    }

    /** Each record to one subscription chosen at random, which notes that it waits. */
    private void publish(int subscriptions) {
        List<CompletableFuture<PublishResult>> underWay = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            byte[] subject = ("device/" + random.nextInt(subscriptions)).getBytes(UTF_8);
            underWay.add(broker.publisher().publish(PublishRequest.of(TOPIC, subject, value, Headers.EMPTY)).toCompletableFuture());
            if (underWay.size() == UNDER_WAY) {
                underWay.forEach(CompletableFuture::join);
                underWay.clear();
            }
        }
        underWay.forEach(CompletableFuture::join);
    }

    /** That what some of them have is theirs, in order, and all of it can be taken. */
    private void check() {
        for (int i = 0; i < CHECKED; i++) {
            int number = random.nextInt(made);
            Subscription subscription = broker.subscriptions().find(name(number));
            if (subscription == null) {
                throw new BenchFailure("a subscription is gone");
            }
            long waits = subscription.stats().toCompletableFuture().join().ready();
            Consumer consumer = subscription.attach(ConsumerOptions.SHARED, new Unasked()).toCompletableFuture().join();
            long last = -1;
            while (waits > 0) {
                List<Delivery> taken = consumer.pull(1_000, Duration.ofMinutes(1)).toCompletableFuture().join();
                for (Delivery delivery : taken) {
                    if (delivery.record().offset() <= last || !("device/" + number).equals(delivery.record().subject())) {
                        throw new BenchFailure("a subscription has what is not its own, or not in order");
                    }
                    last = delivery.record().offset();
                }
                consumer.settle(taken, Settlement.ACK).toCompletableFuture().join();
                waits -= taken.size();
            }
            consumer.close().toCompletableFuture().join();
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
