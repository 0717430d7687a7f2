package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
import static io.tributary.core.subscription.SubscriptionFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.DeliveryPolicy.Dispatch;
import io.tributary.core.model.ErrorCode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which consumer gets a record: priorities, the single active one, bounds of bytes; and settling up to a delivery. */
class ConsumerChoiceTest {
    private static final DeliveryPolicy SINGLE = DeliveryPolicy.NONE.withDispatch(Dispatch.SINGLE_ACTIVE);

    private final SubscriptionFixture fixture = new SubscriptionFixture();
    private final RecordingHandler first = new RecordingHandler();
    private final RecordingHandler second = new RecordingHandler();
    private final RecordingHandler third = new RecordingHandler();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static Consumer attach(Subscription subscription, RecordingHandler handler, int priority, int credit) {
        Consumer consumer = get(subscription.attach(ConsumerOptions.SHARED.withPriority(priority), handler));
        if (credit > 0) {
            consumer.request(credit);
        }
        return consumer;
    }

    /** Waits until the loop has done what it was given. */
    private static void sync(Subscription subscription) {
        for (int i = 0; i < 4; i++) {
            stats(subscription);
        }
    }

    @Test
    void lowerPrioritiesGetWhatHigherOnesHaveNoCreditFor() {
        Subscription subscription = fixture.subscription("s", "t");
        attach(subscription, first, 0, 10);
        Consumer high = attach(subscription, second, 5, 2);
        attach(subscription, third, 5, 1);
        sync(subscription);
        fixture.publish("t", "a", "b", "c", "d");
        awaitThat(() -> assertThat(first.texts()).containsExactly("d"));
        assertThat(second.texts()).containsExactly("a", "c");
        assertThat(third.texts()).containsExactly("b");
        high.request(1);
        sync(subscription);
        fixture.publish("t", "e", "f");
        awaitThat(() -> assertThat(first.texts()).containsExactly("d", "f"));
        assertThat(second.texts()).containsExactly("a", "c", "e");
    }

    @Test
    void oneConsumerIsActiveUntilItGoes() {
        Subscription subscription = fixture.subscription("s", "t", false, SINGLE);
        Consumer active = attach(subscription, first, 0, 10);
        attach(subscription, second, 0, 10);
        sync(subscription);
        fixture.publish("t", "a", "b", "c");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a", "b", "c"));
        get(active.settle(List.of(first.delivery(0)), Settlement.ACK));
        assertThat(second.texts()).isEmpty();
        get(active.close());
        awaitThat(() -> assertThat(second.texts()).containsExactly("b", "c"));
        fixture.publish("t", "d");
        awaitThat(() -> assertThat(second.texts()).containsExactly("b", "c", "d"));
    }

    @Test
    void theActiveConsumerStaysWithoutCredit() {
        Subscription subscription = fixture.subscription("s", "t", false, SINGLE);
        Consumer active = attach(subscription, first, 0, 1);
        attach(subscription, second, 0, 10);
        sync(subscription);
        fixture.publish("t", "a", "b");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a"));
        sync(subscription);
        assertThat(second.texts()).isEmpty();
        active.request(1);
        awaitThat(() -> assertThat(first.texts()).containsExactly("a", "b"));
    }

    @Test
    void aHigherPriorityTakesOverWhenNothingIsOutstanding() {
        Subscription subscription = fixture.subscription("s", "t", false, SINGLE);
        Consumer low = attach(subscription, first, 0, 10);
        sync(subscription);
        fixture.publish("t", "a");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a"));
        Consumer high = attach(subscription, second, 1, 10);
        sync(subscription);
        fixture.publish("t", "b");
        sync(subscription);
        assertThat(second.texts()).isEmpty();
        assertThat(first.texts()).containsExactly("a");
        get(low.settle(first.deliveries(), Settlement.ACK));
        awaitThat(() -> assertThat(second.texts()).containsExactly("b"));
        get(high.close());
        awaitThat(() -> assertThat(first.texts()).containsExactly("a", "b"));
    }

    @Test
    void aConsumerThatRetiresKeepsWhatItHoldsAndLetsAnotherTakeOver() {
        Subscription subscription = fixture.subscription("s", "t", false, SINGLE);
        Consumer active = attach(subscription, first, 0, 10);
        attach(subscription, second, 0, 10);
        sync(subscription);
        fixture.publish("t", "a");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a"));
        active.retire();
        fixture.publish("t", "b");
        awaitThat(() -> assertThat(second.texts()).containsExactly("b"));
        assertThat(get(active.settle(first.deliveries(), Settlement.REQUEUE))).isEqualTo(1);
        awaitThat(() -> assertThat(second.texts()).containsExactly("b", "a"));
    }

    @Test
    void whoeverPullsIsServedBesideTheActiveOne() {
        Subscription subscription = fixture.subscription("s", "t", false, SINGLE);
        Consumer puller = attach(subscription, second, 0, 0);
        attach(subscription, first, 0, 1);
        sync(subscription);
        fixture.publish("t", "a", "b");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a"));
        assertThat(texts(get(puller.pull(1, Duration.ofSeconds(10))))).containsExactly("b");
    }

    @Test
    void noConsumerHasASingleActiveSubscriptionToItself() {
        Subscription subscription = fixture.subscription("s", "t", false, SINGLE);
        assertThatThrownBy(() -> get(subscription.attach(new ConsumerOptions(true, false, Duration.ZERO), first)))
            .isInstanceOfSatisfying(BrokerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
    }

    @Test
    void creditRestsWhileTheBytesAreOutstanding() {
        Subscription subscription = fixture.subscription("s", "t");
        Consumer consumer = get(subscription.attach(ConsumerOptions.SHARED.withMaxBytes(8), first));
        consumer.request(100);
        fixture.publish("t", "four", "five5", "six", "a very long one", "end");
        awaitThat(() -> assertThat(first.texts()).containsExactly("four", "five5"));
        sync(subscription);
        get(consumer.settle(List.of(first.delivery(0)), Settlement.ACK));
        awaitThat(() -> assertThat(first.texts()).containsExactly("four", "five5", "six"));
        get(consumer.settle(List.of(first.delivery(1)), Settlement.ACK));
        awaitThat(() -> assertThat(first.texts()).endsWith("six", "a very long one"));
        sync(subscription);
        assertThat(first.texts()).hasSize(4);
        get(consumer.settleUpTo(first.delivery(3).id(), Settlement.ACK));
        awaitThat(() -> assertThat(first.texts()).endsWith("end"));
    }

    @Test
    void settlesUpToADeliveryOfItsOwn() {
        Subscription subscription = fixture.subscription("s", "t");
        Consumer consumer = attach(subscription, first, 0, 3);
        sync(subscription);
        fixture.publish("t", "a", "b", "c");
        awaitThat(() -> assertThat(first.texts()).hasSize(3));
        attach(subscription, second, 0, 2);
        sync(subscription);
        fixture.publish("t", "d");
        awaitThat(() -> assertThat(second.texts()).containsExactly("d"));
        get(consumer.settle(List.of(first.delivery(0)), Settlement.ACK));
        assertThat(get(consumer.settleUpTo(first.delivery(1).id(), Settlement.ACK))).isEqualTo(1);
        assertThat(get(consumer.settleUpTo(first.delivery(1).id(), Settlement.ACK))).isZero();
        assertThat(get(consumer.settleUpTo(second.delivery(0).id(), Settlement.REQUEUE))).isEqualTo(1);
        awaitThat(() -> assertThat(second.texts()).containsExactly("d", "c"));
        assertThat(stats(subscription).outstanding()).isEqualTo(2);
    }
}
