package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.batch.TestBatches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.EndTxnResponse;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The transaction APIs request by request: the protocol of clients before KIP-890, and what no client in order sends. */
class TransactionProtocolIT {
    private static final String TOPIC = "wire";
    private static final int V1_PRODUCE = 11;
    private static final int V2_PRODUCE = 12;
    private static KafkaFixture fixture;
    private static WireClient wire;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture(KafkaFixture.CONFIG.withTransactions(new KafkaConfig.Transactions(2, Duration.ofMinutes(15),
            Duration.ofMinutes(15), Duration.ofDays(7), Duration.ofHours(1), 1_000)));
        fixture.createTopic(TOPIC, 3);
        wire = new WireClient(fixture.port());
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    /** A transactional producer that sends what it is told to. */
    private static final class Raw {
        private final String id;
        private long producerId = -1;
        private short epoch = -1;

        Raw(String id) {
            this.id = id;
        }

        Errors init(int version, boolean goesOn) {
            InitProducerIdResponseData response = ((InitProducerIdResponse) wire.exchange(ApiKeys.INIT_PRODUCER_ID, version,
                new InitProducerIdRequestData().setTransactionalId(id).setTransactionTimeoutMs(60_000)
                    .setProducerId(goesOn ? producerId : -1).setProducerEpoch(goesOn ? epoch : -1))).data();
            if (response.errorCode() == 0) {
                producerId = response.producerId();
                epoch = response.producerEpoch();
            }
            return Errors.forCode(response.errorCode());
        }

        Raw begun() {
            await().until(() -> init(5, false) == Errors.NONE);
            return this;
        }

        Errors add(int version, int... partitions) {
            List<Integer> all = new ArrayList<>();
            for (int partition : partitions) {
                all.add(partition);
            }
            AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
            topics.add(new AddPartitionsToTxnTopic().setName(TOPIC).setPartitions(all));
            return only(wire.exchange(ApiKeys.ADD_PARTITIONS_TO_TXN, version, new AddPartitionsToTxnRequestData()
                .setV3AndBelowTransactionalId(id).setV3AndBelowProducerId(producerId).setV3AndBelowProducerEpoch(epoch)
                .setV3AndBelowTopics(topics)));
        }

        Errors produce(int version, int partition, int sequence) {
            MemoryRecords records = MemoryRecords.readableRecords(
                TestBatches.transactional(producerId, epoch, sequence, List.of(Map.entry("k", id))));
            TopicProduceDataCollection topics = new TopicProduceDataCollection();
            topics.add(new TopicProduceData().setName(TOPIC).setPartitionData(List.of(
                new PartitionProduceData().setIndex(partition).setRecords(records))));
            return only(wire.exchange(ApiKeys.PRODUCE, version, new ProduceRequestData().setTransactionalId(id).setAcks((short) -1)
                .setTimeoutMs(1000).setTopicData(topics)));
        }

        Errors addOffsets(String group) {
            return only(wire.exchange(ApiKeys.ADD_OFFSETS_TO_TXN, 4, new AddOffsetsToTxnRequestData().setTransactionalId(id)
                .setProducerId(producerId).setProducerEpoch(epoch).setGroupId(group)));
        }

        /** Tries again while the group's partition is being loaded, as clients do. */
        Errors commitOffset(int version, String group, long offset) {
            return await().until(() -> tryCommitOffset(version, group, offset), error -> error != Errors.COORDINATOR_LOAD_IN_PROGRESS);
        }

        private Errors tryCommitOffset(int version, String group, long offset) {
            return only(wire.exchange(ApiKeys.TXN_OFFSET_COMMIT, version, new TxnOffsetCommitRequestData().setTransactionalId(id)
                .setProducerId(producerId).setProducerEpoch(epoch).setGroupId(group).setTopics(List.of(
                    new TxnOffsetCommitRequestTopic().setName(TOPIC).setPartitions(List.of(new TxnOffsetCommitRequestPartition()
                        .setPartitionIndex(0).setCommittedOffset(offset).setCommittedMetadata("")))))));
        }

        /** Tries again while the markers of the last end are written, which Kafka asks for and ours waits for. */
        Errors end(int version, boolean commit) {
            return await().until(() -> tryToEnd(version, commit),
                error -> !KafkaPeer.isTested() || error != Errors.CONCURRENT_TRANSACTIONS);
        }

        private Errors tryToEnd(int version, boolean commit) {
            EndTxnResponseData response = ((EndTxnResponse) wire.exchange(ApiKeys.END_TXN, version, new EndTxnRequestData()
                .setTransactionalId(id).setProducerId(producerId).setProducerEpoch(epoch).setCommitted(commit))).data();
            if (response.errorCode() == 0 && version >= 5) {
                producerId = response.producerId();
                epoch = response.producerEpoch();
            }
            return Errors.forCode(response.errorCode());
        }
    }

