package io.tributary.bench.run;

import io.tributary.bench.load.AmqpLoad;
import io.tributary.bench.load.KafkaCommitsLoad;
import io.tributary.bench.load.KafkaLoad;
import io.tributary.bench.load.KafkaRebalanceLoad;
import io.tributary.bench.load.KafkaTopicsLoad;
import io.tributary.bench.load.KafkaTransactionsLoad;
import io.tributary.bench.load.MqttLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The comparisons that there are. */
final class Comparisons {
    private static final int KIB = 1024;
    /** Of what takes long and varies little, in a run of everything. */
    private static final int FEW_ROUNDS = 3;

    private Comparisons() {
    }

    /** Fails with an IllegalArgumentException when there is none of this name. */
    static Comparison named(String name, Options options) {
        return switch (name) {
            case "kafka" -> kafka(options);
            case "amqp" -> amqp(options);
            case "mqtt" -> mqtt(options);
            default -> throw new IllegalArgumentException("no comparison '" + name + "'; there are kafka, amqp and mqtt");
        };
    }

    private static Comparison kafka(Options options) {
        List<Setting> settings = new ArrayList<>();
        for (String acks : List.of("all", "1")) {
            for (int batch : new int[] {16 * KIB, 64 * KIB}) {
                for (int partitions : new int[] {1, 16}) {
                    settings.add(kafkaRecords(options, acks, batch, partitions));
                }
            }
        }
        if (options.quick()) {
            settings = new ArrayList<>(List.of(settings.get(0), settings.get(settings.size() - 1)));
        }
        settings.add(kafkaTopics(options));
        settings.add(new Setting("offset commits of 8 consumers", KafkaCommitsLoad.class, options.rounds(),
            List.of("consumers=8", "partitions=100", "seconds=" + shortly(options))));
        settings.add(new Setting("transactions of 4 producers", KafkaTransactionsLoad.class, options.rounds(),
            List.of("producers=4", "partitions=4", "records=10", "size=" + KIB, "seconds=" + shortly(options))));
        int members = options.quick() ? 20 : 100;
        settings.add(new Setting("rebalance of " + members + " members", KafkaRebalanceLoad.class, fewRounds(options),
            List.of("members=" + members)));
        return comparison("Kafka", "kafka", 0, settings, options);
    }

    /** What acks=1 changes is the producing; the latency is that of the client's own batch size. */
    private static Setting kafkaRecords(Options options, String acks, int batch, int partitions) {
        String phases = !acks.equals("all") ? "produce" : batch == 16 * KIB ? "produce+consume+tail+latency" : "produce+consume+tail";
        String name = "acks=" + acks + " " + batch / KIB + " KiB x " + partitions + (partitions == 1 ? " partition" : " partitions");
        return setting(name, KafkaLoad.class, options, "phases=" + phases, "acks=" + acks, "batch=" + batch, "partitions=" + partitions,
            "size=" + KIB);
    }

    private static Setting kafkaTopics(Options options) {
        int topics = options.quick() ? 20 : 1000;
        return new Setting(topics + " topics x 10 partitions", KafkaTopicsLoad.class, fewRounds(options),
            List.of("topics=" + topics, "partitions=10", "records=" + options.records() / 10, "size=" + KIB));
    }

    private static int fewRounds(Options options) {
        return options.only().isEmpty() ? Math.min(FEW_ROUNDS, options.rounds()) : options.rounds();
    }

    /** Seconds of a measurement whose rate shows soon. */
    private static int shortly(Options options) {
        return Math.max(1, options.seconds() / 2);
    }

    private static Comparison amqp(Options options) {
        String size = "size=" + KIB;
        return comparison("RabbitMQ", "rabbitmq", 1, List.of(
            setting("persistent; 1000 confirms; manual ack", AmqpLoad.class, options,
                "flags=-f persistent -ad false -c 1000 -q 500", size),
            setting("transient; automatic ack", AmqpLoad.class, options, "flags=-a", size),
            setting("transient; manual ack", AmqpLoad.class, options, "flags=-q 500", size)), options);
    }

    private static Comparison mqtt(Options options) {
        List<Setting> settings = new ArrayList<>();
        for (int subscribers : new int[] {1, 100}) {
            for (int qos : new int[] {0, 1}) {
                settings.add(setting("QoS " + qos + " 1 to " + subscribers, MqttLoad.class, options, "qos=" + qos,
                    "subscribers=" + subscribers, "size=64"));
            }
        }
        return comparison("Mosquitto", "mosquitto", 2, settings, options);
    }

    private static Setting setting(String name, Class<?> load, Options options, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("records=" + options.records(), "warm-up=" + options.warmUp(), "rate=" + options.rate(),
            "seconds=" + options.seconds()));
        return new Setting(name, load, options.rounds(), all);
    }

    private static Comparison comparison(String peer, String starter, int portOffset, List<Setting> settings, Options options) {
        List<Contestant> contestants = new ArrayList<>(List.of(new Contestant(peer, starter, 0, Map.of())));
        for (String durability : List.of("os", "fsync")) {
            contestants.add(new Contestant("Tributary " + durability, "tributary", portOffset, Map.of("TRIBUTARY_DURABILITY", durability)));
        }
        return new Comparison(peer, options.selectContestants(contestants), options.select(settings));
    }
}
