package io.tributary.core.log;

import static io.tributary.core.log.LogFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.model.TopicConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** However transactions, other records, crashes and deletions alternate: readers of what is committed get just that. */
class TransactionPropertyTest {
    private enum Kind { WRITE, COMMIT, ABORT, PLAIN, DELETE, RESTART, KILL }

    private record Step(Kind kind, int number) {
    }

    private enum Fate { OPEN, COMMITTED, ABORTED }

    /** What was written, by offset; a marker has no value. */
    private static final class Model {
        private record Written(long transaction, String value) {
        }

        private final List<Written> written = new ArrayList<>();
        private final Map<Long, Long> openFrom = new HashMap<>();
        private final Map<Long, Fate> fates = new HashMap<>();
        private final Map<Long, Long> current = new HashMap<>();
        private long start;
        private long transactions;

        void write(long producer, String value) {
            long transaction = current.computeIfAbsent(producer, p -> {
                openFrom.put(p, (long) written.size());
                return ++transactions;
            });
            fates.put(transaction, Fate.OPEN);
            written.add(new Written(transaction, value));
        }

        void plain(String value) {
            written.add(new Written(0, value));
        }

        void end(long producer, Fate fate) {
            Long transaction = current.remove(producer);
            if (transaction != null) {
                fates.put(transaction, fate);
                openFrom.remove(producer);
            }
            written.add(new Written(-1, ""));
        }

        long lastStable() {
            return Math.max(start, openFrom.values().stream().mapToLong(Long::longValue).min().orElse(written.size()));
        }

        /** What a log may find that is read again when the first records of an open transaction have been deleted. */
        long lastStableOfTheRest() {
            for (int offset = (int) start; offset < written.size(); offset++) {
                long transaction = written.get(offset).transaction;
                if (transaction > 0 && fates.get(transaction) == Fate.OPEN) {
                    return offset;
                }
            }
            return written.size();
        }

        List<String> committedBefore(long end) {
            List<String> values = new ArrayList<>();
            for (Written record : written.subList((int) start, (int) end)) {
                if (record.transaction == 0 || record.transaction > 0 && fates.get(record.transaction) == Fate.COMMITTED) {
                    values.add(record.value);
                }
            }
            return values;
        }
    }

    @Property(tries = 25, shrinking = ShrinkingMode.BOUNDED)
    void readersGetWhatIsCommitted(@ForAll BrokerConfig.Durability durability, @ForAll boolean cached,
            @ForAll @Size(min = 10, max = 60) List<@From("steps") Step> steps) {
        TestBroker broker = TestBroker.start(settings -> settings.withDurability(durability).withMemory(cached ? 2000 : 0, 1 << 22)
            .withIntervals(Duration.ofMillis(5), Duration.ofHours(1), Duration.ofDays(1)));
        try (LogFixture fixture = new LogFixture(broker, TopicConfig.ofPartitions(1).withSegmentBytes(600))) {
            Model model = new Model();
            TransactionFixture log = new TransactionFixture(fixture);
            for (Step step : steps) {
                apply(step, fixture, log, model);
                // Also while the log still reads what it needs after a start: never more than what is committed.
                assertThat(model.committedBefore(model.lastStableOfTheRest())).as("%s", steps).containsAll(log.committed());
            }
            await().untilAsserted(() -> assertThat(fixture.partition().lastStableOffset()).as("%s", steps)
                .isBetween(model.lastStable(), model.lastStableOfTheRest()));
            List<String> committed = model.committedBefore(fixture.partition().lastStableOffset());
            assertThat(log.committed()).as("%s", steps).isEqualTo(committed);
            assertThat(log.committedToClient(1)).as("%s", steps).isEqualTo(committed);
            assertThat(log.committedToClient(1 << 20)).as("%s", steps).isEqualTo(committed);
        }
    }

    private static void apply(Step step, LogFixture fixture, TransactionFixture log, Model model) {
        long producer = step.number() % 4;
        String value = "v" + model.written.size();
        switch (step.kind()) {
            case WRITE -> {
                log.writeAsCoordinator(producer, "k", value);
                model.write(producer, value);
            }
            case COMMIT -> {
                log.commit(producer);
                model.end(producer, Fate.COMMITTED);
            }
            case ABORT -> {
                log.abort(producer);
                model.end(producer, Fate.ABORTED);
            }
            case PLAIN -> {
                get(fixture.partition().append(TestBatches.of(value)).durable());
                model.plain(value);
            }
            case DELETE -> {
                long to = fixture.partition().logStartOffset() + step.number() % 5;
                model.start = get(fixture.partition().deleteBefore(to));
            }
            case RESTART -> fixture.broker.restart();
            case KILL -> fixture.broker.kill();
        }
    }

    @Provide
    Arbitrary<Step> steps() {
        return Combinators.combine(Arbitraries.frequency(Tuple.of(12, Kind.WRITE), Tuple.of(4, Kind.COMMIT), Tuple.of(4, Kind.ABORT),
            Tuple.of(3, Kind.PLAIN), Tuple.of(1, Kind.DELETE), Tuple.of(1, Kind.RESTART), Tuple.of(1, Kind.KILL)),
            Arbitraries.integers().between(0, 100)).as(Step::new);
    }
}
