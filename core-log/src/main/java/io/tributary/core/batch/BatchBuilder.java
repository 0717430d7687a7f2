package io.tributary.core.batch;

import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects records into one uncompressed batch. Belongs to one thread, and keeps its working memory from batch to
 * batch.
 */
public final class BatchBuilder {
    private static final int INITIAL_BYTES = 16 << 10;
    private static final int KEPT_BYTES = 1 << 20;
    private static final short NO_EPOCH = -1;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int end = BatchHeader.SIZE;
    private int count;
    private long baseTimestamp;
    private long maxTimestamp;

    /** An upper bound of the bytes that the record takes in a batch, without the batch's header. */
    public static int maxRecordBytes(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        long size = 5 + 1 + 10 + 5 + bodyBytes(key, value, headers);
        return (int) Math.min(size, Integer.MAX_VALUE - BatchHeader.SIZE);
    }

    private static long bodyBytes(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        long size = fieldBytes(key) + fieldBytes(value) + Varint.size(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            Header header = headers.asList().get(i);
            int name = utf8Length(header.name());
            size += Varint.size(name) + name + fieldBytes(header.value());
        }
        return size;
    }

    private static long fieldBytes(byte @Nullable [] field) {
        return field == null ? 1 : (long) Varint.size(field.length) + field.length;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public int count() {
        return count;
    }

    /** The size of the batch as it stands. */
    public int sizeInBytes() {
        return end;
    }

    /** Adds a record; the caller has kept the batch below the size that a batch may have. */
    public void add(long timestamp, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        if (count == 0) {
            baseTimestamp = timestamp;
            maxTimestamp = timestamp;
        }
        long delta = timestamp - baseTimestamp;
        int body = Math.toIntExact(1 + Varint.size(delta) + Varint.size(count) + bodyBytes(key, value, headers));
        ensure(body + 5);
        int at = Varint.write(bytes, end, body);
        bytes[at++] = 0;
        at = Varint.write(bytes, at, delta);
        at = Varint.write(bytes, at, count);
        at = writeField(at, key);
        at = writeField(at, value);
        at = Varint.write(bytes, at, headers.size());
        for (int i = 0; i < headers.size(); i++) {
            Header header = headers.asList().get(i);
            at = writeName(at, header.name());
            at = writeField(at, header.value());
        }
        end = at;
        count++;
        maxTimestamp = Math.max(maxTimestamp, timestamp);
    }

    /** The batch, of no producer, in memory of its own, at base offset 0; and makes ready for the next. */
    public ByteBuffer build() {
        return build(BatchHeader.NO_PRODUCER, NO_EPOCH, BatchHeader.NO_SEQUENCE, 0);
    }

    /** As {@link #build()}, of an idempotent producer; {@code sequence} is that of the first record. */
    public ByteBuffer build(long producerId, short producerEpoch, int sequence) {
        return build(producerId, producerEpoch, sequence, 0);
    }

    /** As {@link #build()}, of a producer's transaction, with sequence 0. */
    public ByteBuffer buildTransactional(long producerId, short producerEpoch) {
        return build(producerId, producerEpoch, 0, BatchHeader.TRANSACTIONAL);
    }

    private ByteBuffer build(long producerId, short producerEpoch, int sequence, int attributes) {
        ByteBuffer batch = ByteBuffer.wrap(Arrays.copyOf(bytes, end));
        batch.putInt(BatchHeader.LENGTH, end - BatchHeader.LOG_OVERHEAD);
        batch.putInt(BatchHeader.LEADER_EPOCH, 0);
        batch.put(BatchHeader.MAGIC_AT, BatchHeader.MAGIC);
        batch.putLong(0, 0);
        batch.putShort(BatchHeader.ATTRIBUTES, (short) attributes);
        batch.putInt(BatchHeader.LAST_OFFSET_DELTA, count - 1);
        batch.putLong(BatchHeader.BASE_TIMESTAMP, baseTimestamp);
        batch.putLong(BatchHeader.MAX_TIMESTAMP, maxTimestamp);
        batch.putLong(BatchHeader.PRODUCER_ID, producerId);
        batch.putShort(BatchHeader.PRODUCER_EPOCH, producerEpoch);
        batch.putInt(BatchHeader.BASE_SEQUENCE, sequence);
        batch.putInt(BatchHeader.COUNT, count);
        batch.putInt(BatchHeader.CRC, BatchHeader.checksum(batch, 0, end));
        count = 0;
        end = BatchHeader.SIZE;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[INITIAL_BYTES];
        }
        return batch;
    }

    private void ensure(int more) {
        int needed = Math.addExact(end, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
        }
    }

    private int writeField(int at, byte @Nullable [] field) {
        if (field == null) {
            return Varint.write(bytes, at, -1);
        }
        int position = Varint.write(bytes, at, field.length);
        System.arraycopy(field, 0, bytes, position, field.length);
        return position + field.length;
    }

    private int writeName(int at, String name) {
        int length = utf8Length(name);
        int position = Varint.write(bytes, at, length);
        if (length == name.length()) {
            for (int i = 0; i < length; i++) {
                bytes[position + i] = (byte) name.charAt(i);
            }
        } else {
            System.arraycopy(name.getBytes(StandardCharsets.UTF_8), 0, bytes, position, length);
        }
        return position + length;
    }

    private static int utf8Length(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return text.getBytes(StandardCharsets.UTF_8).length;
            }
        }
        return text.length();
    }
}
