package io.tributary.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches that no producer of Kafka makes: each is refused with Kafka's error, and what comes after it is taken. */
class BadBatchIT {
    private static final String TOPIC = "bad-batches";
    private static final short VERSION = 9;
    private static final int LENGTH = 8;
    private static final int MAGIC = 16;
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int LAST_OFFSET_DELTA = 23;
    private static final int PRODUCER_ID = 43;
    private static final int EPOCH = 51;
    private static final int SEQUENCE = 53;
    private static final int COUNT = 57;
    private static final int RECORDS = 61;
    private static final short GZIP = 1;
    private static final short ZSTD = 4;
    private static final short CONTROL = 0x20;
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture();
        fixture.createTopic(TOPIC, 1);
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    /** What is wrong, and what is said to it. */
    @SuppressWarnings("ImmutableEnumChecker") // what changes the batch keeps nothing
    private enum Fault {
        NONE(Errors.NONE, batch -> { }),
        A_BASE_OFFSET(Errors.INVALID_RECORD, batch -> batch.putLong(0, 5)),
        WRONG_CHECKSUM(Errors.CORRUPT_MESSAGE, batch -> batch.putInt(CRC, 1), false),
        LENGTH_BEYOND_ITS_BYTES(Errors.INVALID_RECORD, batch -> batch.putInt(LENGTH, 1 << 20), false),
        LENGTH_OF_NOTHING(Errors.CORRUPT_MESSAGE, batch -> batch.putInt(LENGTH, 3), false),
        NEGATIVE_LENGTH(Errors.CORRUPT_MESSAGE, batch -> batch.putInt(LENGTH, -1), false),
        LAST_OFFSET_THAT_DOES_NOT_FIT_THE_COUNT(Errors.INVALID_RECORD, batch -> batch.putInt(LAST_OFFSET_DELTA, 7)),
        NEGATIVE_LAST_OFFSET(Errors.INVALID_RECORD, batch -> batch.putInt(LAST_OFFSET_DELTA, -1)),
        NO_RECORDS(Errors.INVALID_RECORD, batch -> batch.putInt(COUNT, 0)),
        NEGATIVE_COUNT(Errors.INVALID_RECORD, batch -> batch.putInt(COUNT, -2)),
        MORE_RECORDS_THAN_THERE_ARE(Errors.INVALID_RECORD, batch -> batch.putInt(COUNT, 10).putInt(LAST_OFFSET_DELTA, 9)),
        FEWER_RECORDS_THAN_THERE_ARE(Errors.INVALID_RECORD, batch -> batch.putInt(COUNT, 1).putInt(LAST_OFFSET_DELTA, 0)),
        A_RECORD_BEYOND_THE_BATCH(Errors.INVALID_RECORD, batch -> batch.put(RECORDS, (byte) 0x7E)),
        CONTROL_RECORDS(Errors.INVALID_RECORD, batch -> batch.putShort(ATTRIBUTES, CONTROL)),
        OLD_MAGIC(Errors.INVALID_RECORD, batch -> batch.put(MAGIC, (byte) 1)),
        FUTURE_MAGIC(Errors.CORRUPT_MESSAGE, batch -> batch.put(MAGIC, (byte) 3)),
        A_PRODUCER_WITHOUT_A_SEQUENCE(Errors.INVALID_RECORD, batch -> batch.putLong(PRODUCER_ID, 1000).putShort(EPOCH, (short) 0));

        private final Errors answer;
        private final Consumer<ByteBuffer> change;
        private final boolean checksumRight;

        Fault(Errors answer, Consumer<ByteBuffer> change) {
            this(answer, change, true);
        }

        Fault(Errors answer, Consumer<ByteBuffer> change, boolean checksumRight) {
            this.answer = answer;
            this.change = change;
            this.checksumRight = checksumRight;
        }

        byte[] batch() {
            ByteBuffer batch = good();
            change.accept(batch);
            return checksumRight ? checked(batch) : bytes(batch);
        }
    }

