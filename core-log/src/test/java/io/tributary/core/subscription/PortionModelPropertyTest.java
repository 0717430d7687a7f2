package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.name;
import static io.tributary.core.subscription.SubscriptionFixture.pullAll;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
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
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Consumers that read some partitions of a subscription only, and others that read all, against a model: whoever has credit gets whatever
 * is ready of what he reads, however much of other partitions waits; nobody gets anything else; partitions keep their order and
 * deliveries their counts, through settlement, changes of what is read, new topics, detaching, restarts and crashes.
 */
class PortionModelPropertyTest {
    private static final SubscriptionLimits SMALL =
        new SubscriptionLimits(4, 200, 1 << 20, Duration.ofMillis(50), Duration.ofSeconds(5));
    private static final int STEPS = 50;
    private static final int CONSUMERS = 3;
    private static final List<Settlement> SETTLEMENTS = List.of(Settlement.values());

    /** A record, by its place. */
    private record Place(String topic, int partition, long offset) {
    }

    /** What the model knows of a record that is not settled. */
    private static final class Owed {
        private final int level;
        /** Unknown, below zero, after a crash. */
        private int deliveries;
        private boolean outstanding;

        Owed(int level) {
            this.level = level;
        }
    }

    /** A consumer, and what it has. */
    private static final class Reader {
        private final Set<PartitionId> reads = new HashSet<>();
        private final List<Delivery> outstanding = new ArrayList<>();
        private final RecordingHandler handler = new RecordingHandler();
        private boolean limited;
        private int seen;
        private long credit;
        private final Consumer consumer;

        Reader(Subscription subscription) {
            consumer = get(subscription.attach(ConsumerOptions.SHARED, handler));
        }

        boolean takes(Place place) {
            return !limited || reads.contains(new PartitionId(TopicName.of(place.topic), place.partition));
        }
    }

    /** One run. */
    private static final class Run {
        private final SubscriptionFixture fixture;
        private final Random random;
        private final boolean prioritised;
        private final boolean filtered;
        private final List<String> topics = new ArrayList<>();
        private final Map<Place, Owed> owed = new HashMap<>();
        private final Set<Place> everDelivered = new HashSet<>();
        /** The last that was delivered for the first time, by partition and level. */
        private final Map<List<Object>, Long> lastFresh = new HashMap<>();
        private final List<Reader> readers = new ArrayList<>();
        private final List<String> history = new ArrayList<>();

        Run(SubscriptionFixture fixture, Random random) {
            this.fixture = fixture;
            this.random = random;
            prioritised = random.nextInt(3) == 0;
            filtered = random.nextBoolean();
            DeliveryPolicy policy = DeliveryPolicy.NONE.withMaxPriority(prioritised ? 3 : 0);
            get(fixture.subscriptions.create(name("s"), SubscriptionConfig.DURABLE.withPolicy(policy), List.of(), StartPosition.LATEST));
            addTopic();
            addTopic();
            attachAll();
        }

        private Subscription subscription() {
            return Objects.requireNonNull(fixture.subscriptions.find(name("s")));
        }

        private void addTopic() {
            String topic = "t" + topics.size();
            topics.add(topic);
            fixture.topics.topic(topic, 2);
            Binding binding = filtered ? SubscriptionFixture.subject(topic, "x") : SubscriptionFixture.all(topic);
            get(subscription().bind(binding, StartPosition.LATEST));
        }

        private void attachAll() {
            readers.clear();
            for (int i = 0; i < CONSUMERS; i++) {
                attach();
            }
        }

        private void attach() {
            Reader reader = new Reader(subscription());
            readers.add(reader);
            if (random.nextInt(3) > 0) {
                limit(reader);
            }
        }

        private void limit(Reader reader) {
            reader.limited = true;
            reader.reads.clear();
            for (String topic : topics) {
                for (int partition = 0; partition < 2; partition++) {
                    if (random.nextInt(3) == 0) {
                        reader.reads.add(new PartitionId(TopicName.of(topic), partition));
                    }
                }
            }
            history.add("limit " + readers.indexOf(reader) + " to " + reader.reads);
            reader.consumer.readOnly(reader.reads);
        }

        /** Takes note of what was delivered, in the order in which it was. */
        private void sync() {
            stats(subscription());
            Map<Long, Runnable> news = new TreeMap<>();
            for (Reader reader : readers) {
                while (reader.seen < reader.handler.deliveries().size()) {
                    Delivery delivery = reader.handler.delivery(reader.seen++);
                    reader.credit--;
                    news.put(delivery.id(), () -> received(reader, delivery));
                }
                assertThat(reader.credit).as("credit after %s", history).isNotNegative();
            }
            news.values().forEach(Runnable::run);
        }

        private static Place place(Delivery delivery) {
            return new Place(delivery.topic().name(), delivery.partition(), delivery.record().offset());
        }

        private void received(Reader reader, Delivery delivery) {
            Place place = place(delivery);
            Owed record = owed.get(place);
            assertThat(record).as("%s is owed after %s", place, history).isNotNull();
            assertThat(record.outstanding).as("%s is outstanding after %s", place, history).isFalse();
            assertThat(reader.takes(place)).as("%s is read after %s", place, history).isTrue();
            if (record.deliveries >= 0) {
                assertThat(delivery.deliveryCount()).as("count of %s after %s", place, history).isEqualTo(record.deliveries + 1);
            }
            record.deliveries = delivery.deliveryCount();
            record.outstanding = true;
            reader.outstanding.add(delivery);
            if (everDelivered.add(place)) {
                Long last = lastFresh.put(List.of(place.topic, place.partition, record.level), place.offset);
                assertThat(last == null || last < place.offset).as("order of %s after %s", place, history).isTrue();
            }
        }

