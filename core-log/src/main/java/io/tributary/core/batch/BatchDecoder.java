package io.tributary.core.batch;

import io.tributary.core.model.Record;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes stored batches into records, whatever their compression. */
public final class BatchDecoder {
    /** The most that the records of one compressed batch may unpack to, in bytes. */
    public static final int MAX_UNPACKED_BYTES = 256 << 20;

    private static final int SNAPPY = 2;
    private static final Logger LOG = LoggerFactory.getLogger(BatchDecoder.class);

    /** Knows the transactions that were aborted. */
    public interface Aborted {
        /** Whether a producer's transactional batch that begins at an offset is of one of them. */
        boolean contains(long producerId, long baseOffset);
    }

    private BatchDecoder() {
    }

    /**
     * Adds the records from {@code fromOffset} on, whole batches from the buffer's position to its limit, until {@code maxRecords} are in
     * the list. Control batches are left out, and so is the rest of a batch whose records do not parse or unpack to more than
     * {@link #MAX_UNPACKED_BYTES}: its checksum holds, so its writer wrote it so, and whoever reads past it must not be stopped for ever.
     *
     * @param aborted tells which transactional batches do not count; null when all do
     * @return the offset to go on from
     */
    public static long decode(ByteBuffer batches, long fromOffset, int maxRecords, @Nullable Aborted aborted, List<Record> into) {
        int at = batches.position();
        long next = fromOffset;
        while (at < batches.limit() && into.size() < maxRecords) {
            int size = (int) BatchHeader.sizeInBytes(batches, at);
            long last = BatchHeader.lastOffset(batches, at);
            if (last >= next && !BatchHeader.isControl(batches, at) && !isAborted(batches, at, aborted)) {
                decodeOne(batches.slice(at, size), next, maxRecords, into);
            }
            boolean full = into.size() >= maxRecords;
            next = full ? into.get(into.size() - 1).offset() + 1 : Math.max(next, last + 1);
            at += size;
        }
        return next;
    }

    private static boolean isAborted(ByteBuffer batches, int at, @Nullable Aborted aborted) {
        return aborted != null && BatchHeader.isTransactional(batches, at)
            && aborted.contains(BatchHeader.producerId(batches, at), BatchHeader.baseOffset(batches, at));
    }

    private static void decodeOne(ByteBuffer batch, long fromOffset, int maxRecords, List<Record> into) {
        int attributes = BatchHeader.attributes(batch, 0);
        boolean appendTime = (attributes & BatchHeader.LOG_APPEND_TIME) != 0;
        long timestamp = batch.getLong(appendTime ? BatchHeader.MAX_TIMESTAMP : BatchHeader.BASE_TIMESTAMP);
        try {
            ByteBuffer records = (attributes & BatchHeader.COMPRESSION_MASK) == 0
                ? batch.slice(BatchHeader.SIZE, batch.limit() - BatchHeader.SIZE)
                : unpack(batch, MAX_UNPACKED_BYTES);
            RecordReader reader = new RecordReader(records, BatchHeader.baseOffset(batch, 0), BatchHeader.lastOffsetDelta(batch, 0),
                timestamp, appendTime);
            int count = BatchHeader.count(batch, 0);
            for (int i = 0; i < count && into.size() < maxRecords; i++) {
                Record record = reader.next(fromOffset);
                if (record != null) {
                    into.add(record);
                }
            }
        } catch (VirtualMachineError fatal) {
            throw fatal;
        } catch (RecordReader.Malformed | IOException | RuntimeException | Error malformed) {
            // The codecs' libraries throw what they like at wrong input, Errors too.
            LOG.warn("the batch at offset {} cannot be decoded and is passed over: {}", BatchHeader.baseOffset(batch, 0),
                malformed.toString());
        }
    }

    /** The records of a compressed batch; fails with {@link RecordReader.TooLarge} when they are more than so many bytes. */
    static ByteBuffer unpack(ByteBuffer batch, int maxBytes) throws IOException, RecordReader.Malformed {
        if ((BatchHeader.attributes(batch, 0) & BatchHeader.COMPRESSION_MASK) == SNAPPY) {
            SnappyFrames.check(batch.slice(BatchHeader.SIZE, batch.limit() - BatchHeader.SIZE), maxBytes);
        }
        MutableRecordBatch stored = MemoryRecords.readableRecords(batch.duplicate()).batches().iterator().next();
        try (InputStream in = ((DefaultRecordBatch) stored).recordInputStream(BufferSupplier.NO_CACHING)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new RecordReader.TooLarge("more than " + maxBytes + " bytes");
            }
            return ByteBuffer.wrap(bytes);
        }
    }
}
