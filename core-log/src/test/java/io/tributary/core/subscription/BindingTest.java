package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.all;
import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.name;
import static io.tributary.core.subscription.SubscriptionFixture.pullAll;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
import static io.tributary.core.subscription.SubscriptionFixture.subject;
import static io.tributary.core.subscription.SubscriptionFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.TopicName;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BindingTest {
    private final SubscriptionFixture fixture = new SubscriptionFixture();
    private final RecordingHandler handler = new RecordingHandler();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static Binding address(String filter) {
        return new Binding(null, new Filter.MatchingAddress(SubjectPattern.parse(filter, '/', "+", "#")));
    }

    @Test
    void takesWhatIsPublishedAfterItWasMade() {
        fixture.topics.topic("t", 1);
        fixture.publish("t", "before");
        Subscription subscription = fixture.subscription("s", "t");
        fixture.publish("t", "after");
        assertThat(texts(pullAll(fixture.attach(subscription, handler, 0)))).containsExactly("after");
    }

    @Test
    void takesAllThatIsStillThereWhenAsked() {
        fixture.topics.topic("t", 1);
        fixture.publish("t", "a", "b", "c");
        get(fixture.topics.partition("t").deleteBefore(1));
        Subscription subscription = fixture.subscription("s", StartPosition.EARLIEST, all("t"));
        fixture.publish("t", "d");
        assertThat(stats(subscription).ready()).isEqualTo(3);
        assertThat(texts(pullAll(fixture.attach(subscription, handler, 0)))).containsExactly("b", "c", "d");
    }

    @Test
    void whatTwoBindingsTakeIsDeliveredOnce() {
        fixture.topics.topic("t", 1);
        Subscription subscription = fixture.subscription("s", StartPosition.LATEST, all("t"), subject("t", "x"));
        fixture.topics.partition("t").publish("x", "both");
        fixture.topics.partition("t").publish("y", "one");
        assertThat(stats(subscription).ready()).isEqualTo(2);
        assertThat(texts(pullAll(fixture.attach(subscription, handler, 0)))).containsExactly("both", "one");
    }

    @Test
    void filtersDecideWhatIsTakenAndCounted() {
        fixture.topics.topic("t", 1);
        Subscription subscription = fixture.subscription("s", StartPosition.LATEST, subject("t", "x"));
        for (int i = 0; i < 5_000; i++) {
            fixture.topics.partition("t").publish(i % 10 == 0 ? "x" : "y", "m" + i);
        }
        assertThat(stats(subscription).ready()).isEqualTo(500);
        assertThat(pullAll(fixture.attach(subscription, handler, 0))).hasSize(500);
    }

    @Test
    void unbindingKeepsWhatWasPublishedBefore() {
        Subscription subscription = fixture.subscription("s", "t");
        fixture.publish("t", "before");
        get(subscription.unbind(all("t")));
        fixture.publish("t", "after");
        assertThat(subscription.bindings()).isEmpty();
        assertThat(stats(subscription).ready()).isEqualTo(1);
        assertThat(texts(pullAll(fixture.attach(subscription, handler, 0)))).containsExactly("before");
    }

    @Test
    void bindingAgainLeavesOutWhatWasPublishedBetween() {
        Subscription subscription = fixture.subscription("s", "t");
        fixture.publish("t", "a");
        get(subscription.unbind(all("t")));
        fixture.publish("t", "b");
        get(subscription.bind(all("t"), StartPosition.LATEST));
        fixture.publish("t", "c");
        assertThat(stats(subscription).ready()).isEqualTo(2);
        assertThat(texts(pullAll(fixture.attach(subscription, handler, 0)))).containsExactly("a", "c");
    }

    @Test
    void bindingWhatIsBoundChangesNothing() {
        Subscription subscription = fixture.subscription("s", "t");
        fixture.publish("t", "a");
        get(subscription.bind(all("t"), StartPosition.EARLIEST));
        assertThat(subscription.bindings()).containsExactly(all("t"));
        assertThat(texts(pullAll(fixture.attach(subscription, handler, 0)))).containsExactly("a");
    }

    @Test
    void aLaterBindingOfThePastTakesWhatOthersDidNot() {
        fixture.topics.topic("t", 1);
        FakePartition partition = fixture.topics.partition("t");
        Subscription subscription = fixture.subscription("s", StartPosition.LATEST, subject("t", "x"));
        partition.publish("x", "x1");
        partition.publish("y", "y1");
        partition.publish("z", "z1");
        Consumer consumer = fixture.attach(subscription, handler, 10);
        awaitThat(() -> assertThat(handler.texts()).containsExactly("x1"));
        get(consumer.settle(handler.deliveries(), Settlement.ACK));
        partition.publish("x", "x2");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("x1", "x2"));
        get(subscription.bind(new Binding(TopicName.of("t"), new Filter.MatchingSubject(SubjectPattern.parse("*", '.', "*", "#"))),
            StartPosition.EARLIEST));
        partition.publish("y", "y2");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("x1", "x2", "y1", "z1", "y2"));
    }

    @Test
    void aBindingOverEveryTopicTakesNewTopicsAndPartitionsFromTheirFirstRecord() {
        fixture.topics.topic("old", 1);
        fixture.publish("old", "not this");
        Subscription subscription = fixture.subscription("s", StartPosition.LATEST, address("#"));
        fixture.attach(subscription, handler, 100);
        fixture.publish("old", "a");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a"));
        FakeTopics.FakeTopic made = fixture.topics.topic("made", 1);
        fixture.publish("made", "b");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b"));
        fixture.topics.topic("made", 2);
        made.partition(1).publish(null, "c");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b", "c"));
        fixture.topics.topic("__internal", 1);
        fixture.publish("__internal", "no");
        fixture.publish("old", "d");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "b", "c", "d"));
    }

    @Test
    void anAddressFilterReachesItsTopicAndPathsThatBeginWithNone() {
        fixture.topics.topic("sensors", 1);
        fixture.topics.topic("other", 1);
        fixture.topics.topic("mqtt", 1);
        Subscription subscription = fixture.subscription("s", StartPosition.LATEST, address("sensors/+/temp"), address("/a/#"));
        fixture.topics.partition("sensors").publish("7/temp", "1");
        fixture.topics.partition("sensors").publish("7/humidity", "no");
        fixture.topics.partition("other").publish("7/temp", "no");
        fixture.topics.partition("mqtt").publish("/a/b", "2");
        fixture.topics.partition("mqtt").publish("/b", "no");
        assertThat(texts(pullAll(fixture.attach(subscription, handler, 0)))).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void deletingATopicEndsItsBindingAndDropsItsRecords() {
        fixture.topics.topic("kept", 1);
        Subscription subscription = fixture.subscription("s", "t");
        get(subscription.bind(all("kept"), StartPosition.LATEST));
        Consumer consumer = fixture.attach(subscription, handler, 1);
        fixture.publish("t", "a", "b");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a"));
        get(fixture.topics.delete(TopicName.of("t")));
        assertThat(subscription.bindings()).containsExactly(all("kept"));
        assertThat(stats(subscription).ready()).isZero();
        assertThat(stats(subscription).outstanding()).isZero();
        assertThat(get(consumer.settle(handler.deliveries(), Settlement.REQUEUE))).isZero();
        fixture.publish("kept", "c");
        consumer.request(1);
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a", "c"));
    }

    @Test
    void namesAreTakenOnceAndTopicsMustExist() {
        fixture.subscription("s", "t");
        assertCode(ErrorCode.SUBSCRIPTION_EXISTS,
            () -> get(fixture.subscriptions.create(name("s"), SubscriptionConfig.TRANSIENT, List.of(), StartPosition.LATEST)));
        assertCode(ErrorCode.TOPIC_NOT_FOUND, () -> fixture.subscription("u", StartPosition.LATEST, all("nowhere")));
        assertThat(fixture.subscriptions.find(name("u"))).isNull();
        assertCode(ErrorCode.SUBSCRIPTION_NOT_FOUND, () -> get(fixture.subscriptions.delete(name("u"))));
        fixture.subscription("u", "t");
        assertThat(fixture.subscriptions.list(Namespace.DEFAULT)).extracting(s -> s.name().name()).containsExactly("s", "u");
        get(fixture.subscriptions.delete(name("s")));
        fixture.subscription("s", "t");
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BrokerException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void routesCountSubscriptionsThatTakeARecord() {
        fixture.topics.topic("t", 1);
        fixture.subscription("everything", StartPosition.LATEST, address("#"));
        fixture.subscription("twice", StartPosition.LATEST, all("t"), subject("t", "x"), address("t/#"), address("+/x"));
        Subscription exact = fixture.subscription("exact", StartPosition.LATEST, subject("t", "x"));
        TopicName topic = TopicName.of("t");
        assertThat(fixture.routes.routes(topic, fixture.topics.partition("t").publish(new byte[] {'x'}, null, headers(), 0))).isEqualTo(3);
        assertThat(fixture.routes.routes(topic, fixture.topics.partition("t").publish(null, null, headers(), 0))).isEqualTo(2);
        get(exact.unbind(subject("t", "x")));
        get(fixture.subscriptions.delete(name("everything")));
        assertThat(fixture.routes.routes(topic, fixture.topics.partition("t").publish(new byte[] {'x'}, null, headers(), 0))).isEqualTo(1);
        assertThat(fixture.routes.routes(TopicName.of("other"),
            fixture.topics.partition("t").publish(null, null, headers(), 0))).isZero();
    }

    private static Headers headers() {
        return Headers.EMPTY;
    }

    @Test
    void theConsumedFloorIsTheFirstRecordThatSomebodyNeeds() {
        Subscription subscription = fixture.subscription("s", "t");
        fixture.publish("t", "a", "b", "c");
        FakeTopics.FakeTopic topic = fixture.topics.topic("t", 1);
        Consumer consumer = fixture.attach(subscription, handler, 10);
        awaitThat(() -> assertThat(handler.texts()).hasSize(3));
        get(consumer.settle(List.of(handler.delivery(0), handler.delivery(2)), Settlement.ACK));
        awaitThat(() -> assertThat(fixture.subscriptions.consumedFloor(topic, 0)).isEqualTo(1));
        get(consumer.settle(handler.deliveries(), Settlement.ACK));
        awaitThat(() -> assertThat(fixture.subscriptions.consumedFloor(topic, 0)).isEqualTo(3));
        fixture.publish("t", "d");
        assertThat(fixture.subscriptions.consumedFloor(topic, 0)).isLessThanOrEqualTo(3);
        get(fixture.subscriptions.delete(subscription.name()));
        assertThat(fixture.subscriptions.consumedFloor(topic, 0)).isEqualTo(4);
    }
}
