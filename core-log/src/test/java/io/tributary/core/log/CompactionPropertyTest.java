package io.tributary.core.log;

import static io.tributary.core.log.LogFixture.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.TestBroker;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;

/** However writes, compactions and crashes alternate: what is left gives the same map as all that was written. */
class CompactionPropertyTest {
    private enum Kind { PUT, COMPACT, RESTART, KILL }

    private record Step(Kind kind, int number) {
    }

    /** Everything that was ever written, by offset. */
    private static final class Model {
        final List<Map.Entry<String, Optional<String>>> written = new ArrayList<>();

        Map<String, String> view() {
            Map<String, String> view = new TreeMap<>();
            written.forEach(entry -> apply(view, entry.getKey(), entry.getValue()));
            return view;
        }
    }

    private static void apply(Map<String, String> view, String key, Optional<String> value) {
        if (value.isPresent()) {
            view.put(key, value.get());
        } else {
            view.remove(key);
        }
    }

    @Property(tries = 15, shrinking = ShrinkingMode.BOUNDED)
    void leavesTheSameMap(@ForAll BrokerConfig.Durability durability, @ForAll boolean cached, @ForAll boolean keepsTombstones,
            @ForAll @Size(min = 10, max = 60) List<@From("steps") Step> steps) throws NoSuchAlgorithmException {
        Compaction compaction = Compaction.ON.withMinDirtyRatio(0).withTombstoneRetentionMs(keepsTombstones ? 1_000_000 : 0);
        TopicConfig config = TopicConfig.ofPartitions(1).withSegmentBytes(600).withCompaction(compaction);
        TestBroker broker = TestBroker.start(settings -> settings.withDurability(durability).withMemory(cached ? 2000 : 0, 1 << 22)
            .withIntervals(Duration.ofMillis(5), Duration.ofHours(1), Duration.ofDays(1)));
        try (LogFixture fixture = new LogFixture(broker, config)) {
            Model model = new Model();
            for (Step step : steps) {
                apply(step, fixture, model);
                check(fixture, model, steps);
            }
        }
    }

    private static void apply(Step step, LogFixture fixture, Model model) throws NoSuchAlgorithmException {
        switch (step.kind()) {
            case PUT -> {
                List<Map.Entry<String, Optional<String>>> entries = new ArrayList<>();
                for (int i = 0; i <= step.number() % 9; i++) {
                    int number = model.written.size() + i;
                    Optional<String> value = (number * 31 + step.number()) % 5 == 0 ? Optional.empty() : Optional.of("v" + number);
                    entries.add(Map.entry("k" + (number * 7 + step.number()) % 11, value));
                }
                CompressionType codec = CompressionType.forId(step.number() % 5);
                get(fixture.partition().append(TestBatches.of(codec, 1000, entries)).durable());
                model.written.addAll(entries);
            }
            case COMPACT -> {
                PartitionLog log = (PartitionLog) fixture.partition();
                boolean ran = log.compact(new SkimpyOffsetMap(24 * (2 + step.number())));
                assertThat(log.highWatermark()).as("after a pass: %s", ran).isEqualTo(model.written.size());
            }
            case RESTART -> fixture.broker.restart();
            case KILL -> fixture.broker.kill();
        }
    }

    private static void check(LogFixture fixture, Model model, List<Step> steps) {
        assertThat(fixture.partition().highWatermark()).as("%s", steps).isEqualTo(model.written.size());
        Map<String, String> view = new TreeMap<>();
        long last = -1;
        for (Record record : fixture.readAll()) {
            assertThat(record.offset()).as("%s", steps).isGreaterThan(last);
            last = record.offset();
            byte[] key = record.key();
            assertThat(key).isNotNull();
            Map.Entry<String, Optional<String>> original = model.written.get((int) last);
            Optional<String> value = Optional.ofNullable(record.value()).map(bytes -> new String(bytes, UTF_8));
            assertThat(Map.entry(new String(key, UTF_8), value)).as("offset %s of %s", last, steps).isEqualTo(original);
            apply(view, original.getKey(), value);
        }
        assertThat(view).as("%s", steps).isEqualTo(model.view());
    }

    @Provide
    Arbitrary<Step> steps() {
        return Combinators.combine(Arbitraries.frequency(Tuple.of(12, Kind.PUT), Tuple.of(4, Kind.COMPACT), Tuple.of(1, Kind.RESTART),
            Tuple.of(1, Kind.KILL)), Arbitraries.integers().between(0, 100)).as(Step::new);
    }
}
