package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.name;
import static io.tributary.core.subscription.SubscriptionFixture.pullAll;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
import static io.tributary.core.subscription.SubscriptionFixture.subject;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Binding;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A durable subscription with priorities against a model, through random publishing, delivery, settlement, purging, changes of its
 * bindings, idling, restarts and crashes: whatever is delivered, nothing that is ready has a higher priority or, of the same priority and
 * partition, an earlier place; nothing is lost, and what was settled comes back only after a crash that came before its flush.
 */
class PriorityModelPropertyTest {
    private static final Duration FLUSH = Duration.ofMillis(50);
    private static final int HIGHEST = 5;
    private static final Binding FIRST = subject("t", "x");
    private static final Binding SECOND = subject("t", "y");
    private static final int STEPS = 80;
    private static final List<Settlement> SETTLEMENTS = List.of(Settlement.values());

    /** A record, by its place. */
    private record Place(int partition, long offset) {
    }

    /** One run. */
    private static final class Run {
        private final SubscriptionFixture fixture;
        private final Random random;
        private final FakeTopics.FakeTopic topic;
        private final int partitions;
        private final Map<Place, Integer> levels = new HashMap<>();
        private final Map<Place, String> subjects = new HashMap<>();
        /** Published, matching and not settled. */
        private final Set<Place> owed = new LinkedHashSet<>();
        private final Set<Place> everTaken = new HashSet<>();
        /** Published before the binding that takes it: it comes after what was there already. */
        private final Set<Place> late = new HashSet<>();
        private final Set<Place> settledSinceFlush = new HashSet<>();
        private final Set<Place> mayComeBack = new HashSet<>();
        private final List<Delivery> outstanding = new ArrayList<>();
        private final List<String> history = new ArrayList<>();
        private RecordingHandler handler = new RecordingHandler();
        private int seen;
        private int credit;
        private boolean takesBoth;
        /** Once is enough: a binding that is made again takes the past again. */
        private boolean tookPast;
        private Consumer consumer;

        Run(SubscriptionFixture fixture, Random random) {
            this.fixture = fixture;
            this.random = random;
            partitions = 1 + random.nextInt(2);
            topic = fixture.topics.topic("t", partitions);
            get(fixture.subscriptions.create(name("s"), SubscriptionConfig.DURABLE.withPolicy(
                DeliveryPolicy.NONE.withMaxPriority(HIGHEST)), List.of(FIRST), StartPosition.LATEST));
            consumer = attach();
        }

        private Subscription subscription() {
            return fixture.find("s");
        }

        private Consumer attach() {
            handler = new RecordingHandler();
            seen = 0;
            credit = 0;
            return get(subscription().attach(ConsumerOptions.SHARED, handler));
        }

        /** Lets all tasks run that were given before, and those that they gave. */
        private void sync() {
            for (int i = 0; i < 5; i++) {
                stats(subscription());
            }
            while (seen < handler.deliveries().size()) {
                credit--;
                received(handler.delivery(seen++));
            }
        }

        private static Place place(Delivery delivery) {
            return new Place(delivery.partition(), delivery.record().offset());
        }

        private void received(Delivery delivery) {
            Place place = place(delivery);
            int level = levels.getOrDefault(place, -1);
            if (!owed.contains(place)) {
                assertThat(mayComeBack).as("a settled record comes back: %s after %s", place, history).contains(place);
                owed.add(place);
            }
            Set<Place> held = new HashSet<>();
            outstanding.forEach(other -> held.add(place(other)));
            for (Place other : owed) {
                int otherLevel = levels.getOrDefault(other, -1);
                boolean before = otherLevel > level
                    || otherLevel == level && other.partition == place.partition && other.offset < place.offset && !late.contains(other);
                assertThat(before && !held.contains(other))
                    .as("%s of level %s comes before %s of level %s after %s", place, level, other, otherLevel, history).isFalse();
            }
            outstanding.add(delivery);
        }

        void step() {
            int choice = random.nextInt(100);
            history.add("" + choice);
            if (choice < 33) {
                int count = random.nextInt(5) == 0 ? random.nextInt(20) : 1;
                for (int i = 0; i < count; i++) {
                    publish();
                    if (credit > 0) {
                        // It is delivered at once, whatever comes next.
                        sync();
                    }
                }
            } else if (choice < 35) {
                toggle();
            } else if (choice < 48) {
                int count = 1 + random.nextInt(6);
                credit += count;
                consumer.request(count);
            } else if (choice < 58) {
                sync();
                get(consumer.pull(1 + random.nextInt(6), Duration.ZERO)).forEach(this::received);
            } else if (choice < 80) {
                settle();
            } else if (choice < 86) {
                flush();
            } else if (choice < 91) {
                detach(random.nextBoolean());
            } else if (choice < 92) {
                purge();
            } else if (choice < 96) {
                restart();
            } else {
                crash();
            }
            sync();
            checkStats();
        }

