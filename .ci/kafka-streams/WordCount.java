import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Kafka Streams counts words in two instances. Every count must come, and with exactly_once_v2 none twice. On the way one instance ends;
 * or, with a fourth argument, the broker may: lines are written at a steady pace then, and "counting" is printed when a third is counted.
 * Arguments: bootstrap servers, group protocol (classic or streams), processing guarantee, how many lines at a steady pace.
 */
public final class WordCount {
    private static final int PARTITIONS = 3;
    private static final int LINES = 600;
    private static final long PACE_MILLIS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String servers;
    private final String protocol;
    private final String guarantee;
    private final String name;
    private final Map<String, Object> client;
    private final int lines;
    private final boolean steady;

    private WordCount(String servers, String protocol, String guarantee, int steadyLines) {
        this.servers = servers;
        this.protocol = protocol;
        this.guarantee = guarantee;
        this.steady = steadyLines > 0;
        this.lines = steady ? steadyLines : LINES;
        this.name = "words-" + protocol + "-" + guarantee.replace('_', '-');
        this.client = Map.of("bootstrap.servers", servers);
    }

    public static void main(String[] args) throws Exception {
        new WordCount(args[0], args[1], args[2], args.length > 3 ? Integer.parseInt(args[3]) : 0).run();
    }

    private Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(name + "-in", Consumed.with(Serdes.String(), Serdes.String()))
            .flatMapValues(line -> List.of(line.toLowerCase(Locale.ROOT).split(" ")))
            .groupBy((key, word) -> word, Grouped.with(Serdes.String(), Serdes.String()))
            .count().toStream().mapValues(count -> Long.toString(count))
            .to(name + "-out", Produced.with(Serdes.String(), Serdes.String()));
        return builder.build();
    }

    private KafkaStreams instance(Path directory) {
        Properties settings = new Properties();
        settings.putAll(client);
        settings.putAll(Map.of("application.id", name, "group.protocol", protocol, "processing.guarantee", guarantee,
            "state.dir", directory.toString(), "commit.interval.ms", "100", "statestore.cache.max.bytes", "0",
            "auto.offset.reset", "earliest"));
        if (protocol.equals("classic")) {
            // An instance that closes does not leave its group; the others take over when its session is over.
            settings.putAll(Map.of("session.timeout.ms", "6000", "heartbeat.interval.ms", "2000"));
        }
        KafkaStreams streams = new KafkaStreams(topology(), settings);
        streams.start();
        return streams;
    }

    private void run() throws Exception {
        Path directory = Files.createTempDirectory("word-count");
        try (Admin admin = Admin.create(client)) {
            admin.createTopics(List.of(new NewTopic(name + "-in", PARTITIONS, (short) 1), new NewTopic(name + "-out", 1, (short) 1)))
                .all().get(1, TimeUnit.MINUTES);
        }
        KafkaStreams first = instance(directory.resolve("first"));
        KafkaStreams second = instance(directory.resolve("second"));
        try {
            awaitRunning(first, second);
            if (steady) {
                CompletableFuture<Void> production = CompletableFuture.runAsync(() -> produce(0, lines));
                check();
                production.get(1, TimeUnit.MINUTES);
            } else {
                produce(0, lines / 2);
                second.close(Duration.ofSeconds(30));
                produce(lines / 2, lines);
                check();
            }
        } finally {
            first.close(Duration.ofSeconds(30));
            second.close(Duration.ofSeconds(30));
        }
        System.out.println(name + ": all counts came");
    }

    private static void awaitRunning(KafkaStreams... all) throws InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        for (KafkaStreams streams : all) {
            while (streams.state() != KafkaStreams.State.RUNNING) {
                if (System.nanoTime() > giveUp) {
                    throw new IllegalStateException("still " + streams.state());
                }
                Thread.sleep(50);
            }
        }
    }

    private void produce(int from, int to) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < to; i++) {
                String line = "a log a topic " + (i % 2 == 0 ? "even" : "odd");
                sent.add(producer.send(new ProducerRecord<>(name + "-in", i % PARTITIONS, null, line)));
                if (steady) {
                    Thread.sleep(PACE_MILLIS);
                }
            }
            for (Future<RecordMetadata> each : sent) {
                each.get(2, TimeUnit.MINUTES);
            }
        } catch (Exception e) {
            throw new IllegalStateException("cannot write the lines", e);
        }
    }

    /** The output has each count of each word, in order; exactly once if that is what was promised. */
    private void check() {
        Map<String, Long> expected = new TreeMap<>(Map.of("a", 2L * lines, "log", (long) lines, "topic", (long) lines,
            "even", lines / 2L, "odd", lines / 2L));
        Map<String, Long> seen = new TreeMap<>();
        Map<String, Object> settings = new HashMap<>(client);
        settings.putAll(Map.of("group.id", name + "-check", "auto.offset.reset", "earliest", "isolation.level", "read_committed"));
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(name + "-out"));
            long giveUp = System.nanoTime() + PATIENCE.toNanos();
            boolean told = !steady;
            while (!seen.equals(expected)) {
                if (!told && seen.getOrDefault("log", 0L) > lines / 3) {
                    told = true;
                    System.out.println("counting");
                }
                if (System.nanoTime() > giveUp) {
                    throw new IllegalStateException("counted " + seen + ", not " + expected);
                }
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    long count = Long.parseLong(record.value());
                    long before = seen.getOrDefault(record.key(), 0L);
                    boolean next = count == before + 1;
                    if (!next && (guarantee.startsWith("exactly") || count > before + 1)) {
                        throw new IllegalStateException(record.key() + " is " + count + " after " + before);
                    }
                    seen.put(record.key(), count);
                });
            }
        }
    }
}
