package io.tributary.core.subscription;

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
import io.tributary.core.model.BackOff;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.DeliveryPolicy.Dispatch;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dispatch by key, and the wait of what is given back. */
class KeyDispatchTest {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final DeliveryPolicy BY_KEY = DeliveryPolicy.NONE.withDispatch(Dispatch.BY_KEY);
    private static final DeliveryPolicy WAITING = DeliveryPolicy.NONE.withBackOff(new BackOff(PAUSE, PAUSE.multipliedBy(4)));

    private SubscriptionFixture fixture = new SubscriptionFixture();
    private final RecordingHandler first = new RecordingHandler();
    private final RecordingHandler second = new RecordingHandler();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static void sync(Subscription subscription) {
        for (int i = 0; i < 4; i++) {
            stats(subscription);
        }
    }

    /** Publishes {@code key + number} for each. */
    private void publish(String... texts) {
        for (String text : texts) {
            fixture.publishNow("t", text.startsWith("-") ? null : text.substring(0, 1), text);
        }
    }

    private static Delivery find(RecordingHandler handler, String text) {
        return handler.deliveries().stream().filter(delivery -> RecordingHandler.text(delivery).equals(text)).findFirst().orElseThrow();
    }

    @Test
    void aKeyStaysWithItsConsumerWhileThatHoldsAnyOfIt() {
        Subscription subscription = fixture.subscription("s", "t", false, BY_KEY);
        Consumer one = fixture.attach(subscription, first, 10);
        fixture.attach(subscription, second, 10);
        sync(subscription);
        publish("a1", "b1", "a2", "b2", "a3");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a1", "a2", "a3"));
        assertThat(second.texts()).containsExactly("b1", "b2");
        get(one.settleUpTo(first.delivery(2).id(), Settlement.ACK));
        publish("b3", "a4", "c1", "a5");
        sync(subscription);
        awaitThat(() -> assertThat(first.texts().size() + second.texts().size()).isEqualTo(9));
        assertThat(first.texts().containsAll(List.of("a4", "a5")) || second.texts().containsAll(List.of("a4", "a5"))).isTrue();
        assertThat(second.texts()).contains("b3");
    }

    @Test
    void aConsumerWithoutCreditHoldsUpItsKeysOnly() {
        Subscription subscription = fixture.subscription("s", "t", false, BY_KEY);
        Consumer one = fixture.attach(subscription, first, 1);
        Consumer two = fixture.attach(subscription, second, 10);
        sync(subscription);
        publish("a1", "a2", "b1", "a3", "b2", "-", "-");
        awaitThat(() -> assertThat(second.texts()).containsExactly("b1", "b2", "-", "-"));
        assertThat(first.texts()).containsExactly("a1");
        assertThat(stats(subscription).ready()).isEqualTo(2);
        one.request(1);
        awaitThat(() -> assertThat(first.texts()).containsExactly("a1", "a2"));
        get(one.settle(first.deliveries(), Settlement.ACK));
        awaitThat(() -> assertThat(second.texts()).endsWith("a3"));
        get(two.settle(second.deliveries(), Settlement.ACK));
        assertThat(stats(subscription).outstanding()).isZero();
        assertThat(stats(subscription).ready()).isZero();
    }

    @Test
    void whatIsGivenBackComesBeforeWhatFollowsIt() {
        Subscription subscription = fixture.subscription("s", "t", false, BY_KEY);
        Consumer one = fixture.attach(subscription, first, 2);
        sync(subscription);
        publish("a1", "a2", "a3", "a4");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a1", "a2"));
        fixture.attach(subscription, second, 10);
        sync(subscription);
        assertThat(second.texts()).isEmpty();
        get(one.settle(List.of(first.delivery(0)), Settlement.REQUEUE));
        sync(subscription);
        assertThat(second.texts()).isEmpty();
        get(one.close());
        awaitThat(() -> assertThat(second.texts()).containsExactly("a1", "a2", "a3", "a4"));
    }

    @Test
    void pullsShareKeysToo() {
        Subscription subscription = fixture.subscription("s", "t", false, BY_KEY);
        Consumer one = fixture.attach(subscription, first, 0);
        Consumer two = fixture.attach(subscription, second, 0);
        publish("a1", "a2", "b1", "a3");
        List<Delivery> a1 = get(one.pull(1, PAUSE));
        assertThat(texts(a1)).containsExactly("a1");
        assertThat(texts(pullAll(two))).containsExactly("b1");
        assertThat(texts(get(one.pull(1, PAUSE)))).containsExactly("a2");
        assertThat(texts(get(one.pull(10, PAUSE)))).containsExactly("a3");
        assertThat(pullAll(two)).isEmpty();
    }

    @Test
    void aPullThatWaitsHoldsUpNoOther() {
        Subscription subscription = fixture.subscription("s", "t", false, BY_KEY);
        Consumer one = fixture.attach(subscription, first, 0);
        Consumer two = fixture.attach(subscription, second, 0);
        publish("a1", "a2", "a3");
        assertThat(texts(get(one.pull(1, PAUSE)))).containsExactly("a1");
        CompletionStage<List<Delivery>> waits = two.pull(1, Duration.ofHours(1));
        sync(subscription);
        assertThat(texts(get(one.pull(1, Duration.ofHours(1))))).containsExactly("a2");
        assertThat(texts(get(one.pull(5, Duration.ofHours(1))))).containsExactly("a3");
        publish("b1");
        assertThat(texts(get(waits))).containsExactly("b1");
    }

