package io.tributary.core.log;

import static io.tributary.core.log.LogFixture.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import java.util.ArrayList;
import java.util.List;
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

/** The log against a list, for random histories. */
class PartitionLogModelPropertyTest {
    private enum Kind { APPEND, PUBLISH, READ, DELETE_BEFORE, RESTART, KILL }

    /** A step; what the number means depends on the kind. */
    record Step(Kind kind, int number) {
    }

    /** What the log should be: every value ever stored, and from where on it is kept. */
    private static final class Model {
        final List<String> values = new ArrayList<>();
        int start;
    }

    @Property(tries = 15, shrinking = ShrinkingMode.BOUNDED)
    void behavesAsAList(@ForAll BrokerConfig.Durability durability, @ForAll boolean cached,
            @ForAll @Size(min = 5, max = 40) List<@From("steps") Step> steps) {
        TopicConfig config = TopicConfig.ofPartitions(1).withSegmentBytes(700);
        try (LogFixture fixture = new LogFixture(
                TestBroker.start(settings -> settings.withDurability(durability).withMemory(cached ? 2000 : 0, 1 << 22)), config)) {
            Model model = new Model();
            for (Step step : steps) {
                apply(step, fixture, model);
                assertThat(fixture.partition().highWatermark()).as("%s", steps).isEqualTo(model.values.size());
                assertThat(fixture.partition().logStartOffset()).as("%s", steps).isEqualTo(model.start);
            }
            assertThat(fixture.values()).isEqualTo(model.values.subList(model.start, model.values.size()));
        }
    }

    private static void apply(Step step, LogFixture fixture, Model model) {
        Partition partition = fixture.partition();
        int size = model.values.size();
        switch (step.kind()) {
            case APPEND -> {
                String[] values = new String[1 + step.number() % 7];
                for (int i = 0; i < values.length; i++) {
                    values[i] = "a" + (size + i) + "-".repeat(step.number());
                }
                assertThat(get(partition.append(TestBatches.of(values)).durable()).baseOffset()).isEqualTo(size);
                model.values.addAll(List.of(values));
            }
            case PUBLISH -> {
                String value = "p" + size;
                assertThat(get(fixture.broker.broker().publisher().publish(
                    PublishRequest.of(LogFixture.TOPIC, null, value.getBytes(UTF_8), Headers.EMPTY))).offset()).isEqualTo(size);
                model.values.add(value);
            }
            case READ -> {
                int from = model.start + step.number() * (size - model.start) / 100;
                List<Record> records = get(partition.readRecords(from, 1 + step.number(), 500));
                for (int i = 0; i < records.size(); i++) {
                    assertThat(records.get(i).offset()).isEqualTo(from + i);
                    assertThat(new String(records.get(i).value(), UTF_8)).isEqualTo(model.values.get(from + i));
                }
                assertThat(records.isEmpty()).isEqualTo(from == size);
            }
            case DELETE_BEFORE -> {
                int start = model.start + step.number() * (size - model.start) / 100;
                assertThat(get(partition.deleteBefore(start))).isEqualTo(start);
                model.start = start;
            }
            case RESTART -> fixture.broker.restart();
            case KILL -> fixture.broker.kill();
        }
    }

    @Provide
    Arbitrary<Step> steps() {
        return Combinators.combine(Arbitraries.frequency(Tuple.of(6, Kind.APPEND), Tuple.of(4, Kind.PUBLISH),
            Tuple.of(4, Kind.READ), Tuple.of(1, Kind.DELETE_BEFORE), Tuple.of(1, Kind.RESTART),
            Tuple.of(1, Kind.KILL)), Arbitraries.integers().between(0, 100)).as(Step::new);
    }
}
