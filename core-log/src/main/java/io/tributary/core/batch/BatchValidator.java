package io.tributary.core.batch;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.BrokerException.BadRecord;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;

/** Checks what a client wants to have appended, before anything is done with it. */
public final class BatchValidator {
    /** How many records a refusal blames at most. */
    private static final int MAX_BAD_RECORDS = 100;
    private static final String NO_KEY = "a compacted topic takes records with a key";
    private static final int MAX_CODEC = 4;

    /** What batches may be; each more than the one before. */
    public enum Allowed {
        /** Of no transaction. */
        PLAIN,
        TRANSACTIONAL,
        /** Also the markers that end transactions, and a producer's batches without a sequence. */
        CONTROL
    }

    private BatchValidator() {
    }

    /**
     * Checks every batch from the buffer's position to its limit: framing, format, checksum, counts, and the framing of records that are
     * not compressed (compressed records are passed through and checked by who decodes them).
     *
     * @param maxBatchBytes the largest batch allowed
     * @throws BrokerException CORRUPT_BATCH, INVALID_BATCH, INVALID_TIMESTAMP or BATCH_TOO_LARGE
     */
    public static void validate(ByteBuffer batches, int maxBatchBytes, Allowed allowed) {
        int at = batches.position();
        requireAny(batches);
        while (at < batches.limit()) {
            at += validateOne(batches, at, maxBatchBytes, allowed);
        }
    }

    private static void requireAny(ByteBuffer batches) {
        if (batches.position() == batches.limit()) {
            throw new BrokerException(ErrorCode.INVALID_BATCH, "no batch to append");
        }
    }

    /**
     * Checks the framing of batches that the broker made of such as were checked, and that may lack records or have none.
     *
     * @throws BrokerException CORRUPT_BATCH
     */
    public static void requireFraming(ByteBuffer batches) {
        int at = batches.position();
        requireAny(batches);
        while (at < batches.limit()) {
            int size = BatchHeader.intactSize(batches, at);
            if (size < 0 || BatchHeader.count(batches, at) > BatchHeader.lastOffsetDelta(batches, at) + 1) {
                throw corrupt("a batch with gaps is not whole");
            }
            at += size;
        }
    }

    /**
     * Checks that every record of batches that are valid otherwise has a key, as those of a compacted topic must.
     *
     * @throws BrokerException INVALID_BATCH
     */
    public static void requireKeys(ByteBuffer batches) {
        List<BadRecord> bad = new ArrayList<>(0);
        for (RecordBatch batch : MemoryRecords.readableRecords(batches.duplicate()).batches()) {
            try (CloseableIterator<Record> records = batch.streamingIterator(BufferSupplier.NO_CACHING, BatchDecoder.MAX_UNPACKED_BYTES)) {
                for (int index = 0; records.hasNext(); index++) {
                    if (!records.next().hasKey() && bad.size() < MAX_BAD_RECORDS) {
                        bad.add(new BadRecord(index, NO_KEY));
                    }
                }
            } catch (KafkaException | IllegalArgumentException malformed) {
                throw invalid("a batch's records cannot be read: " + malformed.getMessage());
            }
        }
        if (!bad.isEmpty()) {
            throw new BrokerException(ErrorCode.INVALID_BATCH, NO_KEY, bad);
        }
    }

    /**
     * Checks that the timestamps of batches that are valid otherwise are what the topic takes. The header's largest one tells whether any
     * may lie too far ahead; records are looked at when it does, or when the past is bounded.
     *
     * @throws BrokerException INVALID_TIMESTAMP
     */
    public static void requireTimestamps(ByteBuffer batches, TopicConfig.RecordRules rules, long nowMs) {
        if (rules.appendTime()) {
            return;
        }
        int at = batches.position();
        while (at < batches.limit()) {
            int size = (int) BatchHeader.sizeInBytes(batches, at);
            if (rules.beforeMaxMs() != Long.MAX_VALUE || !rules.takes(BatchHeader.maxTimestamp(batches, at), nowMs)) {
                requireTimestamps(OpenBatch.of(batches.slice(at, size), BatchDecoder.MAX_UNPACKED_BYTES), rules, nowMs);
            }
            at += size;
        }
    }

