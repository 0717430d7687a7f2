package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.all;
import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.pullAll;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
import static io.tributary.core.subscription.SubscriptionFixture.subject;
import static io.tributary.core.subscription.SubscriptionFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.SubscriptionStats;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.StartPosition;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** What storage, retention and small limits may do to a subscription. */
class TroubleTest {
    private final BrokerException broken = new BrokerException(ErrorCode.STORAGE_FAILURE, "as the test wants it");
    private static final SubscriptionLimits SMALL = new SubscriptionLimits(5, 20, 1 << 20, Duration.ofMillis(50), Duration.ofSeconds(5));

    private final RecordingHandler handler = new RecordingHandler();

    @Test
    void aStorageFailureDelaysAndLosesNothing() {
        try (SubscriptionFixture fixture = new SubscriptionFixture()) {
            Subscription subscription = fixture.subscription("s", "t");
            FakePartition partition = fixture.topics.partition("t");
            fixture.attach(subscription, handler, 100);
            fixture.publish("t", "a");
            awaitThat(() -> assertThat(handler.texts()).containsExactly("a"));
            int reads = partition.reads();
            partition.failReads(broken);
            fixture.publish("t", "b", "c");
            awaitThat(() -> assertThat(partition.reads()).isGreaterThan(reads));
            // The retry may be scheduled only after the clock was moved: time goes on until it has come.
            awaitThat(() -> {
                fixture.advance(Duration.ofSeconds(1));
                assertThat(partition.reads()).isGreaterThan(reads + 1);
            });
            // It waits for its time, however often it is woken.
            for (int i = 0; i < 100; i++) {
                fixture.publish("t", "x" + i);
                assertThat(stats(subscription).consumers()).isEqualTo(1);
            }
            assertThat(partition.reads()).isLessThan(reads + 5);
            partition.failReads(null);
            awaitThat(() -> {
                fixture.advance(Duration.ofSeconds(30));
                assertThat(handler.texts()).hasSize(100).startsWith("a", "b", "c", "x0");
            });
        }
    }

    @Test
    void aStorageFailureInTheBacklogDelaysAndLosesNothing() {
        try (SubscriptionFixture fixture = new SubscriptionFixture()) {
            Subscription subscription = fixture.subscription("s", "t");
            fixture.publish("t", "a", "b", "c");
            fixture.topics.partition("t").failReads(broken);
            Consumer consumer = fixture.attach(subscription, handler, 100);
            CompletionStage<List<Delivery>> pull = consumer.pull(1, Duration.ofSeconds(1));
            assertThat(stats(subscription).ready()).isEqualTo(3);
            fixture.advance(Duration.ofSeconds(2));
            assertThat(get(pull)).isEmpty();
            fixture.topics.partition("t").failReads(null);
            awaitThat(() -> {
                fixture.advance(Duration.ofSeconds(30));
                assertThat(handler.texts()).containsExactly("a", "b", "c");
            });
        }
    }

    @Test
    void retentionThatPassesASubscriptionMakesItSkip() {
        try (SubscriptionFixture fixture = new SubscriptionFixture()) {
            Subscription subscription = fixture.subscription("s", "t");
            fixture.publish("t", "a", "b", "c", "d");
            get(fixture.topics.partition("t").deleteBefore(2));
            assertThat(stats(subscription).ready()).isEqualTo(2);
            Consumer consumer = fixture.attach(subscription, handler, 0);
            assertThat(texts(pullAll(consumer))).containsExactly("c", "d");
            fixture.publish("t", "e");
            assertThat(texts(pullAll(consumer))).containsExactly("e");
        }
    }

    @Test
    void retentionThatPassesWhatWasGivenBackMakesItSkip() {
        try (SubscriptionFixture fixture = new SubscriptionFixture()) {
            Subscription subscription = fixture.subscription("s", "t");
            Consumer consumer = fixture.attach(subscription, handler, 3);
            fixture.publish("t", "a", "b", "c", "d");
            awaitThat(() -> assertThat(handler.texts()).hasSize(3));
            get(consumer.close());
            fixture.advance(Duration.ofMinutes(1));
            awaitThat(() -> assertThat(fixture.topics.partition("t").listeners()).isZero());
            get(fixture.topics.partition("t").deleteBefore(2));
            assertThat(texts(pullAll(fixture.attach(subscription, handler, 0)))).containsExactly("c", "d");
            assertThat(stats(subscription).ready()).isZero();
            assertThat(stats(subscription).outstanding()).isEqualTo(2);
        }
    }

