package io.tributary.core.batch;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Header;
import io.tributary.core.model.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/** A client's batch, unpacked, to look at its records and to take some out. The batch itself is not changed. */
public final class OpenBatch {
    private final ByteBuffer batch;
    private final ByteBuffer records;

    private OpenBatch(ByteBuffer batch, ByteBuffer records) {
        this.batch = batch;
        this.records = records;
    }

    /**
     * Opens the one batch from the buffer's position to its limit, which is valid otherwise.
     *
     * @param maxUnpackedBytes the most that its records may unpack to
     * @throws BrokerException BATCH_TOO_LARGE when they are more, INVALID_BATCH when they cannot be unpacked
     */
    public static OpenBatch of(ByteBuffer batch, int maxUnpackedBytes) {
        ByteBuffer whole = batch.slice();
        boolean packed = (BatchHeader.attributes(whole, 0) & BatchHeader.COMPRESSION_MASK) != 0;
        try {
            return new OpenBatch(whole, packed ? BatchDecoder.unpack(whole, maxUnpackedBytes)
                : whole.slice(BatchHeader.SIZE, whole.limit() - BatchHeader.SIZE));
        } catch (VirtualMachineError fatal) {
            throw fatal;
        } catch (RecordReader.TooLarge tooLarge) {
            throw new BrokerException(ErrorCode.BATCH_TOO_LARGE, "a batch unpacks to more than it may: " + tooLarge.getMessage());
        } catch (RecordReader.Malformed | IOException | RuntimeException | Error malformed) {
            // The codecs' libraries throw what they like at wrong input, Errors too.
            throw new BrokerException(ErrorCode.INVALID_BATCH, "a batch cannot be unpacked: " + malformed, malformed);
        }
    }

    /** {@link BatchHeader#NO_PRODUCER} for one of a producer that is not idempotent. */
    public long producerId() {
        return BatchHeader.producerId(batch, 0);
    }

    public short producerEpoch() {
        return BatchHeader.producerEpoch(batch, 0);
    }

    /** The sequence of the record at an index, of an idempotent producer. */
    public int sequence(int index) {
        return DefaultRecordBatch.incrementSequence(BatchHeader.baseSequence(batch, 0), index);
    }

    public int count() {
        return BatchHeader.count(batch, 0);
    }

    /**
     * Shows the records in their order, each with its index in the batch as its offset.
     *
     * @throws BrokerException INVALID_BATCH when they do not parse, some perhaps having been shown
     */
    public void forEach(Consumer<Record> reader) {
        ByteBuffer in = records.duplicate();
        int count = count();
        RecordReader each = new RecordReader(in, 0, count - 1, batch.getLong(BatchHeader.BASE_TIMESTAMP), false);
        try {
            for (int index = 0; index < count; index++) {
                Record record = each.next(0);
                if (record == null || record.offset() != index) {
                    throw new RecordReader.Malformed("record " + index + " has another's offset");
                }
                reader.accept(record);
            }
            if (!each.isAtEnd()) {
                throw new RecordReader.Malformed("there is more than " + count + " records");
            }
        } catch (RecordReader.Malformed malformed) {
            throw new BrokerException(ErrorCode.INVALID_BATCH, "a batch's records do not parse: " + malformed.getMessage(), malformed);
        }
    }

    /**
     * The batch without some records, as compaction would leave it: the others keep their offsets within it, and it keeps its producer,
     * its sequences and the offsets that it takes, also when nothing else is left of it.
     *
     * @param taken indexes of those that are left out
     */
    public ByteBuffer without(BitSet taken) {
        int lastDelta = BatchHeader.lastOffsetDelta(batch, 0);
        boolean transactional = BatchHeader.isTransactional(batch, 0);
        if (taken.cardinality() == count()) {
            ByteBuffer empty = ByteBuffer.allocate(BatchHeader.SIZE);
            DefaultRecordBatch.writeEmptyHeader(empty, BatchHeader.MAGIC, producerId(), producerEpoch(), BatchHeader.baseSequence(batch, 0),
                0, lastDelta, 0, TimestampType.CREATE_TIME, RecordBatch.NO_TIMESTAMP, transactional, false);
            return empty.clear();
        }
        CompressionType codec = CompressionType.forId(BatchHeader.attributes(batch, 0) & BatchHeader.COMPRESSION_MASK);
        try (MemoryRecordsBuilder rest = new MemoryRecordsBuilder(new ByteBufferOutputStream(batch.limit()), BatchHeader.MAGIC,
                Compression.of(codec).build(), TimestampType.CREATE_TIME, 0, RecordBatch.NO_TIMESTAMP, producerId(), producerEpoch(),
                BatchHeader.baseSequence(batch, 0), transactional, false, 0, Integer.MAX_VALUE)) {
            forEach(record -> {
                if (!taken.get((int) record.offset())) {
                    rest.appendWithOffset(record.offset(), record.timestamp(), record.key(), record.value(), headers(record));
                }
            });
            rest.overrideLastOffset(lastDelta);
            return rest.build().buffer();
        }
    }

    private static RecordHeader[] headers(Record record) {
        RecordHeader[] headers = new RecordHeader[record.headers().size()];
        for (int i = 0; i < headers.length; i++) {
            Header header = record.headers().asList().get(i);
            headers[i] = new RecordHeader(header.name(), header.value());
        }
        return headers;
    }
}