    private static void requireTimestamps(OpenBatch batch, TopicConfig.RecordRules rules, long nowMs) {
        List<BadRecord> bad = new ArrayList<>(0);
        batch.forEach(record -> {
            if (!rules.takes(record.timestamp(), nowMs) && bad.size() < MAX_BAD_RECORDS) {
                bad.add(new BadRecord((int) record.offset(), "the timestamp " + record.timestamp() + " is out of its bounds: at most "
                    + rules.beforeMaxMs() + " ms before " + nowMs + ", and " + rules.afterMaxMs() + " ms after"));
            }
        });
        if (!bad.isEmpty()) {
            throw new BrokerException(ErrorCode.INVALID_TIMESTAMP, bad.get(0).message(), bad);
        }
    }

    private static int validateOne(ByteBuffer batches, int at, int maxBatchBytes, Allowed allowed) {
        int remaining = batches.limit() - at;
        if (remaining <= BatchHeader.MAGIC_AT) {
            throw corrupt("a batch's header is cut off");
        }
        byte magic = BatchHeader.magic(batches, at);
        if (magic != BatchHeader.MAGIC) {
            throw new BrokerException(ErrorCode.INVALID_BATCH, "record format " + magic + " is not taken, only format 2");
        }
        if (remaining < BatchHeader.SIZE) {
            throw corrupt("a batch's header is cut off");
        }
        long size = BatchHeader.sizeInBytes(batches, at);
        if (size < BatchHeader.SIZE || size > remaining) {
            throw corrupt("a batch claims " + size + " bytes where " + remaining + " are given");
        }
        if (size > maxBatchBytes) {
            throw new BrokerException(ErrorCode.BATCH_TOO_LARGE, "a batch of " + size + " bytes is over the topic's " + maxBatchBytes);
        }
        if (!BatchHeader.isIntact(batches, at, (int) size)) {
            throw corrupt("a batch's checksum is wrong");
        }
        checkContents(batches, at, (int) size);
        checkProducer(batches, at, (int) size, allowed);
        return (int) size;
    }

    private static void checkContents(ByteBuffer batches, int at, int size) {
        int attributes = BatchHeader.attributes(batches, at);
        int count = BatchHeader.count(batches, at);
        int codec = attributes & BatchHeader.COMPRESSION_MASK;
        if ((attributes & BatchHeader.LOG_APPEND_TIME) != 0) {
            throw new BrokerException(ErrorCode.INVALID_TIMESTAMP, "a client may not set the append time");
        }
        if (codec > MAX_CODEC) {
            throw invalid("unknown compression " + codec);
        }
        if (count < 1 || BatchHeader.lastOffsetDelta(batches, at) != count - 1) {
            throw invalid("a batch's record count " + count + " does not agree with its offsets");
        }
        if (codec == 0 && !RecordReader.isWellFormed(batches.slice(at + BatchHeader.SIZE, size - BatchHeader.SIZE), count)) {
            throw invalid("a batch's records do not parse");
        }
    }

    private static void checkProducer(ByteBuffer batches, int at, int size, Allowed allowed) {
        boolean control = BatchHeader.isControl(batches, at);
        boolean transactional = BatchHeader.isTransactional(batches, at);
        if (control && allowed != Allowed.CONTROL) {
            throw invalid("a client may not append control batches");
        }
        if (transactional && allowed == Allowed.PLAIN) {
            throw invalid("a transactional batch belongs to no transaction that is known");
        }
        long producer = BatchHeader.producerId(batches, at);
        boolean idempotent = producer >= 0;
        boolean sequenceless = allowed == Allowed.CONTROL && BatchHeader.baseSequence(batches, at) == BatchHeader.NO_SEQUENCE;
        if (producer < BatchHeader.NO_PRODUCER
            || idempotent && (BatchHeader.producerEpoch(batches, at) < 0 || BatchHeader.baseSequence(batches, at) < 0 && !sequenceless)
            || transactional && !idempotent) {
            throw invalid("a batch's producer fields are out of bounds");
        }
        if (control && !(transactional && TransactionMarker.isWellFormed(batches.slice(at, size)))) {
            throw invalid("a control batch holds no marker that ends a transaction");
        }
    }

    private static BrokerException corrupt(String message) {
        return new BrokerException(ErrorCode.CORRUPT_BATCH, message);
    }

    private static BrokerException invalid(String message) {
        return new BrokerException(ErrorCode.INVALID_BATCH, message);
    }
}
