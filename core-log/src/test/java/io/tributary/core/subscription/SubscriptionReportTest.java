package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.all;
import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.name;
import static io.tributary.core.subscription.SubscriptionFixture.pullAll;
import static io.tributary.core.subscription.SubscriptionFixture.subject;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.stats.SubscriptionCounts;
import io.tributary.core.api.stats.SubscriptionReport;
import io.tributary.core.api.stats.SubscriptionsOverview;
import io.tributary.core.model.BacklogLimit;
import io.tributary.core.model.DeadLetterTarget.ToTopic;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.TopicName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubscriptionReportTest {
    private static final ConsumerOptions AUTO_SETTLE = new ConsumerOptions(false, true, Duration.ZERO);

    private final SubscriptionFixture fixture = new SubscriptionFixture();
    private final RecordingHandler handler = new RecordingHandler();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static SubscriptionReport report(Subscription subscription) {
        return get(subscription.report());
    }

    private static SubscriptionCounts counts(Subscription subscription) {
        return report(subscription).counts();
    }

    private void publishNow(String topic, String... texts) {
        for (String text : texts) {
            fixture.publishNow(topic, null, text);
        }
    }

    @Test
    void countsWhatIsPublishedWhetherOrNotItIsAskedFor() {
        Subscription everything = fixture.subscription("all", "t");
        Subscription some = fixture.subscription("some", StartPosition.LATEST, subject("t", "a"));
        fixture.publishNow("t", "a", "1");
        fixture.publishNow("t", "b", "2");
        fixture.publishNow("t", "a", "3");
        assertThat(counts(everything).published()).isEqualTo(3);
        awaitThat(() -> assertThat(counts(some).published()).isEqualTo(2));
        assertThat(pullAll(fixture.attach(everything, handler, 0))).hasSize(3);
        assertThat(counts(everything)).isEqualTo(new SubscriptionCounts(3, 3, 0, 0, 0, 0, 0));
    }

    @Test
    void countsDeliveriesAcknowledgementsAndWhatComesBack() {
        Subscription subscription = fixture.subscription("s", "t");
        Consumer consumer = fixture.attach(subscription, handler, 0);
        publishNow("t", "a", "b", "c");
        List<Delivery> first = get(consumer.pull(3, Duration.ZERO));
        get(consumer.settle(first.subList(0, 1), Settlement.ACK));
        get(consumer.settle(first.subList(1, 2), Settlement.REQUEUE));
        get(consumer.settle(first.subList(2, 3), Settlement.REJECT));
        assertThat(pullAll(consumer)).hasSize(1);
        assertThat(counts(subscription)).isEqualTo(new SubscriptionCounts(3, 4, 1, 1, 0, 0, 1));
        assertThat(report(subscription).outstanding()).isEqualTo(1);
    }

    @Test
    void whatGoesToAConsumerThatDoesNotAcknowledgeIsAcknowledged() {
        Subscription subscription = fixture.subscription("s", "t");
        Consumer consumer = get(subscription.attach(AUTO_SETTLE, handler));
        consumer.request(10);
        publishNow("t", "a", "b");
        awaitThat(() -> assertThat(counts(subscription)).isEqualTo(new SubscriptionCounts(2, 2, 0, 2, 0, 0, 0)));
    }

    @Test
    void countsDeadLettersExpiredAndDroppedEachOnce() {
        fixture.topics.topic("dead", 1);
        Subscription dead = fixture.subscription("dead", "t", false,
            DeliveryPolicy.NONE.withDeadLetter(ToTopic.ownKey(TopicName.of("dead"))));
        Subscription expiring = fixture.subscription("expiring", "t", false, DeliveryPolicy.NONE.withMessageTtl(Duration.ofSeconds(10)));
        Consumer consumer = fixture.attach(dead, handler, 0);
        publishNow("t", "a", "b");
        get(consumer.settle(get(consumer.pull(1, Duration.ZERO)), Settlement.REJECT));
        fixture.advance(Duration.ofSeconds(11));
        awaitThat(() -> {
            assertThat(counts(dead)).isEqualTo(new SubscriptionCounts(2, 1, 0, 0, 1, 0, 0));
            assertThat(counts(expiring)).isEqualTo(new SubscriptionCounts(2, 0, 0, 0, 0, 2, 0));
        });
    }

    @Test
    void purgedRecordsAreDropped() {
        Subscription read = fixture.subscription("read", "t");
        Subscription unread = fixture.subscription("unread", "t");
        Consumer consumer = fixture.attach(read, handler, 0);
        publishNow("t", "a", "b", "c");
        get(consumer.pull(1, Duration.ZERO));
        assertThat(get(read.purge())).isEqualTo(2);
        assertThat(get(unread.purge())).isEqualTo(3);
        assertThat(counts(read)).isEqualTo(new SubscriptionCounts(3, 1, 0, 0, 0, 0, 2));
        assertThat(counts(unread)).isEqualTo(new SubscriptionCounts(3, 0, 0, 0, 0, 0, 3));
    }

    @Test
    void whatRetentionTakesIsDropped() {
        Subscription subscription = fixture.subscription("s", "t");
        publishNow("t", "a", "b", "c");
        get(fixture.topics.partition("t").deleteBefore(2));
        assertThat(pullAll(fixture.attach(subscription, handler, 0))).hasSize(1);
        assertThat(counts(subscription)).isEqualTo(new SubscriptionCounts(3, 1, 0, 0, 0, 0, 2));
    }

    @Test
    void countsBeginAnewWithTheProcess() {
        fixture.topics.topic("t", 1);
        Subscription before = fixture.subscription("s", "t", true, DeliveryPolicy.NONE);
        fixture.publishNow("t", null, "a");
        fixture.publishNow("t", null, "b");
        get(fixture.attach(before, handler, 0).pull(1, Duration.ZERO));
        assertThat(counts(before).delivered()).isEqualTo(1);
        fixture.restart();
        Subscription after = fixture.find("s");
        assertThat(counts(after)).isEqualTo(SubscriptionCounts.ZERO);
        assertThat(report(after).ready()).isEqualTo(2);
        fixture.publishNow("t", null, "c");
        assertThat(pullAll(fixture.attach(after, new RecordingHandler(), 0))).hasSize(3);
        // The first was delivered before.
        assertThat(counts(after)).isEqualTo(new SubscriptionCounts(1, 3, 1, 0, 0, 0, 0));
    }

    @Test
    void whatAFilterTookBeforeACrashIsNotPublishedAgain() {
        fixture.topics.topic("t", 1);
        get(fixture.subscriptions.create(name("s"), SubscriptionConfig.DURABLE, List.of(subject("t", "a")), StartPosition.LATEST));
        for (int i = 0; i < 5; i++) {
            fixture.publishNow("t", "a", "old");
        }
        fixture.crash();
        fixture.publishNow("t", "a", "new");
        awaitThat(() -> assertThat(report(fixture.find("s")).ready()).isEqualTo(6));
        assertThat(counts(fixture.find("s")).published()).isEqualTo(1);
    }

    @Test
    void theAgeIsThatOfTheOldestRecordNotSettled() {
        Subscription subscription = fixture.subscription("s", "t");
        assertThat(report(subscription).oldestAge()).isNull();
        fixture.publishNow("t", null, "a");
        fixture.advance(Duration.ofSeconds(5));
        fixture.publishNow("t", null, "b");
        fixture.advance(Duration.ofSeconds(2));
        assertThat(report(subscription).oldestAge()).isEqualTo(Duration.ofSeconds(7));
        Consumer consumer = fixture.attach(subscription, handler, 0);
        List<Delivery> both = get(consumer.pull(2, Duration.ZERO));
        assertThat(report(subscription).oldestAge()).as("while it is outstanding").isEqualTo(Duration.ofSeconds(7));
        get(consumer.settle(both.subList(0, 1), Settlement.ACK));
        assertThat(report(subscription).oldestAge()).isEqualTo(Duration.ofSeconds(2));
        get(consumer.settle(both.subList(1, 2), Settlement.ACK));
        assertThat(report(subscription).oldestAge()).isNull();
    }

    @Test
    void theAgeIsReadOnceWhileTheFirstRecordStays() {
        Subscription subscription = fixture.subscription("s", "t");
        publishNow("t", "a", "b");
        report(subscription);
        int reads = fixture.topics.partition("t").reads();
        fixture.advance(Duration.ofSeconds(9));
        for (int i = 0; i < 10; i++) {
            assertThat(report(subscription).oldestAge()).isEqualTo(Duration.ofSeconds(9));
        }
        assertThat(fixture.topics.partition("t").reads()).isEqualTo(reads);
    }

    @Test
    void bytesAreKnownWhereTheyAreLimited() {
        Subscription free = fixture.subscription("free", "t");
        Subscription limited = get(fixture.subscriptions.create(name("limited"),
            SubscriptionConfig.TRANSIENT.withLimit(new BacklogLimit(BacklogLimit.UNLIMITED, 1_000, BacklogLimit.Overflow.DROP_HEAD)),
            List.of(all("t")), StartPosition.LATEST));
        publishNow("t", "12345", "123");
        awaitThat(() -> assertThat(report(limited).readyBytes()).isEqualTo(8L));
        assertThat(report(free).readyBytes()).isNull();
    }

    @Test
    void ratesAreThoseOfTheLastSeconds() {
        Subscription subscription = fixture.subscription("s", StartPosition.LATEST, subject(fixtureTopic(), "a"));
        fixture.attach(subscription, handler, 1_000);
        for (int i = 0; i < 100; i++) {
            fixture.publishNow("t", "a", "x");
        }
        awaitThat(() -> assertThat(handler.texts()).hasSize(100));
        assertThat(report(subscription).rates().delivered().last10s()).isEqualTo(10.0);
        assertThat(report(subscription).rates().published().last60s()).isEqualTo(100 / 60.0);
        for (int seconds = 0; seconds < 20; seconds += 5) {
            fixture.advance(Duration.ofSeconds(5));
            fixture.subscriptions.sampleRates();
        }
        assertThat(report(subscription).rates().delivered().last10s()).isZero();
        assertThat(report(subscription).rates().delivered().last60s()).isEqualTo(100 / 60.0);
    }

    private String fixtureTopic() {
        fixture.topics.topic("t", 1);
        return "t";
    }

    @Test
    void theOverviewSumsUpAndNamesTheLargestFirst() {
        fixture.topics.topic("t", 1);
        fixture.topics.topic("u", 1);
        for (int i = 0; i < 600; i++) {
            fixture.subscription("idle" + i, StartPosition.LATEST, all("u"));
        }
        publishNow("t", "a");
        fixture.subscription("small", StartPosition.LATEST, all("t"));
        fixture.subscription("large", StartPosition.EARLIEST, all("t"));
        publishNow("t", "b", "c");
        SubscriptionsOverview overview = get(fixture.subscriptions.overview(2));
        assertThat(overview.subscriptions()).isEqualTo(602);
        assertThat(overview.ready()).isEqualTo(5);
        assertThat(overview.largest()).extracting(each -> each.name().name()).containsExactly("large", "small");
        assertThat(overview.largest()).extracting(SubscriptionReport::ready).containsExactly(3L, 2L);
        assertThat(get(fixture.subscriptions.overview(0)).largest()).isEmpty();
    }

    @Test
    void whatASubscriptionCountedStaysInTheSumWhenItIsGone() {
        Subscription subscription = fixture.subscription("s", "t");
        Consumer consumer = fixture.attach(subscription, handler, 0);
        publishNow("t", "a", "b");
        get(consumer.settle(get(consumer.pull(1, Duration.ZERO)), Settlement.ACK));
        get(fixture.subscriptions.delete(name("s")));
        awaitThat(() -> {
            SubscriptionsOverview overview = get(fixture.subscriptions.overview(10));
            assertThat(overview.subscriptions()).isZero();
            assertThat(overview.counts().acknowledged()).isEqualTo(1);
            assertThat(overview.counts().published()).isEqualTo(2);
        });
    }
}
