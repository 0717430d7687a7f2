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
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.TopicName;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Consumers that read some partitions of their subscription only. */
class PartialReadingTest {
    /** More than a window holds. */
    private static final int BACKLOG = 25_000;
    private final SubscriptionFixture fixture = new SubscriptionFixture();
    private final RecordingHandler handler = new RecordingHandler();

    @AfterEach
    void close() {
        fixture.close();
    }

    private Subscription subscription(DeliveryPolicy policy) {
        fixture.topics.topic("x", 1);
        fixture.topics.topic("y", 1);
        return get(fixture.subscriptions.create(name("s"), SubscriptionConfig.DURABLE.withPolicy(policy), List.of(all("x"), all("y")),
            StartPosition.LATEST));
    }

    private static Set<PartitionId> only(String... topics) {
        return Arrays.stream(topics).map(topic -> new PartitionId(TopicName.of(topic), 0)).collect(Collectors.toSet());
    }

    private Consumer reading(Subscription subscription, RecordingHandler received, int credit, String... topics) {
        Consumer consumer = fixture.attach(subscription, received, 0);
        consumer.readOnly(only(topics));
        if (credit > 0) {
            consumer.request(credit);
        }
        return consumer;
    }

    private void fill(String topic, int count) {
        IntStream.range(0, count).forEach(i -> fixture.publish(topic, topic + i));
    }

    @Test
    void aBacklogThatNobodyReadsIsNeitherReadNorInTheWay() {
        Subscription subscription = subscription(DeliveryPolicy.NONE);
        fill("x", BACKLOG);
        reading(subscription, handler, 10, "y");
        awaitThat(() -> assertThat(stats(subscription).consumers()).isEqualTo(1));
        int reads = fixture.topics.partition("x").reads();
        fill("y", 3);
        awaitThat(() -> assertThat(handler.texts()).containsExactly("y0", "y1", "y2"));
        assertThat(fixture.topics.partition("x").reads()).isEqualTo(reads);
        assertThat(stats(subscription).ready()).isEqualTo(BACKLOG);
    }

    @Test
    void aConsumerWithoutCreditHoldsUpNobodyWhoReadsSomethingElse() {
        Subscription subscription = subscription(DeliveryPolicy.NONE);
        RecordingHandler slow = new RecordingHandler();
        reading(subscription, slow, 1, "x");
        reading(subscription, handler, BACKLOG, "y");
        fill("x", BACKLOG);
        fill("y", BACKLOG);
        awaitThat(() -> assertThat(handler.texts()).hasSize(BACKLOG));
        assertThat(slow.texts()).containsExactly("x0");
        assertThat(handler.texts()).containsExactlyElementsOf(IntStream.range(0, BACKLOG).mapToObj(i -> "y" + i).toList());
    }

    @Test
    void whatWasNotReadComesInOrderToWhoReadsAllAndCountsAsNew() {
        Subscription subscription = subscription(DeliveryPolicy.NONE);
        Consumer some = reading(subscription, handler, 10, "y");
        fill("x", 2_000);
        fill("y", 10);
        awaitThat(() -> assertThat(handler.texts()).hasSize(10));
        get(some.settleUpTo(handler.delivery(9).id(), Settlement.ACK));
        List<Delivery> rest = pullAll(fixture.attach(subscription, new RecordingHandler(), 0));
        assertThat(rest).allMatch(delivery -> delivery.deliveryCount() == 1 && !delivery.redelivered());
        assertThat(texts(rest)).containsExactlyElementsOf(IntStream.range(0, 2_000).mapToObj(i -> "x" + i).toList());
    }

    @Test
    void aPullOfWhatIsNotReadIsAnsweredWithNothing() {
        Subscription subscription = subscription(DeliveryPolicy.NONE);
        Consumer some = reading(subscription, handler, 0, "y");
        fill("x", 10);
        assertThat(get(some.pull(5, Duration.ZERO))).isEmpty();
        some.readOnly(only("x", "y"));
        assertThat(texts(get(some.pull(5, Duration.ZERO)))).containsExactly("x0", "x1", "x2", "x3", "x4");
        some.readOnly(Set.of());
        assertThat(get(some.pull(5, Duration.ZERO))).isEmpty();
    }

    @Test
    void whoHasAKeyGetsNothingOfItThatHeDoesNotRead() {
        Subscription subscription = subscription(DeliveryPolicy.NONE.withDispatch(DeliveryPolicy.Dispatch.BY_KEY));
        RecordingHandler other = new RecordingHandler();
        Consumer owner = reading(subscription, handler, 10, "x");
        reading(subscription, other, 10, "y");
        fixture.topics.partition("x").publish("k", "x0");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("x0"));
        fixture.topics.partition("y").publish("k", "y0");
        fixture.topics.partition("y").publish("free", "y1");
        awaitThat(() -> assertThat(other.texts()).containsExactly("y1"));
        get(owner.settleUpTo(handler.delivery(0).id(), Settlement.ACK));
        awaitThat(() -> assertThat(other.texts()).containsExactly("y1", "y0"));
        assertThat(handler.texts()).containsExactly("x0");
    }

    @Test
    void whatNobodyReadsEndsWithItsTime() {
        Subscription subscription = subscription(DeliveryPolicy.NONE.withMessageTtl(Duration.ofSeconds(10)));
        reading(subscription, handler, 10, "y");
        fixture.publishNow("x", null, "x0");
        fixture.publishNow("y", null, "y0");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("y0"));
        awaitThat(() -> assertThat(stats(subscription).ready()).isEqualTo(1));
        fixture.advance(Duration.ofSeconds(11));
        awaitThat(() -> assertThat(stats(subscription).ready()).isZero());
    }

    @Test
    void anExclusiveConsumerThatGoesLeavesAllToTheNext() {
        Subscription subscription = subscription(DeliveryPolicy.NONE);
        Consumer first = get(subscription.attach(new ConsumerOptions(true, false, Duration.ZERO), handler));
        first.readOnly(only("y"));
        first.request(10);
        fill("x", 3);
        fill("y", 3);
        awaitThat(() -> assertThat(handler.texts()).hasSize(3));
        get(first.close());
        assertThat(texts(pullAll(fixture.attach(subscription, new RecordingHandler(), 0))))
            .containsExactlyInAnyOrder("x0", "x1", "x2", "y0", "y1", "y2");
    }
}
