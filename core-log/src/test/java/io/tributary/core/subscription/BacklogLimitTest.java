package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.all;
import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.name;
import static io.tributary.core.subscription.SubscriptionFixture.pullAll;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
import static io.tributary.core.subscription.SubscriptionFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.BacklogLimit;
import io.tributary.core.model.BacklogLimit.Overflow;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.TopicName;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BacklogLimitTest {
    private SubscriptionFixture fixture;

    @BeforeEach
    void start() {
        fixture = new SubscriptionFixture();
        fixture.topics.topic("t", 1);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private Subscription subscription(long records, long bytes, Overflow overflow) {
        return get(fixture.subscriptions.create(name("s"),
            SubscriptionConfig.DURABLE.withLimit(new BacklogLimit(records, bytes, overflow)), List.of(all("t")), StartPosition.LATEST));
    }

    private static Consumer attach(Subscription subscription) {
        return get(subscription.attach(ConsumerOptions.SHARED, new RecordingHandler()));
    }

    private Subscription again() {
        return Objects.requireNonNull(fixture.subscriptions.find(name("s")));
    }

    @Test
    void dropsTheOldestBeyondItsNumber() {
        Subscription subscription = subscription(3, BacklogLimit.UNLIMITED, Overflow.DROP_HEAD);
        fixture.publish("t", "a", "b", "c", "d", "e");
        awaitThat(() -> assertThat(stats(subscription).ready()).isEqualTo(3));
        assertThat(texts(pullAll(attach(subscription)))).containsExactly("c", "d", "e");
    }

    @Test
    void doesNotCountWhatIsDelivered() {
        Subscription subscription = subscription(2, BacklogLimit.UNLIMITED, Overflow.DROP_HEAD);
        fixture.publish("t", "a", "b");
        Consumer consumer = attach(subscription);
        List<Delivery> taken = get(consumer.pull(2, Duration.ofSeconds(10)));
        fixture.publish("t", "c", "d");
        awaitThat(() -> assertThat(stats(subscription).ready()).isEqualTo(2));
        get(consumer.settle(taken, Settlement.REQUEUE));
        awaitThat(() -> assertThat(stats(subscription).ready()).isEqualTo(2));
        assertThat(texts(pullAll(consumer))).containsExactly("c", "d");
    }

    @Test
    void dropsTheOldestBeyondItsBytes() {
        Subscription subscription = subscription(BacklogLimit.UNLIMITED, 10, Overflow.DROP_HEAD);
        fixture.publish("t", "1234", "5678", "90", "ab");
        awaitThat(() -> assertThat(stats(subscription).ready()).isEqualTo(3));
        fixture.publish("t", "0123456789");
        awaitThat(() -> assertThat(stats(subscription).ready()).isEqualTo(1));
        assertThat(texts(pullAll(attach(subscription)))).containsExactly("0123456789");
    }

    @Test
    void keepsNothingThatNobodyTakesAtOnceWhenItsLengthIsZero() {
        Subscription subscription = subscription(0, BacklogLimit.UNLIMITED, Overflow.DROP_HEAD);
        fixture.publish("t", "lost");
        awaitThat(() -> assertThat(stats(subscription).ready()).isZero());
        RecordingHandler handler = new RecordingHandler();
        fixture.attach(subscription, handler, 10);
        stats(subscription);
        fixture.publish("t", "taken");
        awaitThat(() -> assertThat(handler.deliveries()).hasSize(1));
        assertThat(RecordingHandler.text(handler.delivery(0))).isEqualTo("taken");
    }

    @Test
    void copiesWhatItDropsToItsDeadLetterTarget() {
        fixture.topics.topic("dead", 1);
        Subscription dead = fixture.subscription("dead", StartPosition.EARLIEST, all("dead"));
        DeliveryPolicy policy = DeliveryPolicy.NONE.withDeadLetter(
            new DeadLetterTarget.ToTopic(TopicName.of("dead"), DeadLetterTarget.Keying.OWN, null));
        Subscription subscription = get(fixture.subscriptions.create(name("s"),
            SubscriptionConfig.DURABLE.withPolicy(policy).withLimit(new BacklogLimit(1, BacklogLimit.UNLIMITED, Overflow.DROP_HEAD)),
            List.of(all("t")), StartPosition.LATEST));
        fixture.publish("t", "a", "b", "c");
        awaitThat(() -> assertThat(stats(dead).ready()).isEqualTo(2));
        assertThat(texts(pullAll(attach(dead)))).containsExactly("a", "b");
        assertThat(texts(pullAll(attach(subscription)))).containsExactly("c");
    }

    @Test
    void tellsPublishersWhileItIsFull() {
        Subscription subscription = subscription(2, BacklogLimit.UNLIMITED, Overflow.REJECT);
        Record record = new Record(-1, 0, null, new byte[1], Headers.EMPTY);
        assertThat(fixture.full.findTaking(TopicName.of("t"), record)).isNull();
        fixture.publish("t", "a", "b");
        awaitThat(() -> assertThat(fixture.full.findTaking(TopicName.of("t"), record)).isEqualTo(name("s")));
        assertThat(fixture.full.findTaking(TopicName.of("other"), record)).isNull();
        Consumer consumer = attach(subscription);
        get(consumer.pull(1, Duration.ZERO));
        awaitThat(() -> assertThat(fixture.full.findTaking(TopicName.of("t"), record)).isNull());
    }

    @Test
    void tellsThePublishersOfABindingThatItGetsWhileItIsFull() {
        fixture.topics.topic("other", 1);
        Subscription subscription = subscription(1, BacklogLimit.UNLIMITED, Overflow.REJECT);
        Record record = new Record(-1, 0, null, new byte[1], Headers.EMPTY);
        fixture.publish("t", "a");
        awaitThat(() -> assertThat(fixture.full.findTaking(TopicName.of("t"), record)).isEqualTo(name("s")));
        get(subscription.bind(all("other"), StartPosition.LATEST));
        assertThat(fixture.full.findTaking(TopicName.of("other"), record)).isEqualTo(name("s"));
        get(fixture.subscriptions.delete(name("s")));
        assertThat(fixture.full.findTaking(TopicName.of("other"), record)).isNull();
    }

    @Test
    void keepsItsLimitOverARestart() {
        subscription(2, BacklogLimit.UNLIMITED, Overflow.DROP_HEAD);
        fixture.publish("t", "a", "b", "c");
        fixture.crash();
        fixture.publish("t", "d");
        awaitThat(() -> assertThat(stats(again()).ready()).isEqualTo(2));
        assertThat(texts(pullAll(attach(again())))).containsExactly("c", "d");
        assertThat(again().config().limit().maxRecords()).isEqualTo(2);
    }
}