        private void publish() {
            int partition = random.nextInt(partitions);
            String subject = random.nextInt(4) > 0 ? "x" : "y";
            int priority = random.nextInt(3) > 0 ? 0 : random.nextInt(HIGHEST + 3);
            Headers headers = priority == 0 && random.nextBoolean() ? Headers.EMPTY
                : Headers.of(Header.of(HeaderNames.PRIORITY, String.valueOf(priority)));
            FakePartition log = topic.partition(partition);
            Place place = new Place(partition, log.highWatermark());
            levels.put(place, Math.min(priority, HIGHEST));
            subjects.put(place, subject);
            if (subject.equals("x") || takesBoth) {
                owed.add(place);
                everTaken.add(place);
            }
            log.publish(Subject.toKey(subject), "text".getBytes(StandardCharsets.UTF_8), headers, place.offset);
        }

        /** Adds a binding, with what was published before or without, or ends it. */
        private void toggle() {
            sync();
            if (takesBoth) {
                get(subscription().unbind(SECOND));
            } else if (tookPast || random.nextBoolean()) {
                get(subscription().bind(SECOND, StartPosition.LATEST));
            } else {
                tookPast = true;
                get(subscription().bind(SECOND, StartPosition.EARLIEST));
                subjects.forEach((place, subject) -> {
                    if (subject.equals("y") && everTaken.add(place)) {
                        owed.add(place);
                        late.add(place);
                    }
                });
            }
            takesBoth = !takesBoth;
        }

        private void settle() {
            sync();
            if (outstanding.isEmpty()) {
                return;
            }
            Settlement settlement = SETTLEMENTS.get(random.nextInt(SETTLEMENTS.size()));
            List<Delivery> some = new ArrayList<>(outstanding.subList(0, 1 + random.nextInt(outstanding.size())));
            if (random.nextBoolean()) {
                some = List.of(outstanding.get(random.nextInt(outstanding.size())));
            }
            outstanding.removeAll(some);
            assertThat(get(consumer.settle(some, settlement))).isEqualTo(some.size());
            if (settlement == Settlement.ACK || settlement == Settlement.REJECT) {
                some.forEach(delivery -> {
                    owed.remove(place(delivery));
                    settledSinceFlush.add(place(delivery));
                });
            }
        }

        private void flush() {
            sync();
            fixture.advance(FLUSH.multipliedBy(2));
            sync();
            settledSinceFlush.clear();
        }

        private void detach(boolean idle) {
            sync();
            get(consumer.close());
            sync();
            outstanding.clear();
            if (idle) {
                fixture.advance(Duration.ofMinutes(1));
                stats(subscription());
                settledSinceFlush.clear();
            }
            consumer = attach();
        }

        private void purge() {
            sync();
            Set<Place> held = new HashSet<>();
            outstanding.forEach(delivery -> held.add(place(delivery)));
            get(subscription().purge());
            owed.removeIf(place -> {
                boolean dropped = !held.contains(place);
                if (dropped) {
                    settledSinceFlush.add(place);
                }
                return dropped;
            });
        }

        private void restart() {
            sync();
            fixture.restart();
            settledSinceFlush.clear();
            outstanding.clear();
            consumer = attach();
        }

        private void crash() {
            sync();
            fixture.crash();
            mayComeBack.addAll(settledSinceFlush);
            settledSinceFlush.clear();
            outstanding.clear();
            consumer = attach();
        }

        private void checkStats() {
            long least = (long) owed.size() - outstanding.size();
            long most = least + mayComeBack.stream().filter(place -> !owed.contains(place)).count();
            assertThat(stats(subscription()).outstanding()).as("outstanding after %s", history).isEqualTo(outstanding.size());
            assertThat(stats(subscription()).ready()).as("ready after %s", history).isBetween(least, most);
        }

        void finish() {
            sync();
            get(consumer.close());
            sync();
            outstanding.clear();
            consumer = attach();
            Set<Place> before = new HashSet<>(owed);
            for (Delivery delivery : pullAll(consumer)) {
                received(delivery);
                before.remove(place(delivery));
            }
            assertThat(before).as("never delivered again after %s", history).isEmpty();
        }
    }

    private static void run(long seed, SubscriptionLimits limits) {
        try (SubscriptionFixture fixture = new SubscriptionFixture(limits, null)) {
            Run run = new Run(fixture, new Random(seed));
            for (int i = 0; i < STEPS; i++) {
                run.step();
            }
            run.finish();
        }
    }

    @Property(tries = 200)
    void deliversByPriorityWithASmallWindow(@ForAll long seed) {
        run(seed, new SubscriptionLimits(4, 1 << 20, 1 << 20, FLUSH, Duration.ofSeconds(5)));
    }

    @Property(tries = 100)
    void deliversByPriorityWithAWindowOfFewBytes(@ForAll long seed) {
        run(seed, new SubscriptionLimits(20, 60, 1 << 20, FLUSH, Duration.ofSeconds(5)));
    }

    @Property(tries = 50)
    void deliversByPriorityWithAWindowForAll(@ForAll long seed) {
        run(seed, SubscriptionLimits.DEFAULT);
    }

    @Property(tries = 50)
    void deliversByPriorityWithAWindowOfOne(@ForAll long seed) {
        run(seed, new SubscriptionLimits(1, 1, 1 << 20, FLUSH, Duration.ofSeconds(5)));
    }
}