    @Test
    void whatIsAsideIsBounded() {
        fixture.close();
        fixture = new SubscriptionFixture(new SubscriptionLimits(10, 1 << 20, 1 << 20, Duration.ofMillis(50), Duration.ofSeconds(5)), null);
        Subscription subscription = fixture.subscription("s", "t", false, BY_KEY);
        Consumer one = fixture.attach(subscription, first, 1);
        fixture.attach(subscription, second, 1_000);
        sync(subscription);
        List<String> expected = new ArrayList<>();
        publish("a0");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a0"));
        for (int i = 1; i <= 30; i++) {
            publish("a" + i);
            expected.add("a" + i);
        }
        publish("b");
        sync(subscription);
        assertThat(second.texts()).isEmpty();
        assertThat(stats(subscription).ready()).isEqualTo(31);
        assertThat(get(one.pull(1, Duration.ZERO))).hasSize(1);
        get(one.close());
        expected.add(0, "a0");
        awaitThat(() -> assertThat(second.texts()).hasSize(32));
        assertThat(second.texts().stream().filter(text -> text.startsWith("a"))).containsExactlyElementsOf(expected);
    }

    @Test
    void purgingForgetsWhatIsAside() {
        Subscription subscription = fixture.subscription("s", "t", false, BY_KEY.withBackOff(WAITING.backOff()));
        Consumer one = fixture.attach(subscription, first, 1);
        fixture.attach(subscription, second, 1);
        sync(subscription);
        publish("a1", "b1", "a2", "a3", "b2");
        awaitThat(() -> assertThat(second.texts()).containsExactly("b1"));
        assertThat(get(subscription.purge())).isEqualTo(3);
        get(one.settle(first.deliveries(), Settlement.REQUEUE));
        assertThat(get(subscription.purge())).isEqualTo(1);
        fixture.advance(Duration.ofSeconds(1));
        publish("a4");
        one.request(5);
        awaitThat(() -> assertThat(first.texts()).containsExactly("a1", "a4"));
        assertThat(stats(subscription).ready()).isZero();
    }

    @Test
    void whatIsGivenBackWaitsAtItsPlaceAndHoldsUpNobody() {
        Subscription subscription = fixture.subscription("s", "t", false, WAITING);
        Consumer consumer = fixture.attach(subscription, first, 2);
        sync(subscription);
        publish("a", "b", "c", "d");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a", "b"));
        get(consumer.settle(List.of(find(first, "a")), Settlement.REQUEUE));
        assertThat(stats(subscription).ready()).isEqualTo(3);
        consumer.request(1);
        awaitThat(() -> assertThat(first.texts()).containsExactly("a", "b", "c"));
        fixture.advance(PAUSE.plusMillis(20));
        consumer.request(1);
        awaitThat(() -> assertThat(first.texts()).containsExactly("a", "b", "c", "a"));
        assertThat(first.delivery(3).deliveryCount()).isEqualTo(2);
        get(consumer.settle(List.of(first.delivery(3)), Settlement.REQUEUE));
        fixture.advance(PAUSE.plusMillis(20));
        consumer.request(1);
        awaitThat(() -> assertThat(first.texts()).endsWith("d"));
        consumer.request(1);
        sync(subscription);
        assertThat(first.texts()).endsWith("d");
        fixture.advance(PAUSE);
        awaitThat(() -> assertThat(first.texts()).endsWith("d", "a"));
    }

    @Test
    void whatIsReleasedOrLeftBehindDoesNotWait() {
        Subscription subscription = fixture.subscription("s", "t", false, WAITING);
        Consumer consumer = fixture.attach(subscription, first, 2);
        sync(subscription);
        publish("a", "b");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a", "b"));
        get(consumer.settle(List.of(first.delivery(0)), Settlement.RELEASE));
        get(consumer.close());
        assertThat(texts(pullAll(fixture.attach(subscription, second, 0)))).containsExactly("a", "b");
    }

    @Test
    void aKeyWaitsWithWhatWasGivenBackOfIt() {
        Subscription subscription = fixture.subscription("s", "t", false, BY_KEY.withBackOff(WAITING.backOff()));
        Consumer consumer = fixture.attach(subscription, first, 1);
        sync(subscription);
        publish("a1", "a2", "b1");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a1"));
        get(consumer.settle(first.deliveries(), Settlement.REQUEUE));
        consumer.request(10);
        awaitThat(() -> assertThat(first.texts()).containsExactly("a1", "b1"));
        sync(subscription);
        fixture.advance(PAUSE.plusMillis(20));
        awaitThat(() -> assertThat(first.texts()).containsExactly("a1", "b1", "a1", "a2"));
    }

    @Test
    void aRestartEndsTheWaitAndKeepsTheCount() {
        fixture.subscription("s", "t", true, WAITING);
        Consumer consumer = fixture.attach(fixture.find("s"), first, 1);
        publish("a");
        awaitThat(() -> assertThat(first.texts()).containsExactly("a"));
        get(consumer.settle(first.deliveries(), Settlement.REQUEUE));
        fixture.restart();
        assertThat(fixture.find("s").config().policy()).isEqualTo(WAITING);
        List<Delivery> again = pullAll(fixture.attach(fixture.find("s"), second, 0));
        assertThat(texts(again)).containsExactly("a");
        assertThat(again.get(0).deliveryCount()).isEqualTo(2);
    }
}
