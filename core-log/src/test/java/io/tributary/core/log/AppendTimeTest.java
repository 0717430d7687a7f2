package io.tributary.core.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.api.AppendResult;
import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Topic;
import io.tributary.core.api.TransactionRequest;
import io.tributary.core.batch.OpenBatch;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.BrokerException.BadRecord;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicConfig.RecordRules;
import io.tributary.core.model.TopicName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which timestamp records have, and which they may have. */
class AppendTimeTest {
    private static final TopicName NAME = TopicName.of("times");
    private static final long NOW = 1_800_000_000_000L;
    private static final long HOUR = 3_600_000;

    private final AtomicLong now = new AtomicLong(NOW);
    private final TestBroker broker = TestBroker.start(config -> config.withClock(() -> Instant.ofEpochMilli(now.get())));

    @AfterEach
    void close() {
        broker.close();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private Partition topic(UnaryOperator<RecordRules> rules) {
        TopicConfig config = TopicConfig.ofPartitions(1).withRecords(rules.apply(RecordRules.DEFAULT));
        return get(broker.broker().topics().create(NAME, config)).partition(0);
    }

    private Partition partition() {
        Topic topic = Objects.requireNonNull(broker.broker().topics().find(NAME));
        return topic.partition(0);
    }

    private static MemoryRecords batch(CompressionType codec, int sequence, long... timestamps) {
        List<SimpleRecord> records = new ArrayList<>();
        for (long timestamp : timestamps) {
            records.add(new SimpleRecord(timestamp, "k".getBytes(UTF_8), "v".getBytes(UTF_8)));
        }
        return MemoryRecords.withIdempotentRecords(Compression.of(codec).build(), 9, (short) 0, sequence,
            records.toArray(SimpleRecord[]::new));
    }

    private List<Long> timestamps() {
        return get(partition().readRecords(0, 100, 1 << 20)).stream().map(Record::timestamp).toList();
    }

    @Test
    void appendTimeIsThatOfTheBatchWhateverTheClientSays() {
        Partition partition = topic(rules -> rules.withAppendTime(true));
        AppendResult first = get(partition.append(batch(CompressionType.ZSTD, 0, 5, NOW + 10 * HOUR, 7).buffer()).durable());
        assertThat(first).isEqualTo(new AppendResult(0, 2, false, NOW));
        now.addAndGet(10);
        assertThat(get(partition.append(batch(CompressionType.NONE, 3, 5).buffer()).durable()).appendTime()).isEqualTo(NOW + 10);
        assertThat(timestamps()).containsExactly(NOW, NOW, NOW, NOW + 10);
        assertThat(get(partition.lookUpTimestamp(NOW + 1)).offset()).isEqualTo(3);
        now.addAndGet(10);
        assertThat(get(partition.append(batch(CompressionType.NONE, 3, 5).buffer()).durable()))
            .isEqualTo(new AppendResult(3, 3, true, NOW + 10));
        broker.kill();
        assertThat(timestamps()).containsExactly(NOW, NOW, NOW, NOW + 10);
    }

    @Test
    void appendTimeHoldsForEveryWayToPublish() {
        topic(rules -> rules.withAppendTime(true));
        PublishRequest request = PublishRequest.of(NAME, null, "v".getBytes(UTF_8), Headers.EMPTY).withTimestamp(77);
        PublishResult alone = get(broker.broker().publisher().publish(request));
        TransactionRequest both = new TransactionRequest(List.of(request, request), List.of());
        List<PublishResult> together = get(broker.broker().transactions().commit(both));
        now.addAndGet(5);
        PublishResult late = get(broker.broker().publisher().publish(request.withTimestamp(PublishRequest.NOW)));
        assertThat(alone.timestamp()).isEqualTo(NOW);
        assertThat(together).allMatch(result -> result.timestamp() == NOW);
        assertThat(late.timestamp()).isEqualTo(NOW + 5);
        assertThat(timestamps()).containsExactly(NOW, NOW, NOW, NOW + 5);
        get(broker.broker().publisher().publish(request.withNotBefore(NOW + 50)));
        now.set(NOW + 60);
        await().until(() -> timestamps().equals(List.of(NOW, NOW, NOW, NOW + 5, NOW + 60)));
    }

    @Test
    void aBatchWithGapsHasTheTimeOfItsAppendToo() {
        Partition partition = topic(rules -> rules.withAppendTime(true));
        BitSet taken = new BitSet();
        taken.set(1);
        OpenBatch open = OpenBatch.of(batch(CompressionType.LZ4, 0, 5, 6, 7).buffer(), 1 << 20);
        assertThat(get(partition.appendWithGaps(open.without(taken)).durable())).isEqualTo(new AppendResult(0, 2, false, NOW));
        now.addAndGet(5);
        taken.set(0, 3);
        assertThat(get(partition.appendWithGaps(OpenBatch.of(batch(CompressionType.LZ4, 3, 5, 6, 7).buffer(), 1 << 20).without(taken))
            .durable()).lastOffset()).isEqualTo(5);
        assertThat(timestamps()).containsExactly(NOW, NOW);
        assertThat(get(partition.lookUpTimestamp(NOW + 1)).found()).isFalse();
        assertThat(partition.highWatermark()).isEqualTo(6);
    }

    @Test
    void theKindOfTimestampMayChangeAndOutlivesARestart() {
        topic(rules -> rules);
        get(partition().append(batch(CompressionType.NONE, 0, 5).buffer()).durable());
        get(broker.broker().topics().update(NAME, config -> config.withRecords(new RecordRules(true, true, 3, 4))));
        broker.restart();
        assertThat(Objects.requireNonNull(broker.broker().topics().find(NAME)).config().records())
            .isEqualTo(new RecordRules(true, true, 3, 4));
        get(partition().append(batch(CompressionType.NONE, 1, 6).buffer()).durable());
        get(broker.broker().topics().update(NAME, config -> config.withRecords(RecordRules.DEFAULT)));
        get(partition().append(batch(CompressionType.NONE, 2, 7).buffer()).durable());
        assertThat(timestamps()).containsExactly(5L, NOW, 7L);
    }

    private static BrokerException failure(ThrowingCallable call) {
        return BrokerException.of(catchThrowableOfType(CompletionException.class, call));
    }

    private List<Integer> refused(MemoryRecords batch) {
        BrokerException refused = failure(() -> get(partition().append(batch.buffer()).durable()));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        return refused.badRecords().stream().map(BadRecord::index).toList();
    }

    @Test
    void aTimestampTooFarAheadIsRefusedWithItsRecord() {
        topic(rules -> rules);
        for (CompressionType codec : CompressionType.values()) {
            assertThat(refused(batch(codec, 0, NOW, NOW + HOUR, NOW + HOUR + 1, 5, NOW + 2 * HOUR))).containsExactly(2, 4);
        }
        get(partition().append(batch(CompressionType.NONE, 0, NOW + HOUR, 0, -1).buffer()).durable());
        PublishRequest request = PublishRequest.of(NAME, null, null, Headers.EMPTY).withTimestamp(NOW + HOUR + 1);
        assertThat(failure(() -> get(broker.broker().publisher().publish(request))).code()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
    }

    @Test
    void aTimestampTooFarInThePastIsRefusedWithItsRecord() {
        topic(rules -> rules.withBeforeMaxMs(HOUR).withAfterMaxMs(Long.MAX_VALUE));
        for (CompressionType codec : CompressionType.values()) {
            assertThat(refused(batch(codec, 0, NOW, NOW - HOUR, NOW - HOUR - 1))).containsExactly(2);
        }
        get(partition().append(batch(CompressionType.GZIP, 0, NOW - HOUR, NOW + 100 * HOUR, -1).buffer()).durable());
        assertThat(timestamps()).containsExactly(NOW - HOUR, NOW + 100 * HOUR, -1L);
    }

    @Test
    void aDelayedRecordIsNotTooOldWhenItIsDue() {
        topic(rules -> rules.withBeforeMaxMs(1000));
        PublishRequest request = PublishRequest.of(NAME, null, null, Headers.EMPTY).withTimestamp(NOW).withNotBefore(NOW + HOUR);
        get(broker.broker().publisher().publish(request));
        now.addAndGet(HOUR);
        await().until(() -> timestamps().equals(List.of(NOW)));
    }
}