    private static Errors only(AbstractResponse response) {
        assertThat(response.errorCounts()).hasSize(1);
        return response.errorCounts().keySet().iterator().next();
    }

    private static long stableEnd(int partition) {
        return end(partition, IsolationLevel.READ_UNCOMMITTED) - end(partition, IsolationLevel.READ_COMMITTED);
    }

    private static long end(int partition, IsolationLevel level) {
        TopicPartition of = new TopicPartition(TOPIC, partition);
        return get(fixture.admin().listOffsets(Map.of(of, OffsetSpec.latest()), new ListOffsetsOptions(level)).partitionResult(of))
            .offset();
    }

    private static @Nullable Long committed(String group) {
        var offsets = get(fixture.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        return offsets.isEmpty() ? null : offsets.values().iterator().next().offset();
    }

    @Test
    void theProtocolBeforeKip890EndsWithTheSameEpoch() {
        Raw producer = new Raw("v1").begun();
        assertThat(producer.produce(V1_PRODUCE, 0, 0)).as("a partition that was not added").isEqualTo(Errors.TRANSACTION_ABORTABLE);
        assertThat(producer.produce(9, 0, 0)).as("in an older version").isEqualTo(Errors.INVALID_TXN_STATE);
        for (int round = 0; round < 3; round++) {
            assertThat(producer.add(3, 0, 1)).isEqualTo(Errors.NONE);
            assertThat(producer.produce(V1_PRODUCE, 0, round)).isEqualTo(Errors.NONE);
            assertThat(producer.addOffsets("v1-group")).isEqualTo(Errors.NONE);
            assertThat(producer.commitOffset(3, "v1-group", round)).isEqualTo(Errors.NONE);
            assertThat(stableEnd(0)).isPositive();
            assertThat(producer.end(4, round != 1)).isEqualTo(Errors.NONE);
            assertThat(producer.end(4, round != 1)).as("repeated").isEqualTo(Errors.NONE);
            assertThat(producer.end(4, round == 1)).as("the other way round").isEqualTo(Errors.INVALID_TXN_STATE);
            assertThat(producer.epoch).isZero();
            long expected = round == 2 ? 2 : 0;
            await().untilAsserted(() -> assertThat(committed("v1-group")).isEqualTo(expected));
            assertThat(stableEnd(0)).isZero();
        }
    }

    @Test
    void offsetsNeedTheirPartitionInTheTransactionBeforeKip890() {
        Raw producer = new Raw("v1-offsets").begun();
        assertThat(producer.commitOffset(4, "not-added", 1)).isEqualTo(Errors.TRANSACTION_ABORTABLE);
        assertThat(producer.commitOffset(3, "not-added", 1)).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(producer.commitOffset(5, "not-added", 1)).as("version 5 adds it").isEqualTo(Errors.NONE);
        assertThat(producer.end(5, true)).isEqualTo(Errors.NONE);
        await().untilAsserted(() -> assertThat(committed("not-added")).isEqualTo(1));
    }

    @Test
    void eachEndGivesTheNextEpochWithKip890() {
        Raw producer = new Raw("v2").begun();
        assertThat(producer.produce(V2_PRODUCE, 1, 0)).isEqualTo(Errors.NONE);
        Raw repeated = copy(producer);
        Raw zombie = copy(producer);
        assertThat(producer.end(5, true)).isEqualTo(Errors.NONE);
        assertThat(producer.epoch).isEqualTo((short) 1);
        assertThat(repeated.end(5, true)).as("the answer was lost").isEqualTo(Errors.NONE);
        assertThat(repeated.epoch).isEqualTo((short) 1);
        assertThat(copy(zombie).end(5, false)).as("the other way round").isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(zombie.produce(V2_PRODUCE, 1, 1)).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(producer.end(5, true)).as("nothing to commit").isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(producer.end(5, false)).as("nothing to abort is no error").isEqualTo(Errors.NONE);
        assertThat(producer.epoch).isEqualTo((short) 2);
        assertThat(producer.produce(V2_PRODUCE, 1, 0)).as("sequences begin again").isEqualTo(Errors.NONE);
        assertThat(producer.end(5, false)).isEqualTo(Errors.NONE);
        await().until(() -> stableEnd(1) == 0);
    }

    private static Raw copy(Raw producer) {
        Raw copy = new Raw(producer.id);
        copy.producerId = producer.producerId;
        copy.epoch = producer.epoch;
        return copy;
    }

    @Test
    void aProducerThatGoesOnAfterAnErrorIsToldFromOneThatIsFenced() {
        Raw producer = new Raw("kip-360").begun();
        Raw before = copy(producer);
        assertThat(producer.init(5, true)).isEqualTo(Errors.NONE);
        assertThat(producer.epoch).isEqualTo((short) 1);
        assertThat(before.init(5, true)).as("the answer was lost").isEqualTo(Errors.NONE);
        assertThat(before.epoch).isEqualTo((short) 1);
        Raw newer = new Raw("kip-360").begun();
        assertThat(newer.epoch).isEqualTo((short) 2);
        assertThat(producer.init(5, true)).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(producer.init(3, true)).as("before KIP-588").isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(producer.add(3, 0)).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(producer.add(1, 0)).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(producer.end(4, true)).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(producer.end(1, true)).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void oneThatComesWhileATransactionIsOpenIsToldToTryAgainAndGetsALaterEpoch() {
        Raw first = new Raw("concurrent").begun();
        assertThat(first.produce(V2_PRODUCE, 2, 0)).isEqualTo(Errors.NONE);
        Raw second = new Raw("concurrent");
        assertThat(second.init(5, false)).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        await().until(() -> second.init(5, false) == Errors.NONE);
        assertThat(second.epoch).isGreaterThan((short) 1);
        assertThat(stableEnd(2)).isZero();
        assertThat(first.produce(V2_PRODUCE, 2, 1)).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
    }

    @TestFactory
    Stream<DynamicTest> badInputGetsItsError() {
        Raw known = new Raw("bad-input").begun();
        Raw stranger = new Raw("stranger");
        stranger.producerId = known.producerId;
        stranger.epoch = known.epoch;
        Raw unnamed = new Raw("");
        unnamed.producerId = known.producerId;
        unnamed.epoch = known.epoch;
        Raw impostor = new Raw("bad-input");
        impostor.producerId = known.producerId + 1000;
        impostor.epoch = known.epoch;
        return Stream.of(
            expect("unknown id, add", Errors.INVALID_PRODUCER_ID_MAPPING, () -> stranger.add(3, 0)),
            expect("unknown id, produce", Errors.INVALID_PRODUCER_ID_MAPPING, () -> stranger.produce(V2_PRODUCE, 0, 0)),
            expect("unknown id, old produce", Errors.INVALID_PRODUCER_ID_MAPPING, () -> stranger.produce(V1_PRODUCE, 0, 0)),
            expect("unknown id, end", Errors.INVALID_PRODUCER_ID_MAPPING, () -> stranger.end(5, true)),
            expect("unknown id, offsets", Errors.INVALID_PRODUCER_ID_MAPPING, () -> stranger.commitOffset(5, "g", 1)),
            expect("empty id, init", Errors.INVALID_REQUEST, () -> unnamed.init(5, false)),
            expect("empty id, add", Errors.INVALID_REQUEST, () -> unnamed.add(3, 0)),
            expect("empty id, produce", Errors.INVALID_REQUEST, () -> unnamed.produce(V2_PRODUCE, 0, 0)),
            expect("empty id, end", Errors.INVALID_REQUEST, () -> unnamed.end(5, true)),
            DynamicTest.dynamicTest("long id", () -> KafkaPeer.differing("a transactional id of any length is taken",
                () -> assertThat(new Raw("x".repeat(1001)).init(5, false)).isEqualTo(Errors.INVALID_REQUEST))),
            expect("another's producer, add", Errors.INVALID_PRODUCER_ID_MAPPING, () -> impostor.add(3, 0)),
            expect("another's producer, produce", Errors.INVALID_PRODUCER_ID_MAPPING, () -> impostor.produce(V2_PRODUCE, 0, 0)),
            expect("another's producer, init", Errors.PRODUCER_FENCED, () -> impostor.init(5, true)),
            expect("no such partition", Errors.UNKNOWN_TOPIC_OR_PARTITION, () -> known.add(3, 77)),
            expect("id without epoch", Errors.INVALID_REQUEST, () -> only(wire.exchange(ApiKeys.INIT_PRODUCER_ID, 5,
                new InitProducerIdRequestData().setTransactionalId("bad-input").setTransactionTimeoutMs(1).setProducerId(5)))),
            expect("no time", Errors.INVALID_TRANSACTION_TIMEOUT, () -> only(wire.exchange(ApiKeys.INIT_PRODUCER_ID, 5,
                new InitProducerIdRequestData().setTransactionalId("bad-input").setTransactionTimeoutMs(0)))),
            expect("commit of nothing", Errors.INVALID_TXN_STATE, () -> known.end(4, true)));
    }

    private static DynamicTest expect(String name, Errors error, Supplier<Errors> request) {
        return DynamicTest.dynamicTest(name, () -> assertThat(request.get()).isEqualTo(error));
    }

    @Test
    void whenOnePartitionCannotBeAddedNoneIs() {
        Raw producer = new Raw("all-or-none").begun();
        AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName(TOPIC).setPartitions(List.of(0)));
        topics.add(new AddPartitionsToTxnTopic().setName("missing").setPartitions(List.of(0)));
        topics.add(new AddPartitionsToTxnTopic().setName("__transaction_state").setPartitions(List.of(0)));
        AbstractResponse response = wire.exchange(ApiKeys.ADD_PARTITIONS_TO_TXN, 3, new AddPartitionsToTxnRequestData()
            .setV3AndBelowTransactionalId(producer.id).setV3AndBelowProducerId(producer.producerId)
            .setV3AndBelowProducerEpoch(producer.epoch).setV3AndBelowTopics(topics));
        assertThat(response.errorCounts()).containsOnly(Map.entry(Errors.OPERATION_NOT_ATTEMPTED, 1),
            Map.entry(Errors.UNKNOWN_TOPIC_OR_PARTITION, 1), Map.entry(Errors.TOPIC_AUTHORIZATION_FAILED, 1));
        assertThat(producer.produce(V1_PRODUCE, 0, 0)).isEqualTo(Errors.TRANSACTION_ABORTABLE);
    }

    @Test
    void brokersMayAskWhetherPartitionsAreInATransaction() {
        Raw producer = new Raw("verified").begun();
        assertThat(producer.add(3, 1)).isEqualTo(Errors.NONE);
        AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName(TOPIC).setPartitions(List.of(1, 2)));
        AddPartitionsToTxnRequestData request = new AddPartitionsToTxnRequestData();
        request.transactions().add(new AddPartitionsToTxnTransaction().setTransactionalId(producer.id).setVerifyOnly(true)
            .setProducerId(producer.producerId).setProducerEpoch(producer.epoch).setTopics(topics));
        AddPartitionsToTxnResponse response = (AddPartitionsToTxnResponse) wire.exchange(ApiKeys.ADD_PARTITIONS_TO_TXN, 5, request);
        assertThat(response.errors().get(producer.id)).hasSize(2).containsValues(Errors.NONE, Errors.TRANSACTION_ABORTABLE);
        assertThat(producer.end(4, false)).isEqualTo(Errors.NONE);
    }

