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
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A durable subscription against a map of what it owes, through random publishing, delivery, settlement, detaching, idling, restarts and
 * crashes: everything is delivered until it is settled, in order, with true counts; what was settled comes back only after a crash that
 * came before its flush.
 */
class SubscriptionModelPropertyTest {
    private static final Duration FLUSH = Duration.ofMillis(50);
    private static final SubscriptionLimits SMALL = new SubscriptionLimits(4, 24, 1 << 20, FLUSH, Duration.ofSeconds(5));
    private static final Binding FILTERED = subject("t", "x");
    private static final int STEPS = 60;
    private static final List<Settlement> SETTLEMENTS = List.of(Settlement.values());

    /** A record, by its place. */
    private record Place(int partition, long offset) {
    }

    /** One run. */
    private static final class Run {
        private final SubscriptionFixture fixture;
        private final Random random;
        private final FakeTopics.FakeTopic topic;
        /** Published, matching and not settled; with the times delivered, or null when a crash made that unknown. */
        private final Map<Place, Integer> owed = new HashMap<>();
        private final Set<Place> delivered = new HashSet<>();
        private final Set<Place> suspect = new HashSet<>();
        private final Set<Place> settledSinceFlush = new HashSet<>();
        private final Set<Place> mayComeBack = new HashSet<>();
        private final List<Delivery> outstanding = new ArrayList<>();
        private final List<String> history = new ArrayList<>();
        private RecordingHandler handler = new RecordingHandler();
        private int seen;
        private boolean takesAll;
        private Consumer consumer;

        Run(SubscriptionFixture fixture, Random random) {
            this.fixture = fixture;
            this.random = random;
            topic = fixture.topics.topic("t", 2);
            get(fixture.subscriptions.create(name("s"), SubscriptionConfig.DURABLE, List.of(FILTERED), StartPosition.LATEST));
            consumer = attach();
        }

        private Subscription subscription() {
            return Objects.requireNonNull(fixture.subscriptions.find(name("s")));
        }

        private Consumer attach() {
            handler = new RecordingHandler();
            seen = 0;
            return get(subscription().attach(ConsumerOptions.SHARED, handler));
        }

        /** Lets all tasks run that were given before, and those that they gave. */
        private void sync() {
            for (int i = 0; i < 4; i++) {
                stats(subscription());
            }
            while (seen < handler.deliveries().size()) {
                received(handler.delivery(seen++));
            }
        }

        private void received(Delivery delivery) {
            Place place = place(delivery);
            if (!owed.containsKey(place)) {
                assertThat(mayComeBack).as("a settled record comes back: %s after %s", place, history).contains(place);
                owed.put(place, null);
            }
            if (delivered.contains(place)) {
                assertThat(delivery.redelivered()).as("redelivered %s after %s", place, history).isTrue();
            } else if (!suspect.contains(place)) {
                assertThat(delivery.redelivered()).as("redelivered %s after %s", place, history).isFalse();
            }
            Integer count = owed.get(place);
            if (count != null) {
                assertThat(delivery.deliveryCount()).as("count of %s after %s", place, history).isEqualTo(count + 1);
            }
            owed.put(place, delivery.deliveryCount());
            delivered.add(place);
            outstanding.add(delivery);
        }

        private static Place place(Delivery delivery) {
            return new Place(delivery.partition(), delivery.record().offset());
        }

        void step() {
            int choice = random.nextInt(100);
            history.add("" + choice);
            if (choice < 33) {
                publish();
            } else if (choice < 35) {
                toggle();
            } else if (choice < 50) {
                consumer.request(1 + random.nextInt(6));
            } else if (choice < 58) {
                get(consumer.pull(1 + random.nextInt(6), Duration.ZERO)).forEach(this::received);
            } else if (choice < 80) {
                settle();
            } else if (choice < 86) {
                flush();
            } else if (choice < 91) {
                detach(random.nextBoolean());
            } else if (choice < 95) {
                sync();
                fixture.restart();
                settledSinceFlush.clear();
                outstanding.clear();
                consumer = attach();
            } else {
                crash();
            }
            sync();
            checkStats();
        }

        private void publish() {
            int partition = random.nextInt(2);
            boolean matching = random.nextInt(4) > 0;
            boolean wanted = matching || takesAll;
            long offset = topic.partition(partition).publish(matching ? "x" : "y", "text " + random.nextInt(1_000));
            if (wanted) {
                owed.put(new Place(partition, offset), 0);
            }
        }

        /** Adds a binding that takes everything, or ends it: with it the subscription is a cursor, without it is indexed. */
        private void toggle() {
            Binding everything = SubscriptionFixture.all("t");
            if (takesAll) {
                get(subscription().unbind(everything));
                get(subscription().bind(FILTERED, StartPosition.LATEST));
            } else {
                get(subscription().bind(everything, StartPosition.LATEST));
                get(subscription().unbind(FILTERED));
            }
            takesAll = !takesAll;
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
            for (Delivery delivery : some) {
                Place place = place(delivery);
                if (settlement == Settlement.ACK || settlement == Settlement.REJECT) {
                    owed.remove(place);
                    settledSinceFlush.add(place);
                } else if (settlement == Settlement.RELEASE) {
                    owed.put(place, delivery.deliveryCount() - 1);
                    if (!delivery.redelivered()) {
                        delivered.remove(place);
                    }
                }
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

        private void crash() {
            sync();
            fixture.crash();
            mayComeBack.addAll(settledSinceFlush);
            settledSinceFlush.clear();
            suspect.addAll(owed.keySet());
            suspect.addAll(mayComeBack);
            owed.replaceAll((place, count) -> null);
            outstanding.clear();
            consumer = attach();
        }

        private void checkStats() {
            long least = (long) owed.size() - outstanding.size();
            long most = least + mayComeBack.stream().filter(place -> !owed.containsKey(place)).count();
            assertThat(stats(subscription()).outstanding()).as("outstanding after %s", history).isEqualTo(outstanding.size());
            assertThat(stats(subscription()).ready()).as("ready after %s", history).isBetween(least, most);
        }

        void finish() {
            sync();
            get(consumer.close());
            sync();
            consumer = attach();
            outstanding.clear();
            List<Delivery> rest = pullAll(consumer);
            Set<Place> before = new HashSet<>(owed.keySet());
            Map<Integer, Long> last = new HashMap<>();
            for (Delivery delivery : rest) {
                received(delivery);
                before.remove(place(delivery));
                Long previous = last.put(delivery.partition(), delivery.record().offset());
                assertThat(previous == null || previous < delivery.record().offset()).as("order after %s", history).isTrue();
            }
            assertThat(before).as("never delivered again after %s", history).isEmpty();
        }
    }

    @Property(tries = 300)
    void deliversWhatItOwes(@ForAll long seed) {
        try (SubscriptionFixture fixture = new SubscriptionFixture(SMALL, null)) {
            Run run = new Run(fixture, new Random(seed));
            for (int i = 0; i < STEPS; i++) {
                run.step();
            }
            run.finish();
        }
    }
}
