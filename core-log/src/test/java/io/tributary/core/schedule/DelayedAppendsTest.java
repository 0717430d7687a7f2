package io.tributary.core.schedule;

import static io.tributary.core.schedule.ScheduleFixture.ORDERS;
import static io.tributary.core.schedule.ScheduleFixture.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.tributary.core.api.AppendResult;
import io.tributary.core.api.ScheduledRecord;
import io.tributary.core.api.Topic;
import io.tributary.core.batch.TransactionMarker;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.BrokerException.BadRecord;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches of clients in which some records ask to wait. */
class DelayedAppendsTest {
    private static final long PRODUCER = 77;

    private final ScheduleFixture fixture = new ScheduleFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private SimpleRecord record(String value, String... headers) {
        List<Header> all = new ArrayList<>();
        for (int i = 0; i < headers.length; i += 2) {
            all.add(new RecordHeader(headers[i], headers[i + 1].getBytes(UTF_8)));
        }
        return new SimpleRecord(fixture.clock.millis(), null, value.getBytes(UTF_8), all.toArray(Header[]::new));
    }

    private static ByteBuffer batch(int sequence, CompressionType codec, SimpleRecord... records) {
        return MemoryRecords.withIdempotentRecords(Compression.of(codec).build(), PRODUCER, (short) 0, sequence, records).buffer();
    }

    private static ByteBuffer copy(ByteBuffer batch) {
        return ByteBuffer.wrap(Arrays.copyOfRange(batch.array(), batch.arrayOffset() + batch.position(),
            batch.arrayOffset() + batch.limit()));
    }

    private Topic orders() {
        return fixture.topic(ORDERS, 1);
    }

    private AppendResult append(ByteBuffer batch) {
        return get(fixture.schedule().append(orders(), 0, batch, false).durable());
    }

    private BrokerException refused(Topic topic, ByteBuffer batch, boolean inTransaction) {
        CompletionException failure = catchThrowableOfType(CompletionException.class,
            () -> get(fixture.schedule().append(topic, 0, batch, inTransaction).durable()));
        return BrokerException.of(failure);
    }