    private static ByteBuffer good() {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(System.currentTimeMillis(), new byte[20]),
            new SimpleRecord(System.currentTimeMillis(), new byte[3]));
        return ByteBuffer.allocate(records.sizeInBytes()).put(records.buffer().duplicate()).flip();
    }

    private static byte[] checked(ByteBuffer batch) {
        CRC32C sum = new CRC32C();
        sum.update(batch.duplicate().position(ATTRIBUTES));
        return bytes(batch.putInt(CRC, (int) sum.getValue()));
    }

    private static byte[] bytes(ByteBuffer batch) {
        byte[] bytes = new byte[batch.limit()];
        batch.get(0, bytes);
        return bytes;
    }

    private static PartitionProduceResponse produce(byte[] records) {
        return produce(TOPIC, records);
    }

    private static PartitionProduceResponse produce(String topic, byte[] records) {
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData().setName(topic).setPartitionData(List.of(
            new PartitionProduceData().setIndex(0).setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(records))))));
        ProduceResponse response = (ProduceResponse) new WireClient(fixture.port()).exchange(ApiKeys.PRODUCE, VERSION,
            new ProduceRequestData().setAcks((short) -1).setTimeoutMs(10_000).setTopicData(topics));
        return response.data().responses().iterator().next().partitionResponses().get(0);
    }

    private static Errors answer(byte[] records) {
        return Errors.forCode(produce(records).errorCode());
    }

    @ParameterizedTest
    @EnumSource
    void aBadBatchIsRefusedAndTheNextOneTaken(Fault fault) {
        assertThat(answer(fault.batch())).isEqualTo(fault.answer);
        assertThat(answer(Fault.NONE.batch())).isEqualTo(Errors.NONE);
    }

    @Test
    @DiffersFromKafka("UNKNOWN_SERVER_ERROR")
    void aCodecThatIsNoneIsRefused() {
        assertThat(answer(checked(good().putShort(ATTRIBUTES, (short) 7)))).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    @DiffersFromKafka("it decompresses what is produced, and answers UNKNOWN_SERVER_ERROR")
    void whatIsCompressedIsLookedAtByWhoReadsIt() {
        String apart = "compressed-garbage";
        fixture.createTopic(apart, 1);
        byte[] garbage = checked(good().putShort(ATTRIBUTES, GZIP));
        assertThat(Errors.forCode(produce(apart, garbage).errorCode())).isEqualTo(Errors.NONE);
        assertThat(Errors.forCode(produce(apart, Fault.NONE.batch()).errorCode())).isEqualTo(Errors.NONE);
    }

    @Test
    void aRequestHasOneBatchForAPartition() {
        byte[] one = Fault.NONE.batch();
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);
        assertThat(answer(two)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(answer(new byte[0])).isEqualTo(Errors.INVALID_RECORD);
        assertThat(answer(Arrays.copyOf(one, one.length - 1))).as("cut off").isEqualTo(Errors.INVALID_RECORD);
        assertThat(answer(Arrays.copyOf(one, 10))).as("a beginning").isEqualTo(Errors.INVALID_RECORD);
    }

    private static byte[] numbered(long producerId, int epoch, int sequence) {
        return checked(good().putLong(PRODUCER_ID, producerId).putShort(EPOCH, (short) epoch).putInt(SEQUENCE, sequence));
    }

    /** Negative while Kafka's broker has not been given any by its controller. */
    private static long producerId() {
        return ((InitProducerIdResponse) new WireClient(fixture.port()).exchange(ApiKeys.INIT_PRODUCER_ID, 4,
            new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(1000))).data().producerId();
    }

    @Test
    void sequencesAreInOrderAndEpochsNotBackwards() {
        long id = await().atMost(KafkaFixture.PATIENCE).until(BadBatchIT::producerId, given -> given >= 0);
        PartitionProduceResponse first = produce(numbered(id, 0, 0));
        assertThat(Errors.forCode(first.errorCode())).isEqualTo(Errors.NONE);
        assertThat(produce(numbered(id, 0, 0)).baseOffset()).as("a repetition").isEqualTo(first.baseOffset());
        assertThat(answer(numbered(id, 0, 2))).isEqualTo(Errors.NONE);
        assertThat(answer(numbered(id, 0, 7))).as("a gap").isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(answer(numbered(id, 0, 1))).as("within the last ones").isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(answer(numbered(id, 1, 3))).as("a new epoch begins with 0").isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(answer(numbered(id, 1, 0))).isEqualTo(Errors.NONE);
        assertThat(answer(numbered(id, 0, 4))).as("an old epoch").isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(answer(numbered(id + 1_000_000, 0, 40))).as("a producer that is not known").isEqualTo(Errors.NONE);
    }

    @Test
    @DiffersFromKafka("INVALID_PRODUCER_EPOCH")
    void aProducerHasAnEpoch() {
        assertThat(answer(numbered(1000, -1, 0))).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aBatchThatGrowsWhenItIsDecompressedIsTakenAndHurtsNobody() {
        byte[] zeros = new byte[64 << 20];
        MemoryRecords bomb = MemoryRecords.withRecords(Compression.zstd().build(), new SimpleRecord(zeros));
        byte[] bytes = new byte[bomb.sizeInBytes()];
        bomb.buffer().duplicate().get(bytes);
        assertThat(bytes.length).isLessThan(zeros.length / 100);
        assertThat(ByteBuffer.wrap(bytes).getShort(ATTRIBUTES)).isEqualTo(ZSTD);
        assertThat(answer(bytes)).isEqualTo(Errors.NONE);
        assertThat(answer(Fault.NONE.batch())).isEqualTo(Errors.NONE);
    }
}
