package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.all;
import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.name;
import static io.tributary.core.subscription.SubscriptionFixture.pullAll;
import static io.tributary.core.subscription.SubscriptionFixture.subject;
import static io.tributary.core.subscription.SubscriptionFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Binding;
import io.tributary.core.model.DeadLetterHistory;
import io.tributary.core.model.DeadLetterReason;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DurableSubscriptionTest {
    private final TestBroker broker = TestBroker.start();
    private final RecordingHandler handler = new RecordingHandler();

    @AfterEach
    void close() {
        broker.close();
    }

    private void topic(String name, int partitions) {
        get(broker.broker().topics().create(TopicName.of(name), TopicConfig.ofPartitions(partitions)));
    }

    private void publish(String topic, String... texts) {
        for (String text : texts) {
            get(broker.broker().publisher().publish(PublishRequest.of(TopicName.of(topic), text.getBytes(StandardCharsets.UTF_8),
                text.getBytes(StandardCharsets.UTF_8), Headers.EMPTY)));
        }
    }

    private Subscription create(String name, Binding... bindings) {
        return get(broker.broker().subscriptions().create(name(name),
            new SubscriptionConfig(true, Map.of("test.note", "kept")), List.of(bindings), StartPosition.LATEST));
    }

    private Subscription find(String name) {
        return Objects.requireNonNull(broker.broker().subscriptions().find(name(name)));
    }

    private Consumer attach(Subscription subscription, int credit) {
        Consumer consumer = get(subscription.attach(ConsumerOptions.SHARED, handler));
        if (credit > 0) {
            consumer.request(credit);
        }
        return consumer;
    }

    @Test
    void outlivesARestartWithItsBindingsAndAcknowledgements() {
        topic("t", 1);
        create("s", all("t"), subject("t", "x"));
        publish("t", "a", "b", "c", "d", "e");
        Consumer consumer = attach(find("s"), 4);
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b", "c", "d"));
        get(consumer.settle(List.of(handler.delivery(0), handler.delivery(2)), Settlement.ACK));
        broker.restart();
        Subscription restored = find("s");
        assertThat(restored.bindings()).containsExactly(all("t"), subject("t", "x"));
        assertThat(restored.config().attributes()).containsEntry("test.note", "kept");
        assertThat(restored.config().durable()).isTrue();
        publish("t", "f");
        List<Delivery> rest = pullAll(attach(restored, 0));
        assertThat(texts(rest)).containsExactly("b", "d", "e", "f");
        assertThat(rest).extracting(Delivery::redelivered).containsExactly(true, true, false, false);
        assertThat(rest).extracting(Delivery::deliveryCount).containsExactly(2, 2, 1, 1);
    }

    @Test
    void anOrderlyRestartBringsNothingBackThatWasAcknowledged() {
        topic("t", 1);
        create("s", all("t"));
        publish("t", "a", "b");
        Consumer consumer = attach(find("s"), 0);
        List<Delivery> pulled = pullAll(consumer);
        get(consumer.settle(pulled, Settlement.ACK));
        broker.restart();
        assertThat(pullAll(attach(find("s"), 0))).isEmpty();
    }

    @Test
    void losesNothingWhenKilledAndMarksWhatMayHaveBeenDelivered() {
        topic("t", 1);
        create("s", all("t"));
        publish("t", "a", "b", "c");
        Consumer consumer = attach(find("s"), 2);
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b"));
        get(consumer.settle(List.of(handler.delivery(0)), Settlement.ACK));
        broker.kill();
        publish("t", "d");
        List<Delivery> rest = pullAll(attach(find("s"), 0));
        assertThat(texts(rest)).endsWith("b", "c", "d");
        assertThat(texts(rest)).isSubsetOf("a", "b", "c", "d").doesNotHaveDuplicates();
        assertThat(rest.get(rest.size() - 3).redelivered()).isTrue();
        assertThat(rest.get(rest.size() - 1).redelivered()).isFalse();
    }

    @Test
    void acknowledgementsThatWereFlushedStayWhenKilled() {
        topic("t", 1);
        create("s", all("t"));
        publish("t", "a", "b");
        Consumer consumer = attach(find("s"), 2);
        awaitThat(() -> assertThat(handler.texts()).hasSize(2));
        get(consumer.settle(handler.deliveries(), Settlement.ACK));
        TopicName state = TopicName.of("__subscriptions");
        long before = Objects.requireNonNull(broker.broker().topics().find(state)).partition(0).highWatermark();
        // Two flushes on, whatever was settled before the first of them is written.
        awaitThat(() -> {
            publish("t", "x");
            long now = Objects.requireNonNull(broker.broker().topics().find(state)).partition(0).highWatermark();
            consumer.request(1);
            assertThat(now).isGreaterThanOrEqualTo(before + 3);
        });
        broker.kill();
        assertThat(texts(pullAll(attach(find("s"), 0)))).doesNotContain("a", "b");
    }

    @Test
    void bindingsChangeDurably() {
        topic("t", 1);
        topic("u", 1);
        Subscription subscription = create("s", all("t"));
        publish("t", "t1");
        get(subscription.unbind(all("t")));
        publish("u", "u0");
        get(subscription.bind(all("u"), StartPosition.LATEST));
        publish("t", "t2");
        publish("u", "u1");
        broker.kill();
        publish("u", "u2");
        assertThat(find("s").bindings()).containsExactly(all("u"));
        assertThat(texts(pullAll(attach(find("s"), 0)))).containsExactly("t1", "u1", "u2");
    }

    @Test
    void topicsThatCameAfterAWideBindingAreTakenFromTheirFirstRecord() {
        topic("old", 1);
        publish("old", "not this");
        create("s", new Binding(null, new Filter.MatchingAddress(SubjectPattern.parse("#", '/', "+", "#"))));
        topic("new", 2);
        publish("new", "a", "b", "c");
        broker.kill();
        Consumer consumer = attach(find("s"), 0);
        List<Delivery> first = pullAll(consumer);
        assertThat(texts(first)).containsExactlyInAnyOrder("a", "b", "c");
        get(consumer.settle(first, Settlement.ACK));
        broker.restart();
        assertThat(pullAll(attach(find("s"), 0))).isEmpty();
        publish("new", "d");
        publish("old", "e");
        assertThat(texts(pullAll(attach(find("s"), 0)))).containsExactly("d", "e");
    }

    @Test
    void whatIsDeletedOrTransientIsGoneAfterARestart() {
        topic("t", 1);
        create("deleted", all("t"));
        create("kept", all("t"));
        get(broker.broker().subscriptions()
            .create(name("transient"), SubscriptionConfig.TRANSIENT, List.of(all("t")), StartPosition.LATEST));
        publish("t", "a");
        assertThat(get(broker.broker().subscriptions().delete(name("deleted")))).isEqualTo(1);
        broker.restart();
        assertThat(broker.broker().subscriptions().list(Namespace.DEFAULT)).extracting(s -> s.name().name()).containsExactly("kept");
        create("deleted", all("t"));
        assertThat(pullAll(attach(find("deleted"), 0))).isEmpty();
    }

    @Test
    void recordsOfSeveralPartitionsComeByTheirTimeAfterARestart() {
        topic("t", 4);
        create("s", all("t"));
        for (int i = 0; i < 40; i++) {
            get(broker.broker().publisher().publish(PublishRequest.of(TopicName.of("t"), null, ("m" + i).getBytes(StandardCharsets.UTF_8),
                Headers.EMPTY).withPartition(i % 4).withTimestamp(1_000 + i)));
        }
        broker.restart();
        List<String> texts = texts(pullAll(attach(find("s"), 0)));
        for (int i = 0; i < 40; i++) {
            assertThat(texts.get(i)).isEqualTo("m" + i);
        }
    }

    @Test
    void aTopicThatIsDeletedTakesItsBindingAlong() {
        topic("t", 1);
        topic("u", 1);
        create("s", all("t"), all("u"));
        publish("t", "gone");
        publish("u", "kept");
        get(broker.broker().topics().delete(TopicName.of("t")));
        broker.restart();
        assertThat(find("s").bindings()).containsExactly(all("u"));
        assertThat(texts(pullAll(attach(find("s"), 0)))).containsExactly("kept");
    }

    @Test
    void deadLettersAndTheirPolicyOutliveAKill() {
        topic("t", 1);
        topic("dead", 1);
        DeliveryPolicy policy = DeliveryPolicy.NONE.withDeadLetter(DeadLetterTarget.ToTopic.ownKey(TopicName.of("dead")))
            .withMessageTtl(Duration.ofMillis(200)).withMaxDeliveries(3);
        get(broker.broker().subscriptions().create(name("s"), SubscriptionConfig.DURABLE.withPolicy(policy), List.of(all("t")),
            StartPosition.LATEST));
        get(broker.broker().subscriptions().create(name("sink"), SubscriptionConfig.DURABLE, List.of(all("dead")), StartPosition.LATEST));
        publish("t", "a", "b");
        broker.kill();
        publish("t", "c");
        Consumer sink = attach(find("sink"), 100);
        awaitThat(() -> assertThat(handler.texts()).contains("a", "b", "c"));
        assertThat(find("s").config().policy()).isEqualTo(policy);
        awaitThat(() -> assertThat(get(find("s").stats()).ready()).isZero());
        assertThat(DeadLetterHistory.of(handler.delivery(0).record().headers()).events().get(0).reason())
            .isEqualTo(DeadLetterReason.EXPIRED);
        get(sink.settle(handler.deliveries(), Settlement.ACK));
    }

    private void publish(int priority, int from, int count) {
        Headers headers = Headers.of(Header.of(HeaderNames.PRIORITY, String.valueOf(priority)));
        List<CompletableFuture<?>> published = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            published.add(broker.broker().publisher().publish(PublishRequest.of(TopicName.of("t"), null,
                (priority + "-" + i).getBytes(StandardCharsets.UTF_8), headers)).toCompletableFuture());
        }
        get(CompletableFuture.allOf(published.toArray(new CompletableFuture<?>[0])));
    }

    @Test
    void prioritiesOfABacklogThatTheWindowDoesNotHoldOutliveKills() {
        topic("t", 1);
        get(broker.broker().subscriptions().create(name("s"), SubscriptionConfig.DURABLE.withPolicy(DeliveryPolicy.NONE.withMaxPriority(9)),
            List.of(all("t")), StartPosition.LATEST));
        publish(0, 0, 15_000);
        publish(7, 0, 3);
        Consumer consumer = attach(find("s"), 0);
        List<Delivery> first = get(consumer.pull(3, Duration.ZERO));
        assertThat(texts(first)).containsExactly("7-0", "7-1", "7-2");
        get(consumer.settle(first.subList(0, 2), Settlement.ACK));
        broker.restart();
        publish(0, 15_000, 10);
        publish(3, 0, 1);
        broker.kill();
        publish(9, 0, 1);
        Consumer last = attach(find("s"), 0);
        List<Delivery> rest = pullAll(last);
        assertThat(texts(rest)).startsWith("9-0", "7-2", "3-0", "0-0", "0-1").endsWith("0-15009").hasSize(15_013).doesNotHaveDuplicates();
    }
}