    @Test
    @OwnBroker("a limit that Kafka does not have")
    void thereAreNoMoreIdsThanConfigured() {
        try (KafkaFixture small = new KafkaFixture(KafkaFixture.CONFIG.withTransactions(new KafkaConfig.Transactions(1,
            Duration.ofMinutes(15), Duration.ofMinutes(15), Duration.ofDays(7), Duration.ofHours(1), 3)))) {
            List<Errors> errors = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                errors.add(only(new WireClient(small.port()).exchange(ApiKeys.INIT_PRODUCER_ID, 5,
                    new InitProducerIdRequestData().setTransactionalId("one of many " + i % 4).setTransactionTimeoutMs(60_000))));
            }
            assertThat(errors).containsExactly(Errors.NONE, Errors.NONE, Errors.NONE, Errors.POLICY_VIOLATION, Errors.NONE);
        }
    }

    @Test
    void theTransactionVersionIsAFinalizedFeature() {
        for (int version = 3; version <= 4; version++) {
            ApiVersionsResponse response = (ApiVersionsResponse) wire.exchange(ApiKeys.API_VERSIONS, version,
                new ApiVersionsRequestData().setClientSoftwareName("t").setClientSoftwareVersion("1"));
            assertThat(response.data().finalizedFeatures().find("transaction.version").maxVersionLevel()).isEqualTo((short) 2);
            assertThat(response.data().supportedFeatures().find("transaction.version") != null).isEqualTo(version == 4);
        }
    }

    @Test
    void everyTransactionalIdIsCoordinatedHereAndNoShareGroup() {
        for (int version = 1; version <= 6; version++) {
            assertThat(only(find(version, (byte) 1))).isEqualTo(Errors.NONE);
            if (version >= 6) {
                assertThat(only(find(version, (byte) 2))).isEqualTo(Errors.INVALID_REQUEST);
            }
        }
    }

    private static AbstractResponse find(int version, byte type) {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKeyType(type);
        ApiMessage body = version < 4 ? request.setKey("t") : request.setCoordinatorKeys(List.of("t"));
        return wire.exchange(ApiKeys.FIND_COORDINATOR, version, body);
    }
}
