package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.all;
import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.pullAll;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
import static io.tributary.core.subscription.SubscriptionFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterEvent;
import io.tributary.core.model.DeadLetterHistory;
import io.tributary.core.model.DeadLetterReason;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeadLetterTarget.ToTopic;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.TopicName;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private static final Duration TTL = Duration.ofSeconds(10);

    private final SubscriptionFixture fixture = new SubscriptionFixture();
    private final RecordingHandler handler = new RecordingHandler();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static DeliveryPolicy to(String topic) {
        return DeliveryPolicy.NONE.withDeadLetter(ToTopic.ownKey(TopicName.of(topic)));
    }

    /** A subscription that takes dead letters, and one consumer of it without credit. */
    private Consumer sink() {
        return fixture.attach(fixture.subscription("sink", "dead"), new RecordingHandler(), 0);
    }

    private static List<DeadLetterEvent> events(Delivery delivery) {
        return DeadLetterHistory.of(delivery.record().headers()).events();
    }

    private static Delivery one(Consumer sink) {
        List<Delivery> found = new ArrayList<>();
        awaitThat(() -> {
            found.addAll(get(sink.pull(1, Duration.ZERO)));
            assertThat(found).hasSize(1);
        });
        return found.get(0);
    }

    @Test
    void whatIsRejectedGoesToTheTargetAsItWas() {
        Consumer sink = sink();
        Consumer consumer = fixture.attach(fixture.subscription("s", "t", false, to("dead")), handler, 1);
        fixture.advance(Duration.ofSeconds(3));
        fixture.publishNow("t", "a/b", "body", Header.of("own", "1"), Header.of(HeaderNames.EXPIRATION, "60000"));
        awaitThat(() -> assertThat(handler.texts()).hasSize(1));
        get(consumer.settle(handler.deliveries(), Settlement.REJECT));
        Delivery copy = one(sink);
        assertThat(RecordingHandler.text(copy)).isEqualTo("body");
        assertThat(copy.record().subject()).isEqualTo("a/b");
        assertThat(copy.record().headers().text("own")).isEqualTo("1");
        assertThat(copy.record().headers().contains(HeaderNames.EXPIRATION)).isFalse();
        assertThat(events(copy)).containsExactly(
            new DeadLetterEvent(DeadLetterReason.REJECTED, "s", 1, 3_000, "t", new byte[] {'a', '/', 'b'}, "60000", true));
        awaitThat(() -> assertThat(fixture.subscriptions.consumedFloor(fixture.topics.topic("t", 1), 0)).isEqualTo(1));
    }

    @Test
    void whatIsRejectedWithoutATargetIsGone() {
        Subscription subscription = fixture.subscription("s", "t", false, DeliveryPolicy.NONE.withMaxDeliveries(5));
        Consumer consumer = fixture.attach(subscription, handler, 1);
        fixture.publish("t", "a");
        awaitThat(() -> assertThat(handler.texts()).hasSize(1));
        get(consumer.settle(handler.deliveries(), Settlement.REJECT));
        assertThat(stats(subscription).ready()).isZero();
        assertThat(stats(subscription).outstanding()).isZero();
    }

    @Test
    void anExpiredRecordIsNeverDelivered() {
        Subscription subscription = fixture.subscription("s", "t", false, DeliveryPolicy.NONE.withMessageTtl(TTL));
        fixture.publishNow("t", null, "a");
        fixture.advance(TTL.minusMillis(1));
        fixture.publishNow("t", null, "b");
        fixture.advance(Duration.ofMillis(1));
        assertThat(texts(pullAll(fixture.attach(subscription, handler, 0)))).containsExactly("b");
    }

    @Test
    void anExpiredRecordIsRemovedWithoutAnyConsumer() {
        Subscription subscription = fixture.subscription("s", "t", false, DeliveryPolicy.NONE.withMessageTtl(TTL));
        fixture.publishNow("t", null, "a");
        assertThat(stats(subscription).ready()).isEqualTo(1);
        awaitThat(() -> {
            fixture.advance(TTL);
            assertThat(stats(subscription).ready()).isZero();
        });
        assertThat(fixture.subscriptions.consumedFloor(fixture.topics.topic("t", 1), 0)).isZero();
        awaitThat(() -> assertThat(fixture.subscriptions.consumedFloor(fixture.topics.topic("t", 1), 0)).isEqualTo(1));
    }

    @Test
    void theShorterOfBothTimesCounts() {
        Subscription subscription = fixture.subscription("s", "t", false, DeliveryPolicy.NONE.withMessageTtl(TTL));
        fixture.publishNow("t", null, "short", Header.of(HeaderNames.EXPIRATION, "1000"));
        fixture.publishNow("t", null, "long", Header.of(HeaderNames.EXPIRATION, "100000"));
        fixture.publishNow("t", null, "odd", Header.of(HeaderNames.EXPIRATION, "soon"));
        fixture.advance(Duration.ofSeconds(1));
        Consumer consumer = fixture.attach(subscription, handler, 0);
        List<Delivery> alive = pullAll(consumer);
        assertThat(texts(alive)).containsExactly("long", "odd");
        fixture.advance(TTL);
        get(consumer.settle(alive, Settlement.REQUEUE));
        assertThat(pullAll(consumer)).isEmpty();
    }

    @Test
    void aRecordsOwnTimeCountsWithoutAnyPolicyWhenItIsLookedAt() {
        Subscription subscription = fixture.subscription("s", "t");
        fixture.publishNow("t", null, "a", Header.of(HeaderNames.EXPIRATION, "1000"));
        fixture.publishNow("t", null, "b");
        fixture.advance(Duration.ofSeconds(5));
        assertThat(stats(subscription).ready()).isEqualTo(2);
        assertThat(texts(pullAll(fixture.attach(subscription, handler, 0)))).containsExactly("b");
        assertThat(stats(subscription).ready()).isZero();
    }

    @Test
    void noTimeAtAllIsEnoughForAConsumerThatWaits() {
        Subscription subscription = fixture.subscription("s", "t", false, DeliveryPolicy.NONE.withMessageTtl(Duration.ZERO));
        Consumer consumer = fixture.attach(subscription, handler, 1);
        assertThat(stats(subscription).consumers()).isEqualTo(1);
        fixture.publishNow("t", null, "a");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a"));
        fixture.publishNow("t", null, "nobody waits");
        awaitThat(() -> {
            fixture.advance(Duration.ofMillis(20));
            assertThat(stats(subscription).ready()).isZero();
        });
        get(consumer.settle(handler.deliveries(), Settlement.REQUEUE));
        assertThat(pullAll(consumer)).isEmpty();
    }

    @Test
    void aRetryQueueMovesRecordsInTimeWithoutAnyConsumer() {
        fixture.topics.topic("retry", 1);
        Subscription work = fixture.subscription("work", "work", true, to("retry"));
        fixture.subscription("retry", "retry", true, to("work").withMessageTtl(TTL));
        Consumer consumer = fixture.attach(work, handler, 100);
        fixture.publishNow("work", "k", "a");
        for (int round = 1; round <= 3; round++) {
            int deliveries = round;
            awaitThat(() -> assertThat(handler.texts()).hasSize(deliveries));
            get(consumer.settle(List.of(handler.delivery(round - 1)), Settlement.REJECT));
            Subscription retry = fixture.find("retry");
            awaitThat(() -> assertThat(stats(retry).ready()).isEqualTo(1));
            fixture.advance(TTL.minusSeconds(1));
            assertThat(stats(retry).ready()).isEqualTo(1);
            fixture.advance(Duration.ofSeconds(2));
            awaitThat(() -> assertThat(stats(retry).ready()).isZero());
        }
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "a", "a", "a"));
        List<DeadLetterEvent> events = events(handler.delivery(3));
        assertThat(events).extracting(DeadLetterEvent::subscription).containsExactly("retry", "work");
        assertThat(events).extracting(DeadLetterEvent::reason).containsExactly(DeadLetterReason.EXPIRED, DeadLetterReason.REJECTED);
        assertThat(events).extracting(DeadLetterEvent::count).containsExactly(3L, 3L);
        assertThat(Objects.requireNonNull(DeadLetterHistory.of(handler.delivery(3).record().headers()).first()).subscription())
            .isEqualTo("work");
    }

    @Test
    void aCircleWithoutARejectionIsBroken() {
        fixture.topics.topic("b", 1);
        Subscription a = fixture.subscription("a", "a", false, to("b").withMessageTtl(TTL));
        Subscription b = fixture.subscription("b", "b", false, to("a").withMessageTtl(TTL));
        fixture.publishNow("a", null, "x");
        awaitThat(() -> {
            fixture.advance(TTL);
            assertThat(fixture.topics.partition("a").highWatermark()).isEqualTo(2);
        });
        awaitThat(() -> assertThat(stats(a).ready() + stats(b).ready()).isZero());
        fixture.advance(TTL.multipliedBy(3));
        assertThat(stats(a).ready() + stats(b).ready()).isZero();
        assertThat(fixture.topics.partition("b").highWatermark()).isEqualTo(1);
        assertThat(fixture.topics.partition("a").highWatermark()).isEqualTo(2);
    }

    @Test
    void whatComesBackTooOftenEnds() {
        Consumer sink = sink();
        Subscription subscription = fixture.subscription("s", "t", false, to("dead").withMaxDeliveries(3));
        Consumer consumer = fixture.attach(subscription, handler, 0);
        fixture.publishNow("t", null, "a");
        for (int i = 1; i <= 3; i++) {
            get(consumer.settle(get(consumer.pull(1, TTL)), Settlement.RELEASE));
            List<Delivery> again = get(consumer.pull(1, TTL));
            assertThat(again.get(0).deliveryCount()).isEqualTo(i);
            get(consumer.settle(again, Settlement.REQUEUE));
        }
        Delivery copy = one(sink);
        assertThat(events(copy).get(0).reason()).isEqualTo(DeadLetterReason.DELIVERY_LIMIT);
        assertThat(stats(subscription).ready()).isZero();
        assertThat(get(consumer.pull(1, Duration.ZERO))).isEmpty();
    }

    @Test
    void aConsumerThatGoesCountsAsAReturn() {
        Consumer sink = sink();
        Subscription subscription = fixture.subscription("s", "t", false, to("dead").withMaxDeliveries(2));
        fixture.publishNow("t", null, "a");
        for (int i = 0; i < 2; i++) {
            Consumer consumer = fixture.attach(subscription, handler, 0);
            assertThat(get(consumer.pull(1, TTL))).hasSize(1);
            get(consumer.close());
        }
        assertThat(events(one(sink)).get(0).reason()).isEqualTo(DeadLetterReason.DELIVERY_LIMIT);
    }

    @Test
    void aRecordIsPendingUntilItsCopyIsDurable() {
        Consumer sink = sink();
        Subscription subscription = fixture.subscription("s", "t", true, to("dead"));
        Consumer consumer = fixture.attach(subscription, handler, 2);
        fixture.publishNow("t", null, "a");
        fixture.publishNow("t", null, "b");
        awaitThat(() -> assertThat(handler.texts()).hasSize(2));
        fixture.topics.failPublishing(new BrokerException(ErrorCode.STORAGE_FAILURE, "as the test wants it"));
        get(consumer.settle(handler.deliveries(), Settlement.REJECT));
        fixture.advance(Duration.ofSeconds(1));
        assertThat(stats(subscription).ready()).isZero();
        assertThat(fixture.subscriptions.consumedFloor(fixture.topics.topic("t", 1), 0)).isZero();
        assertThat(pullAll(sink)).isEmpty();
        get(consumer.close());
        fixture.advance(Duration.ofMinutes(1));
        fixture.topics.failPublishing(null);
        awaitThat(() -> {
            fixture.advance(Duration.ofSeconds(10));
            assertThat(fixture.topics.partition("dead").highWatermark()).isEqualTo(2);
        });
        assertThat(texts(pullAll(sink))).containsExactlyInAnyOrder("a", "b");
        awaitThat(() -> assertThat(fixture.subscriptions.consumedFloor(fixture.topics.topic("t", 1), 0)).isEqualTo(2));
    }

    @Test
    void aCrashBeforeTheCopyIsDurableLosesNothing() {
        Subscription subscription = fixture.subscription("s", "t", true, to("dead"));
        fixture.topics.topic("dead", 1);
        Consumer consumer = fixture.attach(subscription, handler, 1);
        fixture.publishNow("t", null, "a");
        awaitThat(() -> assertThat(handler.texts()).hasSize(1));
        fixture.topics.failPublishing(new BrokerException(ErrorCode.STORAGE_FAILURE, "as the test wants it"));
        get(consumer.settle(handler.deliveries(), Settlement.REJECT));
        assertThat(stats(subscription).ready()).isZero();
        fixture.advance(Duration.ofSeconds(1));
        assertThat(stats(subscription).ready()).isZero();
        fixture.crash();
        assertThat(stats(fixture.find("s")).ready()).isEqualTo(1);
    }

    @Test
    void aTargetThatIsNotThereDropsTheRecord() {
        Subscription subscription = fixture.subscription("s", "t", false, to("nowhere"));
        Consumer consumer = fixture.attach(subscription, handler, 1);
        fixture.publishNow("t", null, "a");
        awaitThat(() -> assertThat(handler.texts()).hasSize(1));
        get(consumer.settle(handler.deliveries(), Settlement.REJECT));
        awaitThat(() -> assertThat(fixture.subscriptions.consumedFloor(fixture.topics.topic("t", 1), 0)).isEqualTo(1));
    }

    @Test
    void thousandsExpireAtOnceInOrderThroughASmallWindow() {
        try (SubscriptionFixture small = new SubscriptionFixture(
            new SubscriptionLimits(16, 200, 1 << 20, Duration.ofMillis(50), Duration.ofSeconds(5)), null)) {
            small.topics.topic("dead", 1);
            Subscription sink = small.subscription("sink", StartPosition.LATEST, all("dead"));
            Subscription subscription = small.subscription("s", "t", true, to("dead").withMessageTtl(TTL));
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                expected.add("message " + i);
                small.publishNow("t", null, "message " + i);
            }
            assertThat(stats(subscription).ready()).isEqualTo(3_000);
            small.advance(TTL);
            awaitThat(() -> {
                small.advance(Duration.ofMillis(100));
                assertThat(stats(subscription).ready()).isZero();
                assertThat(small.topics.partition("dead").highWatermark()).isEqualTo(3_000);
            });
            assertThat(texts(pullAll(small.attach(sink, handler, 0)))).isEqualTo(expected);
        }
    }

    @Test
    void purgingKeepsWhatIsOnItsWay() {
        Consumer sink = sink();
        Subscription subscription = fixture.subscription("s", "t", false, to("dead"));
        Consumer consumer = fixture.attach(subscription, handler, 1);
        fixture.publishNow("t", null, "a");
        fixture.publishNow("t", null, "b");
        awaitThat(() -> assertThat(handler.texts()).hasSize(1));
        fixture.topics.failPublishing(new BrokerException(ErrorCode.STORAGE_FAILURE, "as the test wants it"));
        get(consumer.settle(handler.deliveries(), Settlement.REJECT));
        assertThat(get(subscription.purge())).isEqualTo(1);
        assertThat(stats(subscription).ready()).isZero();
        fixture.topics.failPublishing(null);
        awaitThat(() -> {
            fixture.advance(Duration.ofSeconds(1));
            assertThat(fixture.topics.partition("dead").highWatermark()).isEqualTo(1);
        });
        assertThat(texts(pullAll(sink))).containsExactly("a");
    }

    @Test
    void theKeyMayBeFixedOrNameTheTarget() {
        fixture.topics.topic("q", 1);
        reject("fixed", ToTopic.fixedKey(TopicName.of("dead"), "x"), "k");
        reject("unkeyed", ToTopic.fixedKey(TopicName.of("dead"), null), "k");
        reject("topic", new ToTopic(TopicName.of("dead"), DeadLetterTarget.Keying.OWN_OR_TOPIC, null), null);
        reject("named", new DeadLetterTarget.NamedByKey(), "dead");
        reject("path", new DeadLetterTarget.AddressedByKey(false), "dead/y/z");
        reject("dotted", new DeadLetterTarget.AddressedByKey(true), "dead.y.z");
        reject("internal", new DeadLetterTarget.NamedByKey(), "__subscriptions");
        Subscription sink = fixture.subscription("sink", StartPosition.EARLIEST, all("dead"));
        assertThat(pullAll(fixture.attach(sink, handler, 0))).extracting(delivery -> delivery.record().subject())
            .containsExactly("x", null, "src-topic", null, "y/z", "y/z");
    }

    private void reject(String name, DeadLetterTarget target, @Nullable String key) {
        fixture.topics.topic("dead", 1);
        String topic = "src-" + name;
        Subscription subscription = fixture.subscription(name, topic, false, DeliveryPolicy.NONE.withDeadLetter(target));
        Consumer consumer = fixture.attach(subscription, handler, 0);
        fixture.publishNow(topic, key, name);
        get(consumer.settle(get(consumer.pull(1, TTL)), Settlement.REJECT));
        awaitThat(() -> assertThat(fixture.subscriptions.consumedFloor(fixture.topics.topic(topic, 1), 0)).isEqualTo(1));
    }
}
