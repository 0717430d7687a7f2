package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.name;
import static io.tributary.core.subscription.SubscriptionFixture.pullAll;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
import static io.tributary.core.subscription.SubscriptionFixture.subject;
import static io.tributary.core.subscription.SubscriptionFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Record;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Subscriptions with a filter keep up with their topics, and keep references to what they want. */
class IndexedSubscriptionTest {
    private static final SubscriptionLimits SMALL =
        new SubscriptionLimits(4, 1 << 20, 1 << 20, Duration.ofMillis(50), Duration.ofSeconds(5));

    private static Consumer attach(Subscription subscription) {
        return get(subscription.attach(ConsumerOptions.SHARED, new RecordingHandler()));
    }

    private static List<String> publish(FakePartition partition, int count, int wantedEvery) {
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean matches = i % wantedEvery == 0;
            partition.publish(matches ? "x" : "y", "text " + i);
            if (matches) {
                wanted.add("text " + i);
            }
        }
        return wanted;
    }

    /** Until it counts without a read. */
    private static void awaitDecided(Subscription subscription, FakePartition partition) {
        awaitThat(() -> {
            int reads = partition.reads();
            stats(subscription);
            assertThat(partition.reads()).isEqualTo(reads);
        });
    }

    @Test
    void decidesWhileNobodyAsks() {
        try (SubscriptionFixture fixture = new SubscriptionFixture()) {
            fixture.topics.topic("t", 1);
            Subscription subscription = fixture.subscription("s", StartPosition.LATEST, subject("t", "x"));
            publish(fixture.topics.partition("t"), 1000, 10);
            awaitDecided(subscription, fixture.topics.partition("t"));
            assertThat(stats(subscription).ready()).isEqualTo(100);
        }
    }

    @Test
    void readsOnlyWhatItWants() {
        try (SubscriptionFixture fixture = new SubscriptionFixture()) {
            fixture.topics.topic("t", 1);
            Subscription subscription = fixture.subscription("s", StartPosition.LATEST, subject("t", "x"));
            FakePartition partition = fixture.topics.partition("t");
            List<String> wanted = publish(partition, 100_000, 10_000);
            awaitDecided(subscription, partition);
            int reads = partition.reads();
            assertThat(texts(pullAll(attach(subscription)))).isEqualTo(wanted);
            assertThat(partition.reads() - reads).isLessThanOrEqualTo(wanted.size() + 1);
        }
    }

    @Test
    void keepsTheOrderOfWhatNeverHadAPlaceInTheWindow() {
        try (SubscriptionFixture fixture = new SubscriptionFixture(SMALL, null)) {
            fixture.topics.topic("t", 1);
            Subscription subscription = fixture.subscription("s", StartPosition.LATEST, subject("t", "x"));
            Consumer consumer = attach(subscription);
            FakePartition partition = fixture.topics.partition("t");
            List<String> received = new ArrayList<>();
            for (int round = 0; round < 50; round++) {
                publish(partition, round % 7, 2);
                List<Delivery> some = get(consumer.pull(1 + round % 3, Duration.ZERO));
                received.addAll(texts(some));
                get(consumer.settle(some, Settlement.ACK));
            }
            received.addAll(texts(pullAll(consumer)));
            List<String> all = IntStream.range(0, 50).boxed()
                .flatMap(round -> IntStream.range(0, round % 7).filter(i -> i % 2 == 0).mapToObj(i -> "text " + i)).toList();
            assertThat(received).isEqualTo(all);
        }
    }

    @Test
    void findsItsReferencesAgainAfterACrash() {
        try (SubscriptionFixture fixture = new SubscriptionFixture(SMALL, null)) {
            fixture.topics.topic("t", 1);
            Subscription before = get(fixture.subscriptions.create(name("s"), SubscriptionConfig.DURABLE, List.of(subject("t", "x")),
                StartPosition.LATEST));
            List<String> wanted = publish(fixture.topics.partition("t"), 100, 5);
            Consumer consumer = attach(before);
            List<Delivery> first = get(consumer.pull(3, Duration.ZERO));
            get(consumer.settle(first.subList(1, 2), Settlement.ACK));
            fixture.advance(Duration.ofSeconds(1));
            stats(before);
            fixture.crash();
            Subscription after = Objects.requireNonNull(fixture.subscriptions.find(name("s")));
            awaitThat(() -> assertThat(stats(after).ready()).isEqualTo(19));
            List<String> expected = new ArrayList<>(wanted);
            expected.remove(1);
            assertThat(texts(pullAll(attach(after)))).isEqualTo(expected);
        }
    }

    /** The size of what was last written about where a subscription stands. */
    private static int lastStateBytes(SubscriptionFixture fixture) {
        FakePartition states = fixture.topics.partition("__subscriptions");
        List<Record> records = get(states.readRecords(0, Integer.MAX_VALUE, Integer.MAX_VALUE));
        return records.stream().filter(record -> record.value() != null && Objects.requireNonNull(record.value()).length > 0)
            .reduce((first, second) -> second).map(record -> Objects.requireNonNull(record.value()).length).orElse(0);
    }

    @Test
    void writesNoReferencesThatItHasNotTakenAfterAnOrderlyRestart() {
        try (SubscriptionFixture fixture = new SubscriptionFixture(SMALL, null)) {
            fixture.topics.topic("t", 1);
            Subscription before = get(fixture.subscriptions.create(name("s"), SubscriptionConfig.DURABLE, List.of(subject("t", "x")),
                StartPosition.LATEST));
            List<String> wanted = publish(fixture.topics.partition("t"), 20_000, 3);
            awaitDecided(before, fixture.topics.partition("t"));
            Consumer consumer = attach(before);
            get(consumer.settle(get(consumer.pull(2, Duration.ZERO)), Settlement.ACK));
            fixture.restart();
            assertThat(lastStateBytes(fixture)).isGreaterThan(5_000);
            Subscription after = fixture.find("s");
            Consumer again = attach(after);
            get(again.settle(get(again.pull(2, Duration.ZERO)), Settlement.ACK));
            fixture.advance(Duration.ofSeconds(1));
            awaitThat(() -> assertThat(lastStateBytes(fixture)).isBetween(1, 1_000));
            fixture.crash();
            Subscription last = fixture.find("s");
            awaitThat(() -> assertThat(stats(last).ready()).isEqualTo(wanted.size() - 4));
            assertThat(texts(pullAll(attach(last)))).isEqualTo(wanted.subList(4, wanted.size()));
        }
    }
}
