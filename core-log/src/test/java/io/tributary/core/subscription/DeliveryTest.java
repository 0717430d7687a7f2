package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.pullAll;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
import static io.tributary.core.subscription.SubscriptionFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.SubscriptionStats;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryTest {
    private static final ConsumerOptions EXCLUSIVE = new ConsumerOptions(true, false, Duration.ZERO);
    private static final ConsumerOptions AUTO_SETTLE = new ConsumerOptions(false, true, Duration.ZERO);

    private final SubscriptionFixture fixture = new SubscriptionFixture();
    private final RecordingHandler handler = new RecordingHandler();
    private final Subscription subscription = fixture.subscription("s", "t");

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void deliversInTheOrderOfTheLog() {
        fixture.attach(subscription, handler, 100);
        fixture.publish("t", "a", "b", "c");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b", "c"));
        assertThat(handler.delivery(0).redelivered()).isFalse();
        assertThat(handler.delivery(0).deliveryCount()).isEqualTo(1);
    }

    @Test
    void deliversNoMoreThanTheCredit() {
        Consumer consumer = fixture.attach(subscription, handler, 2);
        fixture.publish("t", "a", "b", "c", "d");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b"));
        assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(2, 2, 1));
        consumer.request(1);
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b", "c"));
        assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(1, 3, 1));
    }

    @Test
    void settlingGivesNoCredit() {
        Consumer consumer = fixture.attach(subscription, handler, 1);
        fixture.publish("t", "a", "b");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a"));
        assertThat(get(consumer.settle(handler.deliveries(), Settlement.ACK))).isEqualTo(1);
        assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(1, 0, 1));
        assertThat(handler.texts()).containsExactly("a");
    }

    @Test
    void sharesRecordsAmongConsumersInTurn() {
        RecordingHandler other = new RecordingHandler();
        fixture.attach(subscription, handler, 10);
        fixture.attach(subscription, other, 10);
        assertThat(stats(subscription).consumers()).isEqualTo(2);
        fixture.publish("t", "a", "b", "c", "d");
        awaitThat(() -> assertThat(handler.texts().size() + other.texts().size()).isEqualTo(4));
        assertThat(handler.texts()).containsExactly("a", "c");
        assertThat(other.texts()).containsExactly("b", "d");
    }

    @Test
    void aConsumerWithoutCreditHoldsNobodyUp() {
        RecordingHandler other = new RecordingHandler();
        fixture.attach(subscription, handler, 1);
        fixture.attach(subscription, other, 10);
        fixture.publish("t", "a", "b", "c", "d");
        awaitThat(() -> assertThat(other.texts()).containsExactly("b", "c", "d"));
        assertThat(handler.texts()).containsExactly("a");
    }

    @Test
    void requeuedRecordsComeBeforeNewerOnesInTheirPlace() {
        Consumer consumer = fixture.attach(subscription, handler, 3);
        fixture.publish("t", "a", "b", "c", "d");
        awaitThat(() -> assertThat(handler.texts()).hasSize(3));
        get(consumer.settle(List.of(handler.delivery(2), handler.delivery(0)), Settlement.REQUEUE));
        consumer.request(10);
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b", "c", "a", "c", "d"));
        assertThat(handler.delivery(3).redelivered()).isTrue();
        assertThat(handler.delivery(3).deliveryCount()).isEqualTo(2);
        assertThat(handler.delivery(3).id()).isNotEqualTo(handler.delivery(0).id());
        assertThat(handler.delivery(5).redelivered()).isFalse();
    }

    @Test
    void releasedRecordsCountAsNotDelivered() {
        Consumer consumer = fixture.attach(subscription, handler, 1);
        fixture.publish("t", "a");
        awaitThat(() -> assertThat(handler.texts()).hasSize(1));
        get(consumer.settle(handler.deliveries(), Settlement.RELEASE));
        consumer.request(1);
        awaitThat(() -> assertThat(handler.texts()).hasSize(2));
        assertThat(handler.delivery(1).redelivered()).isFalse();
        assertThat(handler.delivery(1).deliveryCount()).isEqualTo(1);
    }

    @Test
    void rejectedRecordsAreDropped() {
        Consumer consumer = fixture.attach(subscription, handler, 10);
        fixture.publish("t", "a");
        awaitThat(() -> assertThat(handler.texts()).hasSize(1));
        assertThat(get(consumer.settle(handler.deliveries(), Settlement.REJECT))).isEqualTo(1);
        assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(0, 0, 1));
    }

    @Test
    void settlingTwiceOrForAnotherConsumerDoesNothing() {
        Consumer consumer = fixture.attach(subscription, handler, 10);
        Consumer other = fixture.attach(subscription, new RecordingHandler(), 0);
        fixture.publish("t", "a");
        awaitThat(() -> assertThat(handler.texts()).hasSize(1));
        assertThat(get(other.settle(handler.deliveries(), Settlement.ACK))).isZero();
        assertThat(get(consumer.settleById(List.of(handler.delivery(0).id(), 77L), Settlement.ACK))).isEqualTo(1);
        assertThat(get(consumer.settle(handler.deliveries(), Settlement.REQUEUE))).isZero();
        assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(0, 0, 2));
    }

    @Test
    void closingAConsumerGivesBackWhatIsOutstanding() {
        Consumer consumer = fixture.attach(subscription, handler, 2);
        fixture.publish("t", "a", "b", "c");
        awaitThat(() -> assertThat(handler.texts()).hasSize(2));
        get(consumer.close());
        assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(3, 0, 0));
        RecordingHandler next = new RecordingHandler();
        fixture.attach(subscription, next, 10);
        awaitThat(() -> assertThat(next.texts()).containsExactly("a", "b", "c"));
        assertThat(next.deliveries()).extracting(Delivery::redelivered).containsExactly(true, true, false);
    }

    @Test
    void automaticallySettledRecordsAreNeverOutstanding() {
        Consumer consumer = get(subscription.attach(AUTO_SETTLE, handler));
        consumer.request(10);
        fixture.publish("t", "a", "b");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b"));
        awaitThat(() -> assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(0, 0, 1)));
        get(consumer.close());
        assertThat(stats(subscription).ready()).isZero();
    }

    @Test
    void anExclusiveConsumerIsAlone() {
        Consumer consumer = get(subscription.attach(EXCLUSIVE, handler));
        assertInUse(subscription.attach(ConsumerOptions.SHARED, handler));
        get(consumer.close());
        Consumer shared = get(subscription.attach(ConsumerOptions.SHARED, handler));
        assertInUse(subscription.attach(EXCLUSIVE, handler));
        get(shared.close());
        get(subscription.attach(EXCLUSIVE, handler));
    }

    private static void assertInUse(CompletionStage<Consumer> attached) {
        assertThatThrownBy(() -> get(attached)).isInstanceOfSatisfying(BrokerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
    }

    @Test
    void whatIsNotSettledByItsDeadlineComesBack() {
        Consumer consumer = get(subscription.attach(new ConsumerOptions(false, false, Duration.ofSeconds(30)), handler));
        consumer.request(2);
        fixture.publish("t", "a", "b");
        awaitThat(() -> assertThat(handler.texts()).hasSize(2));
        fixture.advance(Duration.ofSeconds(20));
        assertThat(get(consumer.extend(handler.delivery(1).id(), Duration.ofSeconds(30)))).isTrue();
        fixture.advance(Duration.ofSeconds(11));
        awaitThat(() -> assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(1, 1, 1)));
        assertThat(get(consumer.settle(handler.deliveries(), Settlement.ACK))).isEqualTo(1);
        assertThat(get(consumer.extend(handler.delivery(0).id(), Duration.ofSeconds(30)))).isFalse();
        consumer.request(1);
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b", "a"));
        assertThat(handler.delivery(2).redelivered()).isTrue();
    }

    @Test
    void aPullTakesWhatIsReadyAtOnce() {
        Consumer consumer = fixture.attach(subscription, handler, 0);
        fixture.publish("t", "a", "b", "c");
        assertThat(texts(get(consumer.pull(2, Duration.ZERO)))).containsExactly("a", "b");
        assertThat(texts(get(consumer.pull(2, Duration.ofHours(1))))).containsExactly("c");
        assertThat(get(consumer.pull(2, Duration.ZERO))).isEmpty();
        assertThat(handler.texts()).isEmpty();
        assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(0, 3, 1));
    }

    @Test
    void aPullWaitsForTheFirstRecordOrItsTime() {
        Consumer consumer = fixture.attach(subscription, handler, 0);
        CompletionStage<List<Delivery>> first = consumer.pull(10, Duration.ofSeconds(5));
        CompletionStage<List<Delivery>> second = consumer.pull(10, Duration.ofSeconds(5));
        fixture.publish("t", "a");
        assertThat(texts(get(first))).containsExactly("a");
        assertThat(second.toCompletableFuture()).isNotDone();
        fixture.advance(Duration.ofSeconds(6));
        assertThat(get(second)).isEmpty();
    }

    @Test
    void closingAConsumerCancelsItsPulls() {
        Consumer consumer = fixture.attach(subscription, handler, 0);
        CompletionStage<List<Delivery>> waiting = consumer.pull(10, Duration.ofHours(5));
        get(consumer.close());
        assertThatThrownBy(() -> get(waiting)).isInstanceOf(BrokerException.class);
        assertThatThrownBy(() -> get(consumer.pull(1, Duration.ZERO))).isInstanceOf(BrokerException.class);
    }

    @Test
    void aHandlerThatFailsIsDetachedAndLosesNothing() {
        Consumer broken = get(subscription.attach(ConsumerOptions.SHARED, new DeliveryHandler() {
            @Override
            public void onDelivery(Delivery delivery) {
                throw new IllegalStateException("as the test wants it");
            }

            @Override
            public void onCancelled(BrokerException cause) {
                throw new IllegalStateException("as the test wants it");
            }
        }));
        broken.request(10);
        fixture.publish("t", "a", "b");
        awaitThat(() -> assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(2, 0, 0)));
        fixture.attach(subscription, handler, 10);
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b"));
    }

    @Test
    void purgingDropsWhatIsReadyAndKeepsWhatIsOutstanding() {
        Consumer consumer = fixture.attach(subscription, handler, 1);
        fixture.publish("t", "a", "b", "c");
        awaitThat(() -> assertThat(handler.texts()).hasSize(1));
        assertThat(get(subscription.purge())).isEqualTo(2);
        assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(0, 1, 1));
        fixture.publish("t", "d");
        get(consumer.settle(handler.deliveries(), Settlement.REQUEUE));
        consumer.request(10);
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "a", "d"));
    }

    @Test
    void deletingCancelsConsumersAndPullsAndTellsHowManyWereReady() {
        Consumer consumer = fixture.attach(subscription, handler, 1);
        fixture.publish("t", "a", "b", "c");
        awaitThat(() -> assertThat(handler.texts()).hasSize(1));
        assertThat(get(fixture.subscriptions.delete(subscription.name()))).isEqualTo(2);
        assertThat(Objects.requireNonNull(handler.cancelled()).code()).isEqualTo(ErrorCode.SUBSCRIPTION_NOT_FOUND);
        assertThat(fixture.subscriptions.find(subscription.name())).isNull();
        assertThat(get(consumer.settle(handler.deliveries(), Settlement.ACK))).isZero();
        assertThatThrownBy(() -> get(subscription.attach(ConsumerOptions.SHARED, handler))).isInstanceOf(BrokerException.class);
        assertThat(fixture.topics.partition("t").listeners()).isZero();
    }

    @Test
    void aLongBacklogIsDeliveredWholeAndInOrder() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            expected.add("m" + i);
            fixture.publish("t", "m" + i);
        }
        assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(30_000, 0, 0));
        Consumer consumer = fixture.attach(subscription, handler, 0);
        List<Delivery> pulled = pullAll(consumer);
        assertThat(texts(pulled)).isEqualTo(expected);
        assertThat(get(consumer.settle(pulled, Settlement.ACK))).isEqualTo(30_000);
        assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(0, 0, 1));
    }

    @Test
    void aSubscriptionThatWasLeftAloneGivesItsMemoryBackAndKeepsItsRecords() {
        Consumer consumer = fixture.attach(subscription, handler, 2);
        fixture.publish("t", "a", "b", "c", "d");
        awaitThat(() -> assertThat(handler.texts()).hasSize(2));
        get(consumer.settle(List.of(handler.delivery(0)), Settlement.ACK));
        get(consumer.close());
        fixture.advance(Duration.ofMinutes(1));
        awaitThat(() -> assertThat(fixture.topics.partition("t").listeners()).isZero());
        assertThat(stats(subscription)).isEqualTo(new SubscriptionStats(3, 0, 0));
        RecordingHandler next = new RecordingHandler();
        fixture.attach(subscription, next, 10);
        awaitThat(() -> assertThat(next.texts()).containsExactly("b", "c", "d"));
        assertThat(next.deliveries()).extracting(Delivery::redelivered).containsExactly(true, false, false);
        assertThat(next.deliveries()).extracting(Delivery::deliveryCount).containsExactly(2, 1, 1);
    }
}
