package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.all;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.name;
import static io.tributary.core.subscription.SubscriptionFixture.pullAll;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
import static io.tributary.core.subscription.SubscriptionFixture.subject;
import static io.tributary.core.subscription.SubscriptionFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.stats.PartitionProgress;
import io.tributary.core.api.stats.SubscriptionCounts;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.TopicName;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscriptions that begin anew at other places. */
class SeekTest {
    private final SubscriptionFixture fixture = new SubscriptionFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private Subscription subscription(int highestPriority, Binding... bindings) {
        fixture.topics.topic("t", 2);
        fixture.topics.topic("u", 1);
        return get(fixture.subscriptions.create(name("s"),
            SubscriptionConfig.DURABLE.withPolicy(DeliveryPolicy.NONE.withMaxPriority(highestPriority)), List.of(bindings),
            StartPosition.LATEST));
    }

    private static PartitionId partition(String topic, int number) {
        return new PartitionId(TopicName.of(topic), number);
    }

    private void fill(String topic, int number, int from, int to) {
        IntStream.range(from, to).forEach(i -> fixture.topics.topic(topic, 2).partition(number).publish("x", topic + number + "-" + i));
    }

    /** Delivers all that is ready, in groups of a partition, and settles the first so many. */
    private List<Delivery> consume(int settled) {
        Consumer consumer = fixture.attach(fixture.find("s"), new RecordingHandler(), 0);
        List<Delivery> all = pullAll(consumer);
        get(consumer.settle(all.subList(0, settled), Settlement.ACK));
        get(consumer.close());
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void aPartitionBeginsAnywhereAndTheOthersStayWhereTheyAre(int highestPriority) {
        Subscription subscription = subscription(highestPriority, all("t"));
        fill("t", 0, 0, 6);
        fill("t", 1, 0, 2);
        assertThat(consume(8)).hasSize(8);
        get(subscription.seek(Map.of(partition("t", 0), 3L)));
        assertThat(stats(subscription).ready()).isEqualTo(3);
        List<Delivery> again = consume(1);
        assertThat(texts(again)).containsExactly("t0-3", "t0-4", "t0-5");
        assertThat(again).allMatch(delivery -> delivery.deliveryCount() == 1 && !delivery.redelivered());
        fill("t", 0, 6, 7);
        fill("t", 1, 2, 3);
        get(subscription.seek(Map.of(partition("t", 0), 6L)));
        assertThat(texts(consume(0))).containsExactlyInAnyOrder("t0-6", "t1-2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNewPlaceOutlivesARestartAndACrash(boolean crash) {
        Subscription subscription = subscription(0, all("t"));
        fill("t", 0, 0, 6);
        fill("t", 1, 0, 6);
        consume(5);
        get(subscription.seek(Map.of(partition("t", 0), 4L, partition("t", 1), 2L)));
        if (crash) {
            fixture.crash();
        } else {
            fixture.restart();
        }
        assertThat(texts(consume(6))).containsExactlyInAnyOrder("t0-4", "t0-5", "t1-2", "t1-3", "t1-4", "t1-5");
    }

    @Test
    void whatWasPublishedBeforeTheBindingComesToo() {
        fixture.topics.topic("t", 2);
        fill("t", 0, 0, 3);
        Subscription subscription = subscription(0, subject("t", "x"));
        fill("t", 0, 3, 4);
        get(subscription.seek(Map.of(partition("t", 0), 0L)));
        assertThat(texts(consume(4))).containsExactly("t0-0", "t0-1", "t0-2", "t0-3");
    }

    @Test
    void beyondTheLogItIsTheLogsBoundAndWhatIsNotCoveredIsPassedOver() {
        Subscription subscription = subscription(0, all("t"));
        fill("t", 0, 0, 4);
        fill("u", 0, 0, 4);
        get(subscription.seek(Map.of(partition("t", 0), 99L, partition("u", 0), 0L, partition("t", 7), 1L)));
        assertThat(stats(subscription).ready()).isZero();
        get(subscription.seek(Map.of(partition("t", 0), -5L)));
        assertThat(stats(subscription).ready()).isEqualTo(4);
        assertThat(get(subscription.progress())).contains(new PartitionProgress(partition("t", 0), 0, 0));
    }

    @Test
    void whatIsPassedOverCountsAsDropped() {
        Subscription subscription = subscription(0, all("t"));
        fill("t", 0, 0, 10);
        consume(2);
        get(subscription.seek(Map.of(partition("t", 0), 6L)));
        SubscriptionCounts counts = get(subscription.report()).counts();
        assertThat(counts.published()).isEqualTo(10);
        assertThat(counts.acknowledged()).isEqualTo(2);
        assertThat(counts.dropped()).isEqualTo(4);
        get(subscription.seek(Map.of(partition("t", 0), 0L)));
        assertThat(get(subscription.report()).counts().published()).isEqualTo(10);
    }

    @Test
    void itIsRefusedWhileThereAreConsumers() {
        Subscription subscription = subscription(0, all("t"));
        Consumer consumer = fixture.attach(subscription, new RecordingHandler(), 0);
        assertThatThrownBy(() -> get(subscription.seek(Map.of(partition("t", 0), 0L)))).isInstanceOfSatisfying(BrokerException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.SUBSCRIPTION_IN_USE));
        get(consumer.close());
        get(subscription.seek(Map.of(partition("t", 0), 0L)));
    }

    @Test
    void whatAnEndedBindingTookIsForgottenByPassingIt() {
        Subscription subscription = subscription(0, all("t"), all("u"));
        fill("t", 0, 0, 3);
        fill("u", 0, 0, 3);
        get(subscription.unbind(all("u")));
        fill("u", 0, 3, 5);
        assertThat(stats(subscription).ready()).isEqualTo(6);
        get(subscription.seek(Map.of(partition("u", 0), Long.MAX_VALUE)));
        assertThat(texts(consume(3))).containsExactly("t0-0", "t0-1", "t0-2");
        assertThat(get(subscription.progress())).extracting(PartitionProgress::partition)
            .containsExactlyInAnyOrder(partition("t", 0), partition("t", 1));
        fixture.restart();
        assertThat(stats(fixture.find("s")).ready()).isZero();
    }

    @Test
    void aBindingBeginsAtOffsetsThatAreNamed() {
        Subscription subscription = subscription(0);
        fill("t", 0, 0, 4);
        fill("t", 1, 0, 4);
        get(subscription.bind(all("t"), Map.of(partition("t", 0), 3L)));
        fill("t", 1, 4, 5);
        assertThat(texts(consume(2))).containsExactlyInAnyOrder("t0-3", "t1-4");
    }
}
