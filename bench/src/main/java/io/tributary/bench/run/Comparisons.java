package io.tributary.bench.run;

import io.tributary.bench.load.AmqpLoad;
import io.tributary.bench.load.KafkaLoad;
import io.tributary.bench.load.MqttLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The comparisons that there are. */
final class Comparisons {
    private static final int KIB = 1024;

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
        for (int batch : new int[] {16 * KIB, 64 * KIB}) {
            for (int partitions : new int[] {1, 12}) {
                settings.add(setting("batch " + batch / KIB + " KiB x " + partitions + (partitions == 1 ? " partition" : " partitions"),
                    options, "batch=" + batch, "partitions=" + partitions, "size=" + KIB));
            }
        }
        if (options.quick()) {
            settings = List.of(settings.get(0), settings.get(settings.size() - 1));
        }
        return comparison("Kafka", "kafka", 0, KafkaLoad.class, settings, options);
    }

    private static Comparison amqp(Options options) {
        String size = "size=" + KIB;
        return comparison("RabbitMQ", "rabbitmq", 1, AmqpLoad.class, List.of(
            setting("persistent, 1000 confirms, manual ack", options, "flags=-f persistent -ad false -c 1000 -q 500", size),
            setting("transient, automatic ack", options, "flags=-a", size),
            setting("transient, manual ack", options, "flags=-q 500", size)), options);
    }

    private static Comparison mqtt(Options options) {
        List<Setting> settings = new ArrayList<>();
        for (int subscribers : new int[] {1, 100}) {
            for (int qos : new int[] {0, 1}) {
                settings.add(setting("QoS " + qos + ", 1 to " + subscribers, options, "qos=" + qos, "subscribers=" + subscribers,
                    "size=64"));
            }
        }
        return comparison("Mosquitto", "mosquitto", 2, MqttLoad.class, settings, options);
    }

    private static Setting setting(String name, Options options, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("records=" + options.records(), "warm-up=" + options.warmUp(), "rate=" + options.rate(),
            "seconds=" + options.seconds()));
        return new Setting(name, all);
    }

    private static Comparison comparison(String peer, String starter, int portOffset, Class<?> load, List<Setting> settings,
                                         Options options) {
        List<Contestant> contestants = new ArrayList<>(List.of(new Contestant(peer, starter, 0, Map.of())));
        for (String durability : List.of("os", "fsync")) {
            contestants.add(new Contestant("Tributary " + durability, "tributary", portOffset, Map.of("TRIBUTARY_DURABILITY", durability)));
        }
        return new Comparison(peer, options.selectContestants(contestants), load, options.select(settings));
    }
}
