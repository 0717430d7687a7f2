package io.tributary.bench.run;

import io.tributary.bench.load.KafkaLoad;
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
        if (name.equals("kafka")) {
            return kafka(options);
        }
        throw new IllegalArgumentException("no comparison '" + name + "'; there is kafka");
    }

    private static Comparison kafka(Options options) {
        List<Setting> settings = new ArrayList<>();
        for (int batch : new int[] {16 * KIB, 64 * KIB}) {
            for (int partitions : new int[] {1, 12}) {
                settings.add(new Setting("batch " + batch / KIB + " KiB x " + partitions + (partitions == 1 ? " partition" : " partitions"),
                    List.of("batch=" + batch, "partitions=" + partitions, "size=" + KIB, "records=" + options.records(),
                        "warm-up=" + options.warmUp(), "rate=" + options.rate(), "seconds=" + options.seconds())));
            }
        }
        if (options.quick()) {
            settings = List.of(settings.get(0), settings.get(settings.size() - 1));
        }
        List<Contestant> contestants = List.of(new Contestant("Kafka", "kafka", 0, Map.of()), tributary("os", 0), tributary("fsync", 0));
        return new Comparison("Kafka", options.selectContestants(contestants), KafkaLoad.class, options.select(settings));
    }

    private static Contestant tributary(String durability, int portOffset) {
        return new Contestant("Tributary " + durability, "tributary", portOffset, Map.of("TRIBUTARY_DURABILITY", durability));
    }
}