        void step() {
            int choice = random.nextInt(100);
            Reader reader = readers.get(random.nextInt(readers.size()));
            history.add("" + choice);
            if (choice < 30) {
                publish(1 + random.nextInt(3));
            } else if (choice < 34) {
                publish(30);
            } else if (choice < 52) {
                int count = 1 + random.nextInt(6);
                reader.credit += count;
                reader.consumer.request(count);
            } else if (choice < 60) {
                sync();
                List<Delivery> pulled = get(reader.consumer.pull(1 + random.nextInt(6), Duration.ZERO));
                pulled.forEach(delivery -> received(reader, delivery));
            } else if (choice < 78) {
                settle(reader);
            } else if (choice < 86) {
                limit(reader);
            } else if (choice < 88) {
                if (topics.size() < 4) {
                    addTopic();
                }
            } else if (choice < 94) {
                detach(reader);
            } else {
                restart(choice < 97);
            }
            settleDown();
        }

        private void publish(int count) {
            for (int i = 0; i < count; i++) {
                String topic = topics.get(random.nextInt(topics.size()));
                int partition = random.nextInt(2);
                boolean wanted = !filtered || random.nextInt(4) > 0;
                int level = random.nextInt(4);
                Headers headers = Headers.of(Header.of(HeaderNames.PRIORITY, "" + level));
                long offset = fixture.topics.topic(topic, 2).partition(partition)
                    .publish(Subject.toKey(wanted ? "x" : "y"), "text".getBytes(StandardCharsets.UTF_8), headers, 0).offset();
                if (wanted) {
                    owed.put(new Place(topic, partition, offset), new Owed(prioritised ? level : 0));
                }
            }
        }

        private void settle(Reader reader) {
            sync();
            if (reader.outstanding.isEmpty()) {
                return;
            }
            Settlement settlement = SETTLEMENTS.get(random.nextInt(SETTLEMENTS.size()));
            List<Delivery> some = List.copyOf(reader.outstanding.subList(0, 1 + random.nextInt(reader.outstanding.size())));
            reader.outstanding.removeAll(some);
            for (Delivery delivery : some) {
                if (settlement == Settlement.ACK || settlement == Settlement.REJECT) {
                    owed.remove(place(delivery));
                } else {
                    giveBack(delivery, settlement == Settlement.RELEASE);
                }
            }
            assertThat(get(reader.consumer.settle(some, settlement))).isEqualTo(some.size());
        }

        private void giveBack(Delivery delivery, boolean uncounted) {
            Owed record = Objects.requireNonNull(owed.get(place(delivery)));
            record.outstanding = false;
            record.deliveries -= uncounted ? 1 : 0;
        }

        private void detach(Reader reader) {
            sync();
            readers.remove(reader);
            reader.outstanding.forEach(delivery -> giveBack(delivery, false));
            get(reader.consumer.close());
            attach();
        }

        private void restart(boolean orderly) {
            sync();
            if (orderly) {
                fixture.restart();
            } else {
                // What was settled is written, so that nothing of it comes back.
                fixture.advance(Duration.ofMillis(100));
                stats(subscription());
                fixture.crash();
            }
            owed.values().forEach(record -> {
                record.outstanding = false;
                record.deliveries = -1;
            });
            attachAll();
        }

        /** Nobody who has credit is without what is ready for him. */
        private void settleDown() {
            List<Place> heldUp = List.of();
            for (int i = 0; i < 200; i++) {
                sync();
                heldUp = owed.entrySet().stream().filter(entry -> !entry.getValue().outstanding).map(Map.Entry::getKey)
                    .filter(place -> readers.stream().anyMatch(reader -> reader.credit > 0 && reader.takes(place))).toList();
                if (heldUp.isEmpty()) {
                    break;
                }
            }
            assertThat(heldUp).as("held up after %s", history).isEmpty();
            long ready = owed.values().stream().filter(record -> !record.outstanding).count();
            assertThat(stats(subscription()).ready()).as("ready after %s", history).isEqualTo(ready);
            assertThat(stats(subscription()).outstanding()).as("outstanding after %s", history).isEqualTo(owed.size() - ready);
        }

        void finish() {
            for (Reader reader : List.copyOf(readers)) {
                sync();
                readers.remove(reader);
                reader.outstanding.forEach(delivery -> giveBack(delivery, false));
                get(reader.consumer.close());
            }
            Reader last = new Reader(subscription());
            pullAll(last.consumer).forEach(delivery -> received(last, delivery));
            assertThat(owed.values()).as("all are delivered after %s", history).allMatch(record -> record.outstanding);
        }
    }

    @Property(tries = 300)
    void whoeverHasCreditGetsWhatIsReadyOfWhatHeReads(@ForAll long seed) {
        try (SubscriptionFixture fixture = new SubscriptionFixture(SMALL, null)) {
            Run run = new Run(fixture, new Random(seed));
            for (int i = 0; i < STEPS; i++) {
                run.step();
            }
            run.finish();
        }
    }
}
