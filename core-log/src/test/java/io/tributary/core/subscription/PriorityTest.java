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
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.BacklogLimit;
import io.tributary.core.model.BackOff;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterTarget.ToTopic;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriorityTest {
    private static final SubscriptionLimits SMALL =
        new SubscriptionLimits(4, 1 << 20, 1 << 20, Duration.ofMillis(50), Duration.ofSeconds(5));
    private static final DeliveryPolicy TEN = DeliveryPolicy.NONE.withMaxPriority(10);

    private SubscriptionFixture fixture = new SubscriptionFixture();

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void useSmallWindow() {
        fixture.close();
        fixture = new SubscriptionFixture(SMALL, null);
    }

    private Subscription create(DeliveryPolicy policy, Binding... bindings) {
        fixture.topics.topic("t", 1);
        return get(fixture.subscriptions.create(name("s"), SubscriptionConfig.DURABLE.withPolicy(policy), List.of(bindings),
            StartPosition.LATEST));
    }

    private Subscription create() {
        return create(TEN, all("t"));
    }

    private void publish(int priority, String... texts) {
        for (String text : texts) {
            publish(text, Header.of(HeaderNames.PRIORITY, String.valueOf(priority)));
        }
    }

    private void publish(String text, Header... headers) {
        fixture.topics.partition("t").publish(null, text.getBytes(StandardCharsets.UTF_8), Headers.of(headers), fixture.wallMillis());
    }

    private static String[] numbered(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }

    private static Consumer attach(Subscription subscription) {
        return get(subscription.attach(ConsumerOptions.SHARED, new RecordingHandler()));
    }

    /** Pulls until it has as many, or nothing is ready. */
    private static List<Delivery> pull(Consumer consumer, int count) {
        List<Delivery> pulled = new ArrayList<>();
        List<Delivery> some = get(consumer.pull(count, Duration.ZERO));
        while (!some.isEmpty()) {
            pulled.addAll(some);
            some = pulled.size() == count ? List.of() : get(consumer.pull(count - pulled.size(), Duration.ZERO));
        }
        return pulled;
    }

    private void awaitReady(int count) {
        awaitThat(() -> assertThat(stats(fixture.find("s")).ready()).isEqualTo(count));
    }

    @Test
    void deliversTheHighestFirstAndWithinAPriorityTheOldest() {
        Consumer consumer = attach(create());
        publish(1, "b1", "b2");
        publish("a1");
        publish(9, "c1");
        publish(1, "b3");
        publish(9, "c2");
        publish(0, "a2");
        assertThat(texts(pullAll(consumer))).containsExactly("c1", "c2", "b1", "b2", "b3", "a1", "a2");
    }

    @ParameterizedTest
    @CsvSource({"10, 10", "11, 10", "255, 10", "99999999999999999999, 10", "007, 7", "-1, 0", "high, 0", "'', 0", "5.5, 0"})
    void readsAPriorityAsANumberOfAtMostItsHighest(String header, int level) {
        Consumer consumer = attach(create());
        publish("this", Header.of(HeaderNames.PRIORITY, header));
        publish(level, "as that");
        if (level < 10) {
            publish(level + 1, "above");
        }
        if (level > 0) {
            publish(level - 1, "below");
        }
        List<String> expected = Stream.of(level < 10 ? "above" : null, "this", "as that", level > 0 ? "below" : null)
            .filter(Objects::nonNull).toList();
        assertThat(texts(pullAll(consumer))).isEqualTo(expected);
    }

    @Test
    void doesNotLookAtPrioritiesUnlessItsPolicySaysSo() {
        Consumer consumer = attach(create(DeliveryPolicy.NONE, all("t")));
        publish(1, "a");
        publish(9, "b");
        assertThat(texts(pullAll(consumer))).containsExactly("a", "b");
    }

    @Test
    void overtakesWhatWaitsInTheWindowAndNotWhatIsDelivered() {
        Subscription subscription = create();
        RecordingHandler handler = new RecordingHandler();
        Consumer consumer = fixture.attach(subscription, handler, 1);
        publish(0, "a1", "a2", "a3");
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a1"));
        publish(5, "b1");
        publish(7, "c1");
        stats(subscription);
        assertThat(handler.texts()).containsExactly("a1");
        consumer.request(3);
        awaitThat(() -> assertThat(handler.texts()).containsExactly("a1", "c1", "b1", "a2"));
    }

    @Test
    void findsTheHighestBehindABacklogThatTheWindowDoesNotHold() {
        Subscription subscription = create();
        publish(0, numbered("a", 60_000));
        publish(3, "b");
        publish(0, "a60000");
        publish(7, "c");
        Consumer consumer = attach(subscription);
        assertThat(texts(pull(consumer, 3))).containsExactly("c", "b", "a0");
        // Now that the window is full.
        publish(2, numbered("d", 20));
        publish(9, "e");
        assertThat(texts(pull(consumer, 22))).startsWith("e", "d0").endsWith("d19", "a1");
        awaitReady(60_001 - 2);
    }

    @Test
    void keepsItsOrderWithAWindowOfFew() {
        useSmallWindow();
        Subscription subscription = create();
        List<String> expected = new ArrayList<>();
        for (int level = 10; level >= 0; level--) {
            expected.addAll(List.of(numbered(level + "-", 50)));
        }
        for (int i = 0; i < 50; i++) {
            for (int level = 0; level <= 10; level++) {
                publish(level, level + "-" + i);
            }
        }
        assertThat(texts(pullAll(attach(subscription)))).isEqualTo(expected);
    }

    @Test
    void whatComesWhileTheWindowIsFullIsNextIfItIsHigher() {
        useSmallWindow();
        Consumer consumer = attach(create());
        publish(0, numbered("a", 20));
        List<String> received = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            publish(1 + i % 10, "b" + i);
            publish(0, "later" + i);
            received.addAll(texts(pull(consumer, 2)));
        }
        List<String> expected = IntStream.range(0, 10).boxed().flatMap(i -> Stream.of("b" + i, "a" + i)).toList();
        assertThat(received).isEqualTo(expected);
    }

    @Test
    void whatComesBackGoesToItsPlaceWithinItsPriority() {
        useSmallWindow();
        Consumer consumer = attach(create());
        publish(2, numbered("b", 8));
        publish(5, "c0", "c1");
        List<Delivery> taken = pull(consumer, 5);
        assertThat(texts(taken)).containsExactly("c0", "c1", "b0", "b1", "b2");
        publish(5, "c2");
        get(consumer.settle(List.of(taken.get(3), taken.get(0)), Settlement.REQUEUE));
        assertThat(texts(pullAll(consumer))).containsExactly("c0", "c2", "b1", "b3", "b4", "b5", "b6", "b7");
    }

    @Test
    void outlivesARestart() {
        useSmallWindow();
        Subscription subscription = create();
        Consumer consumer = attach(subscription);
        publish(1, numbered("a", 10));
        publish(4, numbered("b", 10));
        publish(9, "c0", "c1");
        List<Delivery> taken = pull(consumer, 4);
        assertThat(texts(taken)).containsExactly("c0", "c1", "b0", "b1");
        get(consumer.settle(List.of(taken.get(0), taken.get(2)), Settlement.ACK));
        fixture.restart();
        awaitReady(20);
        publish(4, "b10");
        List<Delivery> rest = pullAll(attach(fixture.find("s")));
        assertThat(texts(rest)).startsWith("c1", "b1", "b2").containsSubsequence("b9", "b10", "a0", "a1").endsWith("a8", "a9").hasSize(21);
        assertThat(rest).extracting(Delivery::redelivered).startsWith(true, true, false);
        assertThat(rest).extracting(Delivery::deliveryCount).startsWith(2, 2, 1);
        assertThat(fixture.find("s").config().policy().maxPriority()).isEqualTo(10);
    }

    @Test
    void bringsNothingBackAfterACrashThatWasSettledAheadOfTheRest() {
        useSmallWindow();
        Subscription subscription = create();
        Consumer consumer = attach(subscription);
        publish(1, numbered("a", 100));
        publish(9, numbered("c", 30));
        get(consumer.settle(pull(consumer, 32), Settlement.ACK));
        publish(1, "a100");
        publish(4, numbered("b", 10));
        publish(9, "c30", "c31");
        get(consumer.settle(pull(consumer, 1), Settlement.ACK));
        fixture.advance(Duration.ofSeconds(1));
        stats(subscription);
        fixture.crash();
        awaitReady(99 + 10 + 1);
        publish(4, "b10");
        List<String> rest = texts(pullAll(attach(fixture.find("s"))));
        assertThat(rest).startsWith("c31", "b0").containsSubsequence("b9", "b10", "a2", "a3", "a100").doesNotHaveDuplicates().hasSize(111);
        assertThat(rest).doesNotContain("a0", "a1", "c0", "c29", "c30");
    }

    @Test
    void twoCrashesWhileItsReferencesAreFoundAgainLoseNothing() {
        useSmallWindow();
        Consumer consumer = attach(create());
        publish(1, numbered("a", 5_000));
        publish(9, numbered("c", 30));
        get(consumer.settle(pull(consumer, 30), Settlement.ACK));
        get(consumer.settle(pull(consumer, 1), Settlement.ACK));
        fixture.advance(Duration.ofSeconds(1));
        stats(fixture.find("s"));
        fixture.crash();
        fixture.advance(Duration.ofSeconds(1));
        fixture.crash();
        fixture.advance(Duration.ofSeconds(1));
        fixture.restart();
        awaitReady(4_999);
        assertThat(texts(pullAll(attach(fixture.find("s"))))).containsExactly(
            List.of(numbered("a", 5_000)).subList(1, 5_000).toArray(String[]::new));
    }

    @Test
    void writesLittleAboutABacklogThatItHasNotTaken() {
        Subscription subscription = create();
        for (int i = 0; i < 20_000; i++) {
            publish(i % 3, "text");
        }
        Consumer consumer = attach(subscription);
        List<Delivery> taken = pull(consumer, 10);
        fixture.advance(Duration.ofSeconds(1));
        stats(subscription);
        get(consumer.settle(taken, Settlement.ACK));
        fixture.advance(Duration.ofSeconds(1));
        stats(subscription);
        FakePartition states = fixture.topics.partition("__subscriptions");
        awaitThat(() -> {
            List<Record> records = get(states.readRecords(0, Integer.MAX_VALUE, Integer.MAX_VALUE));
            assertThat(records).hasSizeGreaterThan(2)
                .allSatisfy(record -> assertThat(record.value() == null ? 0 : record.value().length).isLessThan(3_000));
        });
    }

    @Test
    void ofEveryPriorityTheFirstExpiresInTime() {
        fixture.topics.topic("dead", 1);
        create(TEN.withMessageTtl(Duration.ofMinutes(10)).withDeadLetter(ToTopic.ownKey(TopicName.of("dead"))), all("t"));
        Header soon = Header.of(HeaderNames.EXPIRATION, "1000");
        publish(8, "stays");
        publish("ends1", soon);
        publish("ends2", soon, Header.of(HeaderNames.PRIORITY, "3"));
        publish("ends3", soon, Header.of(HeaderNames.PRIORITY, "3"));
        awaitReady(4);
        fixture.advance(Duration.ofMillis(1_500));
        awaitReady(1);
        assertThat(texts(pullAll(attach(fixture.find("s"))))).containsExactly("stays");
        assertThat(get(fixture.topics.partition("dead").readRecords(0, 10, 1_000)))
            .extracting(record -> new String(Objects.requireNonNull(record.value()), StandardCharsets.UTF_8))
            .containsExactlyInAnyOrder("ends1", "ends2", "ends3");
    }

    @Test
    void lowPrioritiesExpireBehindABacklogOfHigherOnes() {
        useSmallWindow();
        fixture.topics.topic("dead", 1);
        create(TEN.withDeadLetter(ToTopic.ownKey(TopicName.of("dead"))), all("t"));
        publish(8, numbered("stays", 100));
        Header soon = Header.of(HeaderNames.EXPIRATION, "1000");
        for (int i = 0; i < 500; i++) {
            publish("ends" + i, soon, Header.of(HeaderNames.PRIORITY, String.valueOf(i % 3)));
        }
        Consumer consumer = attach(fixture.find("s"));
        assertThat(texts(pull(consumer, 2))).containsExactly("stays0", "stays1");
        fixture.advance(Duration.ofMillis(1_500));
        awaitThat(() -> assertThat(fixture.topics.partition("dead").highWatermark()).isEqualTo(500));
        assertThat(texts(pullAll(consumer))).hasSize(98).allMatch(text -> text.startsWith("stays"));
    }

    @Test
    void dropsItsHeadWhichIsTheHighestBeyondItsLimit() {
        useSmallWindow();
        fixture.topics.topic("t", 1);
        get(fixture.subscriptions.create(name("s"), SubscriptionConfig.DURABLE.withPolicy(TEN)
            .withLimit(new BacklogLimit(12, BacklogLimit.UNLIMITED, BacklogLimit.Overflow.DROP_HEAD)), List.of(all("t")),
            StartPosition.LATEST));
        publish(0, numbered("a", 10));
        publish(7, "b0", "b1");
        awaitReady(12);
        publish(0, "a10");
        awaitThat(() -> assertThat(stats(fixture.find("s")).ready()).isEqualTo(12));
        assertThat(texts(pullAll(attach(fixture.find("s"))))).startsWith("b1", "a0").endsWith("a10").hasSize(12);
    }

    @Test
    void countsBytesOfAllPriorities() {
        fixture.topics.topic("t", 1);
        get(fixture.subscriptions.create(name("s"), SubscriptionConfig.DURABLE.withPolicy(TEN)
            .withLimit(new BacklogLimit(BacklogLimit.UNLIMITED, 10, BacklogLimit.Overflow.DROP_HEAD)), List.of(all("t")),
            StartPosition.LATEST));
        publish(0, "1234", "5678");
        publish(3, "90");
        awaitReady(3);
        publish(1, "x");
        awaitReady(3);
        assertThat(texts(pullAll(attach(fixture.find("s"))))).containsExactly("x", "1234", "5678");
    }

    @Test
    void purgesAndCountsAllPriorities() {
        useSmallWindow();
        Subscription subscription = create();
        for (int i = 0; i < 100; i++) {
            publish(i % 12, "text");
        }
        awaitReady(100);
        Consumer consumer = attach(subscription);
        List<Delivery> taken = pull(consumer, 10);
        assertThat(stats(subscription).outstanding()).isEqualTo(10);
        assertThat(get(subscription.purge())).isEqualTo(90);
        assertThat(pullAll(consumer)).isEmpty();
        publish(2, "b");
        publish(3, "c");
        get(consumer.settle(taken.subList(0, 1), Settlement.REQUEUE));
        assertThat(texts(pullAll(consumer))).containsExactly("text", "c", "b");
    }

    @Test
    void givesItsWindowBackWhenNobodyConsumes() {
        Subscription subscription = create();
        publish(1, "a");
        publish(5, "b0", "b1");
        Consumer consumer = attach(subscription);
        assertThat(texts(pull(consumer, 1))).containsExactly("b0");
        get(consumer.close());
        fixture.advance(Duration.ofMinutes(1));
        stats(subscription);
        publish(5, "b2");
        publish(6, "c");
        assertThat(texts(pullAll(attach(subscription)))).containsExactly("c", "b0", "b1", "b2", "a");
    }

    @Test
    void aBindingsPastIsTakenByItsPriority() {
        useSmallWindow();
        Subscription subscription = create(TEN, subject("t", "x"));
        FakePartition partition = fixture.topics.partition("t");
        for (int i = 0; i < 30; i++) {
            byte[] key = (i % 2 == 0 ? "x" : "y").getBytes(StandardCharsets.UTF_8);
            partition.publish(key, ("m" + i).getBytes(StandardCharsets.UTF_8),
                Headers.of(Header.of(HeaderNames.PRIORITY, String.valueOf(i / 10))), i);
        }
        get(subscription.bind(subject("t", "y"), StartPosition.EARLIEST));
        List<String> received = texts(pullAll(attach(subscription)));
        List<String> expected = Stream.of("m2", "m1", "m").flatMap(start -> IntStream.range(0, 10).mapToObj(i -> start + i)).toList();
        assertThat(received).isEqualTo(expected);
    }

    @Test
    void goesByPriorityOverAllPartitionsAndTopics() {
        fixture.topics.topic("t", 3);
        fixture.topics.topic("u", 1);
        Subscription subscription = create(TEN, all("t"), all("u"));
        FakeTopics.FakeTopic topic = fixture.topics.topic("t", 3);
        List<FakePartition> partitions =
            List.of(topic.partition(0), topic.partition(1), topic.partition(2), fixture.topics.partition("u"));
        for (int i = 0; i < 400; i++) {
            partitions.get(i % 4).publish(null, ("m" + i).getBytes(StandardCharsets.UTF_8),
                Headers.of(Header.of(HeaderNames.PRIORITY, String.valueOf(i % 9))), i);
        }
        List<String> expected = new ArrayList<>();
        for (int level = 8; level >= 0; level--) {
            for (int i = level; i < 400; i += 9) {
                expected.add("m" + i);
            }
        }
        awaitReady(400);
        assertThat(texts(pullAll(attach(subscription)))).isEqualTo(expected);
    }

    @Test
    void slowReadsDoNotLetALowerOnePass() {
        ExecutorService reads = Executors.newSingleThreadExecutor();
        fixture.close();
        fixture = new SubscriptionFixture(SMALL, reads);
        try {
            Subscription subscription = create();
            publish(0, numbered("a", 3_000));
            publish(4, numbered("b", 100));
            publish(9, "c");
            RecordingHandler handler = new RecordingHandler();
            Consumer consumer = fixture.attach(subscription, handler, 50);
            awaitThat(() -> assertThat(handler.deliveries()).hasSize(50));
            publish(5, "d");
            consumer.request(60);
            awaitThat(() -> assertThat(handler.deliveries()).hasSize(110));
            List<String> texts = handler.texts();
            assertThat(texts).startsWith("c", "b0", "b1").contains("d").endsWith("a6", "a7");
            assertThat(texts.subList(50, 60)).contains("d");
            assertThat(texts.stream().filter(text -> text.startsWith("b"))).containsExactly(numbered("b", 100));
        } finally {
            reads.shutdown();
        }
    }

    @Test
    void findsTheHighestAlthoughAllMemoryIsTaken() {
        fixture.close();
        fixture = new SubscriptionFixture(new SubscriptionLimits(1_000, 8 << 20, 1, Duration.ofMillis(50), Duration.ofSeconds(5)), null);
        Consumer consumer = attach(create(TEN, all("t")));
        String filler = "x".repeat(40_000);
        for (int i = 0; i < 20; i++) {
            publish(0, "a" + i + filler);
        }
        List<String> received = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            publish(3, "b" + i + filler);
            publish(1 + i, "c" + i + filler);
            received.addAll(texts(pull(consumer, 3)).stream().map(text -> text.substring(0, 2)).toList());
        }
        assertThat(received).containsExactly("b0", "c0", "a0", "b1", "c1", "a1", "b2", "c2", "a2", "c3", "b3", "a3", "c4", "b4", "a4",
            "c5", "b5", "a5", "c6", "b6", "a6", "c7", "b7", "a7", "c8", "b8", "a8", "c9", "b9", "a9");
    }

    @Test
    void whatWaitsAfterItWasGivenBackLetsLowerOnesPass() {
        Consumer consumer = attach(create(TEN.withBackOff(new BackOff(Duration.ofSeconds(2), Duration.ofSeconds(2))), all("t")));
        publish(1, "a");
        publish(5, "b");
        get(consumer.settle(pull(consumer, 1), Settlement.REQUEUE));
        assertThat(texts(pull(consumer, 1))).containsExactly("a");
        publish(1, "a1");
        fixture.advance(Duration.ofSeconds(3));
        assertThat(texts(pullAll(consumer))).containsExactly("b", "a1");
    }

    @Test
    void theOneActiveConsumerTakesTheHighestAndTheNextOneAfterIt() {
        Subscription subscription = create(TEN.withDispatch(DeliveryPolicy.Dispatch.SINGLE_ACTIVE), all("t"));
        publish(1, "a0", "a1");
        publish(7, "b0", "b1");
        RecordingHandler first = new RecordingHandler();
        RecordingHandler second = new RecordingHandler();
        Consumer active = fixture.attach(subscription, first, 1);
        fixture.attach(subscription, second, 4);
        awaitThat(() -> assertThat(first.texts()).containsExactly("b0"));
        publish(8, "c");
        stats(subscription);
        assertThat(second.texts()).isEmpty();
        get(active.close());
        awaitThat(() -> assertThat(second.texts()).containsExactly("c", "b0", "b1", "a0"));
    }

    @Test
    void theConsumerOfTheHigherPriorityTakesTheHighestRecords() {
        Subscription subscription = create();
        RecordingHandler low = new RecordingHandler();
        RecordingHandler high = new RecordingHandler();
        publish(1, "a0", "a1");
        publish(7, "b0", "b1");
        Consumer first = get(subscription.attach(ConsumerOptions.SHARED.withPriority(5), high));
        first.request(2);
        get(subscription.attach(ConsumerOptions.SHARED, low)).request(10);
        awaitThat(() -> assertThat(low.texts()).containsExactly("a0", "a1"));
        assertThat(high.texts()).containsExactly("b0", "b1");
    }

    @Test
    void cannotKeepTheOrderOfKeysToo() {
        assertThatThrownBy(() -> TEN.withDispatch(DeliveryPolicy.Dispatch.BY_KEY)).isInstanceOf(BrokerException.class)
            .extracting(e -> ((BrokerException) e).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        for (int bad : new int[] {-1, 256}) {
            assertThatThrownBy(() -> DeliveryPolicy.NONE.withMaxPriority(bad)).isInstanceOf(BrokerException.class)
                .extracting(e -> ((BrokerException) e).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
    }
}