    @Test
    void smallWindowsDeliverEverythingInOrder() {
        try (SubscriptionFixture fixture = new SubscriptionFixture(SMALL, null)) {
            Subscription subscription = fixture.subscription("s", "t");
            Consumer consumer = fixture.attach(subscription, handler, 3);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                expected.add("message " + i);
                fixture.publish("t", "message " + i);
            }
            awaitThat(() -> assertThat(handler.texts()).hasSize(3));
            assertThat(stats(subscription).ready()).isEqualTo(197);
            consumer.request(1_000);
            awaitThat(() -> assertThat(handler.texts()).isEqualTo(expected));
        }
    }

    @Test
    void recordsThatMemoryDidNotKeepAreReadAgainWhenTheyComeBack() {
        try (SubscriptionFixture fixture = new SubscriptionFixture(SMALL, null)) {
            Subscription subscription = fixture.subscription("s", "t");
            Consumer consumer = fixture.attach(subscription, handler, 10);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                expected.add("message " + i);
                fixture.publish("t", "message " + i);
            }
            awaitThat(() -> assertThat(handler.texts()).isEqualTo(expected));
            get(consumer.settle(handler.deliveries(), Settlement.REQUEUE));
            assertThat(stats(subscription).ready()).isEqualTo(10);
            assertThat(texts(pullAll(consumer))).isEqualTo(expected);
        }
    }

    @Test
    void readsThatTakeTheirTimeChangeNothing() {
        ExecutorService reads = Executors.newFixedThreadPool(2);
        try (SubscriptionFixture fixture = new SubscriptionFixture(SMALL, reads)) {
            fixture.topics.topic("t", 3);
            Subscription subscription = fixture.subscription("s", StartPosition.LATEST, subject("t", "x"));
            FakeTopics.FakeTopic topic = fixture.topics.topic("t", 3);
            List<String> expected = new ArrayList<>();
            Consumer consumer = fixture.attach(subscription, handler, 7);
            for (int i = 0; i < 300; i++) {
                boolean wanted = i % 3 != 0;
                topic.partition(i % 2).publish(wanted ? "x" : "y", "m" + i);
                if (wanted) {
                    expected.add("m" + i);
                }
            }
            SubscriptionStats stats = stats(subscription);
            assertThat(stats.ready() + stats.outstanding()).isEqualTo(200);
            consumer.request(1_000);
            awaitThat(() -> assertThat(handler.texts()).hasSize(200));
            assertThat(handler.texts()).containsExactlyInAnyOrderElementsOf(expected);
            awaitThat(() -> assertThat(get(consumer.pull(1, Duration.ZERO))).isEmpty());
        } finally {
            reads.shutdownNow();
        }
    }

    @Test
    void aSlowConsumerStallsNoOtherSubscription() {
        try (SubscriptionFixture fixture = new SubscriptionFixture(SMALL, null)) {
            Subscription slow = fixture.subscription("slow", "t");
            fixture.attach(slow, new RecordingHandler(), 1);
            RecordingHandler other = new RecordingHandler();
            fixture.attach(fixture.subscription("a", "t"), handler, 1_000);
            fixture.attach(fixture.subscription("b", "t"), other, 1_000);
            for (int i = 0; i < 100; i++) {
                fixture.publish("t", "m" + i);
            }
            awaitThat(() -> assertThat(handler.texts()).hasSize(100));
            awaitThat(() -> assertThat(other.texts()).hasSize(100));
            assertThat(stats(slow).ready()).isEqualTo(99);
        }
    }

    @Test
    void aBindingThatEndedNoLongerHoldsRecordsBackOnceTheyAreSettled() {
        try (SubscriptionFixture fixture = new SubscriptionFixture()) {
            Subscription subscription = fixture.subscription("s", "t");
            FakeTopics.FakeTopic topic = fixture.topics.topic("t", 1);
            fixture.publish("t", "a");
            get(subscription.unbind(all("t")));
            fixture.publish("t", "b", "c");
            assertThat(fixture.subscriptions.consumedFloor(topic, 0)).isZero();
            Consumer consumer = fixture.attach(subscription, handler, 10);
            awaitThat(() -> assertThat(handler.texts()).containsExactly("a"));
            get(consumer.settle(handler.deliveries(), Settlement.ACK));
            awaitThat(() -> assertThat(fixture.subscriptions.consumedFloor(topic, 0)).isEqualTo(3));
        }
    }
}
