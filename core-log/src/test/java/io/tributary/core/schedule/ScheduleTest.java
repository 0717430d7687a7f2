package io.tributary.core.schedule;

import static io.tributary.core.schedule.ScheduleFixture.ORDERS;
import static io.tributary.core.schedule.ScheduleFixture.get;
import static io.tributary.core.schedule.ScheduleFixture.id;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Schedule;
import io.tributary.core.api.ScheduleStats;
import io.tributary.core.api.ScheduledRecord;
import io.tributary.core.api.Topics;
import io.tributary.core.api.TransactionRequest;
import io.tributary.core.api.Transactions;
import io.tributary.core.batch.BatchBuilder;
import io.tributary.core.batch.TransactionMarker;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.schedule.index.ScheduleKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private final ScheduleFixture fixture = new ScheduleFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aRecordWaitsUntilItsTimeAndNotAMomentLess() {
        assertThat(fixture.publish("later", 1000).isWaiting()).isTrue();
        fixture.publish("sooner", 999);
        assertThat(fixture.values(ORDERS)).isEmpty();
        fixture.clock.move(999);
        fixture.awaitOrders("sooner");
        // Both were looked at in one round, or would have been.
        fixture.awaitCount(1);
        assertThat(fixture.values(ORDERS)).containsExactly("sooner");
        fixture.clock.move(1);
        fixture.awaitOrders("sooner", "later");
        fixture.awaitCount(0);
        assertThat(fixture.records(ORDERS)).extracting(Record::timestamp)
            .containsExactly(TestClock.START_MS + 999, TestClock.START_MS + 1000);
    }

    @Test
    void whatIsDueGoesStraightToTheTopic() {
        PublishResult now = fixture.publish("now", 0);
        PublishResult past = fixture.publish("past", -5000);
        assertThat(now.isWaiting()).isFalse();
        assertThat(now.offset()).isZero();
        assertThat(past.offset()).isEqualTo(1);
        assertThat(fixture.broker.broker().topics().find(ScheduleLog.NAME)).isNull();
    }

    @Test
    void recordsComeByDueTimeAndThenInTheOrderOfPublishing() {
        List<CompletionStage<PublishResult>> published = new ArrayList<>();
        fixture.topic(ORDERS, 1);
        List<String> expected = new ArrayList<>();
        for (int due = 1; due <= 20; due++) {
            for (int i = 0; i < 20; i++) {
                expected.add(due + "-" + i);
            }
        }
        for (int i = 0; i < 20; i++) {
            for (int due = 20; due >= 1; due--) {
                published.add(fixture.broker.broker().publisher().publish(fixture.request(ORDERS, due + "-" + i, due)));
            }
        }
        published.forEach(ScheduleFixture::get);
        fixture.clock.move(20);
        fixture.awaitOrders(expected.toArray(String[]::new));
    }

    @Test
    void nothingOfARecordIsLost() {
        fixture.topic(ORDERS, 3);
        Headers headers =
            Headers.builder().add("a", "ä").add("b", (byte[]) null).add("a", "").add("c", new byte[] {0, -1}).build();
        byte[] value = {1, 2, (byte) 0xFF};
        publish(PublishRequest.of(ORDERS, "k".getBytes(UTF_8), value, headers).withPartition(2).withTimestamp(42));
        publish(PublishRequest.of(ORDERS, null, null, Headers.EMPTY).withPartition(2));
        publish(PublishRequest.of(ORDERS, new byte[0], new byte[0], Headers.EMPTY).withPartition(2));
        fixture.clock.move(10);
        fixture.awaitCount(0);
        List<Record> records =
            ScheduleFixture.records(Objects.requireNonNull(fixture.broker.broker().topics().find(ORDERS)).partition(2));
        assertThat(records).containsExactly(new Record(0, 42, "k".getBytes(UTF_8), value, headers),
            new Record(1, fixture.clock.millis(), null, null, Headers.EMPTY),
            new Record(2, fixture.clock.millis(), new byte[0], new byte[0], Headers.EMPTY));
    }

    @Test
    void theKeyAndTheHintChooseThePartitionAsWithoutDelay() {
        fixture.topic(ORDERS, 5);
        TopicName direct = TopicName.of("direct");
        fixture.topic(direct, 5);
        for (int i = 0; i < 40; i++) {
            byte[] key = i % 2 == 0 ? ("k" + i).getBytes(UTF_8) : null;
            publish(PublishRequest.of(ORDERS, key, new byte[] {(byte) i}, Headers.EMPTY).withOrderingHint(i * 7));
            get(fixture.broker.broker().publisher().publish(
                PublishRequest.of(direct, key, new byte[] {(byte) i}, Headers.EMPTY).withOrderingHint(i * 7)));
        }
        fixture.clock.move(10);
        fixture.awaitCount(0);
        Topics topics = fixture.broker.broker().topics();
        for (int p = 0; p < 5; p++) {
            assertThat(ScheduleFixture.records(Objects.requireNonNull(topics.find(ORDERS)).partition(p))).extracting(ScheduleFixture::value)
                .isEqualTo(ScheduleFixture.records(Objects.requireNonNull(topics.find(direct)).partition(p)).stream()
                    .map(ScheduleFixture::value).toList());
        }
    }

    private void publish(PublishRequest request) {
        PublishRequest delayed = request.withNotBefore(fixture.clock.millis() + 10);
        assertThat(get(fixture.broker.broker().publisher().publish(delayed)).isWaiting()).isTrue();
    }

    @Test
    void aCancelledRecordNeverComes() {
        String cancelled = id(fixture.publish("cancelled", 10));
        fixture.publish("kept", 20);
        Schedule schedule = fixture.schedule();
        assertThat(get(schedule.cancel(cancelled))).isTrue();
        assertThat(get(schedule.cancel(cancelled))).isFalse();
        assertThat(schedule.count()).isEqualTo(1);
        assertThat(schedule.stats().cancelled()).isEqualTo(1);
        fixture.clock.move(20);
        fixture.awaitOrders("kept");
    }

    @Test
    void whatWasFiredOrWasNeverThereCannotBeCancelled() {
        assertThat(get(fixture.schedule().cancel(new ScheduleKey(1, 2, 3).text()))).isFalse();
        String id = id(fixture.publish("a", 10));
        fixture.clock.move(10);
        fixture.awaitOrders("a");
        fixture.awaitCount(0);
        assertThat(get(fixture.schedule().cancel(id))).isFalse();
        for (String wrong : List.of("", "x", "A".repeat(31), "*".repeat(32), "_".repeat(32), "A".repeat(33))) {
            assertThat(get(fixture.schedule().cancel(wrong))).isFalse();
            assertThat(get(fixture.schedule().find(wrong))).isNull();
        }
        assertThat(get(fixture.schedule().list(0, null, 10))).isEmpty();
    }

    @Test
    void whatCannotBeStoredLaterIsRefusedAtOnce() {
        Topics topics = fixture.broker.broker().topics();
        assertFails(PublishRequest.of(ORDERS, null, null, Headers.EMPTY), ErrorCode.TOPIC_NOT_FOUND);
        get(topics.create(ORDERS, TopicConfig.ofPartitions(2).withMaxBatchBytes(1000)));
        assertFails(PublishRequest.of(ORDERS, null, null, Headers.EMPTY).withPartition(2), ErrorCode.PARTITION_NOT_FOUND);
        assertFails(PublishRequest.of(ORDERS, null, new byte[1000], Headers.EMPTY), ErrorCode.BATCH_TOO_LARGE);
        assertFails(PublishRequest.of(TopicName.of("__subscriptions"), null, null, Headers.EMPTY), ErrorCode.INVALID_ARGUMENT);
        TopicName compacted = TopicName.of("compacted");
        get(topics.create(compacted, TopicConfig.ofPartitions(1).withCompaction(Compaction.ON)));
        assertFails(PublishRequest.of(compacted, null, null, Headers.EMPTY), ErrorCode.INVALID_BATCH);
        CompletionStage<PublishResult> tooFar =
            fixture.broker.broker().publisher().publish(fixture.request(ORDERS, "x", Schedule.MAX_AHEAD_MS + 1));
        assertFails(tooFar, ErrorCode.INVALID_ARGUMENT);
        assertThat(fixture.publish("x", Schedule.MAX_AHEAD_MS).isWaiting()).isTrue();
    }

    private void assertFails(PublishRequest request, ErrorCode code) {
        assertFails(fixture.broker.broker().publisher().publish(request.withNotBefore(fixture.clock.millis() + 10)), code);
    }

    private static void assertFails(CompletionStage<?> stage, ErrorCode code) {
        Consumer<Throwable> isOfCode = failure -> assertThat(BrokerException.of(failure).code()).isEqualTo(code);
        assertThatThrownBy(() -> stage.toCompletableFuture().join()).satisfies(isOfCode);
    }

    @Test
    void whatWaitsIsListedByDueTimeInPages() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            expected.add("v" + i);
        }
        for (int i = 24; i >= 0; i--) {
            fixture.publish("v" + i, 100 + i);
        }
        List<ScheduledRecord> listed = new ArrayList<>();
        List<ScheduledRecord> page = get(fixture.schedule().list(0, null, 10));
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(10);
            listed.addAll(page);
            page = get(fixture.schedule().list(0, page.get(page.size() - 1).id(), 10));
        }
        assertThat(listed).extracting(record -> new String(Objects.requireNonNull(record.value()), UTF_8)).isEqualTo(expected);
        assertThat(get(fixture.schedule().list(TestClock.START_MS + 120, null, 1000))).extracting(ScheduledRecord::dueMs)
            .containsExactly(TestClock.START_MS + 120, TestClock.START_MS + 121, TestClock.START_MS + 122, TestClock.START_MS + 123,
                TestClock.START_MS + 124);
        ScheduledRecord third = listed.get(3);
        assertThat(third.topic()).isEqualTo(ORDERS);
        assertThat(Objects.requireNonNull(get(fixture.schedule().find(third.id()))).value()).isEqualTo(third.value());
        assertThat(get(fixture.schedule().cancel(third.id()))).isTrue();
        assertThat(get(fixture.schedule().find(third.id()))).isNull();
        assertFails(fixture.schedule().list(0, "no identifier", 1), ErrorCode.INVALID_ARGUMENT);
        assertFails(fixture.schedule().list(0, null, Schedule.MAX_PAGE + 1), ErrorCode.INVALID_ARGUMENT);
        assertFails(fixture.schedule().list(0, null, 0), ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void aTransactionSchedulesAllOfItsRecordsOrNone() {
        fixture.topic(ORDERS, 1);
        TopicName other = TopicName.of("other");
        fixture.topic(other, 1);
        List<PublishRequest> records = List.of(fixture.request(ORDERS, "now", 0), fixture.request(ORDERS, "later", 10),
            fixture.request(other, "other, later", 10));
        Transactions transactions = fixture.broker.broker().transactions();
        List<PublishResult> results = get(transactions.commit(new TransactionRequest(records, List.of())));
        assertThat(results).extracting(PublishResult::isWaiting).containsExactly(false, true, true);
        assertThat(results.get(0).offset()).isZero();
        // The second part refuses, when the schedule has its records already.
        TopicName compacted = TopicName.of("compacted");
        get(fixture.broker.broker().topics().create(compacted, TopicConfig.ofPartitions(1).withCompaction(Compaction.ON)));
        assertFails(transactions.commit(new TransactionRequest(
            List.of(fixture.request(ORDERS, "aborted", 10), fixture.request(compacted, "no key", 0)), List.of())), ErrorCode.INVALID_BATCH);
        assertFails(transactions.commit(new TransactionRequest(
            List.of(fixture.request(ORDERS, "aborted", 0), fixture.request(compacted, "no key", 10)), List.of())), ErrorCode.INVALID_BATCH);
        assertThat(get(fixture.schedule().cancel(id(results.get(2))))).isTrue();
        assertThat(fixture.schedule().count()).isEqualTo(1);
        fixture.publish("last", 20);
        fixture.broker.kill();
        fixture.clock.move(20);
        fixture.awaitOrders("now", "later", "last");
        fixture.awaitCount(0);
        assertThat(fixture.values(other)).isEmpty();
    }

    @Test
    void whatLiesBehindAnOpenTransactionIsCancelledAndFiredOnceThatHasEnded() {
        fixture.publish("first", 10);
        Partition log = fixture.partition(ScheduleLog.NAME);
        BatchBuilder builder = new BatchBuilder();
        builder.add(0, new byte[] {1, 2}, new byte[0], Headers.EMPTY);
        get(log.appendInTransaction(builder.buildTransactional(77, (short) 0)).durable());
        String cancelled = id(fixture.publish("cancelled", 10));
        CompletionStage<Boolean> cancel = fixture.schedule().cancel(cancelled);
        fixture.clock.move(10);
        fixture.publish("now", 0);
        assertThat(cancel.toCompletableFuture()).isNotDone();
        get(log.appendAsCoordinator(TransactionMarker.of(0, 77, (short) 0, false, 0), (short) 0).durable());
        assertThat(get(cancel)).isTrue();
        fixture.awaitOrders("now", "first");
        fixture.awaitCount(0);
    }

    @Test
    void recordsOfADeletedTopicAreDroppedAlsoWhenThereIsANewOneOfItsName() {
        fixture.publish("lost", 10);
        TopicName other = TopicName.of("other");
        fixture.publish(other, "kept", 10);
        get(fixture.broker.broker().topics().delete(ORDERS));
        fixture.topic(ORDERS, 1);
        fixture.clock.move(10);
        await().until(() -> fixture.values(other), List.of("kept")::equals);
        fixture.awaitCount(0);
        assertThat(fixture.values(ORDERS)).isEmpty();
        await().until(() -> fixture.schedule().stats().dropped() == 1);
        ScheduleStats stats = fixture.schedule().stats();
        assertThat(stats).isEqualTo(new ScheduleStats(0, 1, 0, 1, 0));
    }

    @Test
    void aRecordThatItsTopicNoLongerTakesIsDroppedAlone() {
        fixture.publish("x".repeat(2000), 10);
        fixture.publish("small", 10);
        get(fixture.broker.broker().topics().update(ORDERS, config -> config.withMaxBatchBytes(1000)));
        fixture.clock.move(10);
        fixture.awaitOrders("small");
        await().until(() -> fixture.schedule().stats().dropped() == 1);
    }

    @Test
    void moreThanABatchTakesComesInOrder() {
        get(fixture.broker.broker().topics().create(ORDERS, TopicConfig.ofPartitions(1).withMaxBatchBytes(2000)));
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            expected.add(i + "x".repeat(300));
            fixture.publish(expected.get(i), 10);
        }
        fixture.clock.move(10);
        fixture.awaitOrders(expected.toArray(String[]::new));
    }

    @Test
    void aClockThatGoesBackMakesWaitAndOneThatJumpsAheadFires() {
        fixture.publish("a", 1000);
        fixture.clock.move(-500_000);
        fixture.publish("b", 400_000);
        fixture.clock.move(400_000);
        fixture.awaitOrders("b");
        fixture.clock.move(200_000);
        fixture.awaitOrders("b", "a");
    }
}