    private List<Long> offsets() {
        return fixture.records(ORDERS).stream().map(Record::offset).toList();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void takesOutWhatWaitsAndKeepsTheOffsetsOfTheRest(CompressionType codec) {
        AppendResult first = append(batch(0, codec, record("a"), record("b", "delay", "10"), record("c", "other", "x"),
            record("d", "delay", "5")));
        assertThat(first).isEqualTo(new AppendResult(0, 3, false));
        assertThat(append(batch(4, codec, record("e")))).isEqualTo(new AppendResult(4, 4, false));
        fixture.awaitOrders("a", "c", "e");
        assertThat(offsets()).containsExactly(0L, 2L, 4L);
        fixture.awaitCount(2);
        fixture.clock.move(10);
        fixture.awaitOrders("a", "c", "e", "d", "b");
        Record fired = fixture.records(ORDERS).get(4);
        assertThat(fired.timestamp()).isEqualTo(fixture.clock.millis());
        assertThat(fired.headers().text("delay")).isEqualTo("10");
    }

    @Test
    void leavesAnEmptyBatchWhereAllWait() {
        String at = Long.toString(fixture.clock.millis() + 5);
        append(batch(0, CompressionType.GZIP, record("a", "deliver-at", at), record("b", "deliver-at", at)));
        assertThat(append(batch(2, CompressionType.NONE, record("c"))).baseOffset()).isEqualTo(2);
        fixture.awaitOrders("c");
        fixture.broker.kill();
        assertThat(append(batch(3, CompressionType.NONE, record("d"))).baseOffset()).isEqualTo(3);
        fixture.clock.move(5);
        fixture.awaitOrders("c", "d", "a", "b");
    }

    @Test
    void storesWhatIsDueAsItCame() {
        ByteBuffer batch = batch(0, CompressionType.NONE, record("a", "delay", "0"), record("b", "deliver-at", "17"),
            record("c", "deliver-at", Long.toString(fixture.clock.millis())));
        assertThat(append(batch)).isEqualTo(new AppendResult(0, 2, false));
        fixture.awaitOrders("a", "b", "c");
        assertThat(fixture.schedule().count()).isZero();
    }

    @Test
    void theEarlierOfBothHeadersCounts() {
        append(batch(0, CompressionType.NONE, record("a", "delay", "1h", "deliver-at", Long.toString(fixture.clock.millis() + 5))));
        fixture.clock.move(5);
        fixture.awaitOrders("a");
    }

    @Test
    void aRepeatedBatchDoesNotWaitTwice() {
        ByteBuffer batch = batch(0, CompressionType.LZ4, record("a"), record("b", "delay", "10"));
        append(copy(batch));
        assertThat(append(copy(batch))).isEqualTo(new AppendResult(0, 1, true));
        fixture.awaitCount(1);
        fixture.clock.move(10);
        fixture.awaitOrders("a", "b");
        fixture.awaitCount(0);
        assertThat(append(copy(batch)).duplicate()).isTrue();
        fixture.broker.kill();
        assertThat(append(copy(batch)).duplicate()).isTrue();
        fixture.publish("end", 1);
        fixture.clock.move(1);
        fixture.awaitOrders("a", "b", "end");
    }

    @Test
    void aRepeatedBatchDoesNotWaitAgainOnceItWasCancelled() {
        ByteBuffer batch = batch(0, CompressionType.NONE, record("a", "delay", "10"));
        append(copy(batch));
        ScheduledRecord waiting = get(fixture.schedule().list(0, null, 10)).get(0);
        assertThat(get(fixture.schedule().cancel(waiting.id()))).isTrue();
        append(copy(batch));
        assertThat(get(fixture.schedule().list(0, null, 10))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1", "10", "100"})
    void aRepetitionGivesTheScheduleWhatACrashKeptFromIt(long laterMs) {
        ByteBuffer batch = batch(0, CompressionType.ZSTD, record("a"), record("b", "delay", "10"), record("c", "deliver-at", "1"));
        // Killed when the batch was durable and nothing was scheduled.
        DelayedBatch looked = DelayedBatch.of(orders(), 0, batch, false, fixture.clock.millis());
        get(orders().partition(0).appendWithGaps(looked.rest()).durable());
        fixture.broker.kill();
        fixture.clock.move(laterMs);
        assertThat(append(copy(batch))).isEqualTo(new AppendResult(0, 2, true));
        append(copy(batch));
        fixture.clock.move(10);
        fixture.awaitOrders("a", "c", "b");
        fixture.awaitCount(0);
    }

    @Test
    void producersWithoutIdempotenceMayRepeatThemselves() {
        for (int i = 0; i < 2; i++) {
            append(MemoryRecords.withRecords(Compression.NONE, record("a", "delay", "10"), record("b", "delay", "10")).buffer());
        }
        fixture.awaitCount(4);
        fixture.clock.move(10);
        fixture.awaitOrders("a", "b", "a", "b");
    }

    @Test
    void recordsOfOneTimeKeepTheOrderOfTheirSequences() {
        String at = Long.toString(fixture.clock.millis() + 10);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            values.add("v" + i);
            append(batch(i, CompressionType.NONE, record("v" + i, "deliver-at", at)));
        }
        fixture.clock.move(10);
        fixture.awaitOrders(values.toArray(String[]::new));
    }

    @Test
    void refusesABatchWithAHeaderThatSaysNothingSensible() {
        for (String header : List.of("deliver-at=soon", "deliver-at=-1", "deliver-at=", "deliver-at=99999999999999999", "delay=-1",
            "delay=1.5", "delay=5 s", "delay=3654d", "delay=P1000000D", "delay=-PT1S", "delay=999999999999999d")) {
            String[] parts = header.split("=", 2);
            SimpleRecord bad = record("b", parts[0], parts[1]);
            BrokerException refused = refused(orders(), batch(0, CompressionType.NONE, record("a"), bad, record("c"), bad), false);
            assertThat(refused.code()).as(header).isEqualTo(ErrorCode.INVALID_BATCH);
            assertThat(refused.badRecords()).as(header).extracting(BadRecord::index).containsExactly(1, 3);
            assertThat(refused.getMessage()).contains(refused.badRecords().get(0).message());
        }
        assertThat(fixture.records(ORDERS)).isEmpty();
        assertThat(get(fixture.schedule().list(0, null, 10))).isEmpty();
    }

    @Test
    void refusesADelayOfARecordWithoutATimestamp() {
        ByteBuffer batch = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(-1, null, new byte[1], new Header[] {
            new RecordHeader("delay", new byte[] {'5'})})).buffer();
        assertThat(refused(orders(), batch, false).code()).isEqualTo(ErrorCode.INVALID_BATCH);
    }

    private static ByteBuffer transactional(int sequence, SimpleRecord... records) {
        return MemoryRecords.withTransactionalRecords(Compression.NONE, PRODUCER, (short) 0, sequence, records).buffer();
    }

    private AppendResult appendInTransaction(ByteBuffer batch) {
        return get(fixture.schedule().append(orders(), 0, batch, true).durable());
    }

    private void endTransaction(boolean commit) {
        ByteBuffer marker = TransactionMarker.of(fixture.clock.millis(), PRODUCER, (short) 0, commit, 0);
        get(orders().partition(0).appendAsCoordinator(marker, (short) 0).durable());
    }

    /** The schedule has seen what was given to it so far. */
    private void settled() {
        String mark = ScheduleFixture.id(fixture.publish("mark", 1));
        assertThat(get(fixture.schedule().cancel(mark))).isTrue();
    }

    @Test
    void recordsOfATransactionWaitOnceItIsCommitted() {
        assertThat(appendInTransaction(transactional(0, record("a"), record("b", "delay", "10"), record("c", "deliver-at", "1")))
            .lastOffset()).isEqualTo(2);
        fixture.clock.move(20);
        settled();
        assertThat(fixture.values(ORDERS)).isEmpty();
        assertThat(get(fixture.schedule().list(0, null, 10))).isEmpty();
        endTransaction(true);
        fixture.awaitOrders("a", "c", "b");
        fixture.awaitCount(0);
    }

    @Test
    void recordsOfAnAbortedTransactionNeverCome() {
        appendInTransaction(transactional(0, record("a"), record("b", "delay", "10")));
        endTransaction(false);
        appendInTransaction(transactional(2, record("c", "delay", "10")));
        endTransaction(true);
        appendInTransaction(transactional(3, record("d", "delay", "10")));
        endTransaction(false);
        fixture.clock.move(10);
        fixture.awaitOrders("c");
        fixture.publish("end", 1);
        fixture.clock.move(1);
        fixture.awaitOrders("c", "end");
    }

    @Test
    void anOpenTransactionHoldsUpNobodyElse() {
        appendInTransaction(transactional(0, record("a", "delay", "10")));
        TopicName other = TopicName.of("other");
        fixture.publish(other, "b", 10);
        fixture.clock.move(10);
        await().until(() -> fixture.values(other), List.of("b")::equals);
        endTransaction(true);
        fixture.awaitOrders("a");
    }

    @Test
    void aTransactionThatOutlivesAKillAndARepetitionIsDecidedOnce() {
        ByteBuffer batch = transactional(0, record("a"), record("b", "delay", "10"));
        appendInTransaction(copy(batch));
        fixture.broker.kill();
        assertThat(appendInTransaction(copy(batch)).duplicate()).isTrue();
        endTransaction(true);
        fixture.broker.kill();
        fixture.awaitCount(1);
        fixture.broker.kill();
        fixture.clock.move(10);
        fixture.awaitOrders("a", "b");
        fixture.awaitCount(0);
    }

    @Test
    void recordsOfATransactionWaitThoughTheCrashCameBeforeTheyWereGivenToTheSchedule() {
        ByteBuffer batch = transactional(0, record("a"), record("b", "delay", "10"));
        DelayedBatch looked = DelayedBatch.of(orders(), 0, batch, true, fixture.clock.millis());
        get(orders().partition(0).appendWithGaps(looked.rest()).durable());
        fixture.broker.kill();
        assertThat(appendInTransaction(copy(batch)).duplicate()).isTrue();
        endTransaction(true);
        fixture.clock.move(10);
        fixture.awaitOrders("a", "b");
    }

    @Test
    void recordsOfATransactionGoWithTheirTopic() {
        appendInTransaction(transactional(0, record("a", "delay", "10")));
        get(fixture.broker.broker().topics().delete(ORDERS));
        settled();
        fixture.clock.move(10);
        fixture.publish("end", 1);
        fixture.clock.move(1);
        fixture.awaitOrders("end");
    }

    @Test
    void refusesWhatTheTopicWouldRefuseWhenItIsDue() {
        TopicName name = TopicName.of("latest");
        Topic topic = get(fixture.broker.broker().topics().create(name, TopicConfig.ofPartitions(1).withCompaction(Compaction.ON)));
        assertThat(refused(topic, batch(0, CompressionType.NONE, record("a", "delay", "10")), false).code())
            .isEqualTo(ErrorCode.INVALID_BATCH);
        SimpleRecord large = record("x".repeat(2 << 20), "delay", "10");
        assertThat(refused(orders(), batch(0, CompressionType.ZSTD, large), false).code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE);
    }

    @Test
    void refusesABatchThatUnpacksToMoreThanItMay() {
        SimpleRecord[] records = new SimpleRecord[9];
        Arrays.setAll(records, i -> record("x".repeat(4 << 20)));
        Topic topic = get(fixture.broker.broker().topics().create(TopicName.of("large"),
            TopicConfig.ofPartitions(1).withMaxBatchBytes(16 << 20)));
        for (CompressionType codec : List.of(CompressionType.GZIP, CompressionType.SNAPPY, CompressionType.LZ4, CompressionType.ZSTD)) {
            assertThat(refused(topic, batch(0, codec, records), false).code()).as(codec.name).isEqualTo(ErrorCode.BATCH_TOO_LARGE);
        }
    }

    @Test
    void refusesABatchInWhichTooManyAskToWait() {
        SimpleRecord[] records = new SimpleRecord[10_001];
        Arrays.setAll(records, i -> record("", "delay", "9"));
        assertThat(refused(orders(), batch(0, CompressionType.ZSTD, records), false).code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE);
    }

    @Test
    void whatTheLogRefusesDoesNotWait() {
        append(batch(0, CompressionType.NONE, record("a")));
        assertThat(refused(orders(), batch(7, CompressionType.NONE, record("b", "delay", "10")), false).code())
            .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
        assertThat(get(fixture.schedule().list(0, null, 10))).isEmpty();
    }
}
