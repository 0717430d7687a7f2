package io.tributary.gateway.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tributary.core.api.Broker;
import io.tributary.core.api.stats.LogStats;
import io.tributary.core.api.stats.SubscriptionCounts;
import io.tributary.core.api.stats.SubscriptionReport;
import io.tributary.core.api.stats.SubscriptionsOverview;
import io.tributary.core.api.stats.TopicsOverview;
import io.tributary.core.api.stats.TopicsOverview.TopicReport;
import io.tributary.core.api.stream.StreamsOverview;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Topics and subscriptions: sums over all of them, and one by one the largest, so that a million MQTT sessions are not a million time
 * series. Whoever reads the first meter has the broker asked, and waits for it; the same answer serves what is read within a second. A name
 * that comes among the largest is there from the next reading on.
 */
public final class BrokerMetrics implements MeterBinder {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerMetrics.class);
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE_SECONDS = 5;
    private static final String TOPIC = "tributary.topic.";
    private static final String SUBSCRIPTION = "tributary.subscription.";
    private static final String STREAM = "tributary.stream.";
    private static final double MILLIS_PER_SECOND = 1_000;

    private static final List<Column<LogStats>> OF_LOGS = List.of(
        Column.gauge("records", null, "Offsets from the log's start to its end", LogStats::records),
        Column.gauge("size", "bytes", "Kept", LogStats::sizeInBytes),
        Column.counter("appended.records", null, "Records appended", LogStats::appendedRecords),
        Column.counter("appended", "bytes", "Bytes of batches appended", LogStats::appendedBytes),
        Column.counter("read", "bytes", "Bytes of batches read by clients and subscriptions", LogStats::readBytes));
    private static final List<Column<SubscriptionCounts>> OF_COUNTS = List.of(
        Column.counter("published", null, "Records that came in", SubscriptionCounts::published),
        Column.counter("delivered", null, "Deliveries, repeated ones included", SubscriptionCounts::delivered),
        Column.counter("redelivered", null, "Deliveries of what was, or may have been, delivered before", SubscriptionCounts::redelivered),
        Column.counter("acknowledged", null, "Records acknowledged", SubscriptionCounts::acknowledged),
        Column.counter("dead.lettered", null, "Records copied to the dead-letter target", SubscriptionCounts::deadLettered),
        Column.counter("expired", null, "Records whose time passed, without a dead-letter target", SubscriptionCounts::expired),
        Column.counter("dropped", null, "Records that ended otherwise, without a copy", SubscriptionCounts::dropped));
    private static final List<Column<SubscriptionReport>> OF_SUBSCRIPTIONS = List.of(
        Column.gauge("ready", null, "Records waiting for a consumer", SubscriptionReport::ready),
        Column.gauge("outstanding", null, "Records delivered and not settled", SubscriptionReport::outstanding),
        Column.gauge("consumers", null, "Consumers attached", SubscriptionReport::consumers),
        Column.gauge("oldest.age", "seconds", "Since the timestamp of the oldest record not settled; 0 when there is none",
            BrokerMetrics::ageSeconds));
    private static final List<Column<StreamsOverview.Lag>> OF_STREAMS = List.of(
        Column.gauge("lag", null, "Records from the committed offsets to the ends of the partitions", StreamsOverview.Lag::lag));

    private final Broker broker;
    private final int maxNames;
    /** Of every registry; meters hold theirs weakly. */
    private final List<Readings> bound = new CopyOnWriteArrayList<>();

    /**
     * Metrics of a broker.
     *
     * @param maxNames how many topics, how many subscriptions and how many streams have meters of their own; 0 or more
     */
    public BrokerMetrics(Broker broker, int maxNames) {
        this.broker = broker;
        this.maxNames = maxNames;
    }

    /** What the broker answered. */
    private record Reading(TopicsOverview topics, SubscriptionsOverview subscriptions, StreamsOverview streams) {
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        NamedMeters<TopicReport> topics = new NamedMeters<>(registry);
        NamedMeters<SubscriptionReport> subscriptions = new NamedMeters<>(registry);
        OF_LOGS.forEach(column -> topics.add(column.of(TOPIC, TopicReport::stats)));
        OF_SUBSCRIPTIONS.forEach(column -> subscriptions.add(column.of(SUBSCRIPTION, Function.identity())));
        OF_COUNTS.forEach(column -> subscriptions.add(column.of(SUBSCRIPTION, SubscriptionReport::counts)));
        NamedMeters<StreamsOverview.Lag> streams = new NamedMeters<>(registry);
        OF_STREAMS.forEach(column -> streams.add(column.of(STREAM, Function.identity())));
        Readings readings = new Readings(topics, subscriptions, streams);
        bound.add(readings);
        gauge(registry, readings, "tributary.topics", "Topics, the broker's own included", now -> now.topics().topics());
        gauge(registry, readings, "tributary.subscriptions", "Subscriptions", now -> now.subscriptions().subscriptions());
        gauge(registry, readings, "tributary.subscriptions.ready", "Records waiting for a consumer", now -> now.subscriptions().ready());
        gauge(registry, readings, "tributary.subscriptions.outstanding", "Records delivered and not settled",
            now -> now.subscriptions().outstanding());
        gauge(registry, readings, "tributary.subscriptions.consumers", "Consumers attached", now -> now.subscriptions().consumers());
        gauge(registry, readings, "tributary.streams", "Stream subscriptions: Kafka's groups", now -> now.streams().streams());
        gauge(registry, readings, "tributary.streams.lag", "Records that streams have before them", now -> now.streams().lag());
        OF_LOGS.forEach(column -> total(registry, readings, column.of("tributary.topics.", now -> now.topics().total())));
        OF_COUNTS.forEach(column -> total(registry, readings, column.of("tributary.subscriptions.", now -> now.subscriptions().counts())));
    }

    private static void gauge(MeterRegistry registry, Readings readings, String name, String description, ToDoubleFunction<Reading> value) {
        Gauge.builder(name, readings, each -> value.applyAsDouble(each.now())).description(description).register(registry);
    }

    private static void total(MeterRegistry registry, Readings readings, Column<Reading> column) {
        if (column.counts()) {
            FunctionCounter.builder(column.name(), readings, each -> column.value().applyAsDouble(each.now()))
                .description(column.description()).baseUnit(column.unit()).register(registry);
        } else {
            Gauge.builder(column.name(), readings, each -> column.value().applyAsDouble(each.now()))
                .description(column.description()).baseUnit(column.unit()).register(registry);
        }
    }

    private static double ageSeconds(SubscriptionReport report) {
        Duration age = report.oldestAge();
        return age == null ? 0 : age.toMillis() / MILLIS_PER_SECOND;
    }

    /** The broker's last answer in one registry's meters. */
    private final class Readings {
        private final NamedMeters<TopicReport> topics;
        private final NamedMeters<SubscriptionReport> subscriptions;
        private final NamedMeters<StreamsOverview.Lag> streams;
        private Reading reading = new Reading(new TopicsOverview(0, LogStats.ZERO, List.of()),
            new SubscriptionsOverview(0, 0, 0, 0, SubscriptionCounts.ZERO, List.of()), StreamsOverview.NONE);
        private long readAt;
        private boolean read;

        Readings(NamedMeters<TopicReport> topics, NamedMeters<SubscriptionReport> subscriptions,
                 NamedMeters<StreamsOverview.Lag> streams) {
            this.topics = topics;
            this.subscriptions = subscriptions;
            this.streams = streams;
        }

        synchronized Reading now() {
            if (!read || System.nanoTime() - readAt >= FRESH_NANOS) {
                ask();
            }
            return reading;
        }

        private synchronized void ask() {
            try {
                SubscriptionsOverview overview =
                    broker.subscriptions().overview(maxNames).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                StreamsOverview lags = broker.streams().overview(maxNames).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                reading = new Reading(broker.topics().overview(maxNames), overview, lags);
                topics.show(reading.topics().largest(),
                    topic -> Tags.of("namespace", topic.name().namespace().name(), "topic", topic.name().name()));
                subscriptions.show(overview.largest(),
                    each -> Tags.of("namespace", each.name().namespace().name(), "subscription", each.name().name()));
                streams.show(lags.largest(),
                    each -> Tags.of("namespace", each.namespace().name(), "kind", each.kind(), "stream", each.name()));
            } catch (ExecutionException | TimeoutException failure) {
                LOG.warn("the broker does not tell its counts; metrics show those of before", failure);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            readAt = System.nanoTime();
            read = true;
        }
    }
}
