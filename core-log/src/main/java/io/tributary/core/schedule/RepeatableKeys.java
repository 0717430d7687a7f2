package io.tributary.core.schedule;

import io.tributary.core.schedule.index.ScheduleKey;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Keys of an idempotent producer's records in one partition, made of what names them there: the same again when a batch is sent again.
 * Records that are due in the same millisecond are in the order of their sequences.
 */
final class RepeatableKeys {
    private static final int HASHED_BYTES = 3 * Long.BYTES + Integer.BYTES + Short.BYTES;
    private static final int SEQUENCE_SHIFT = 32;
    private static final long LOW_HALF = 0xFFFF_FFFFL;

    private final long run;
    private final long salt;

    RepeatableKeys(UUID topicId, int partition, long producerId, short producerEpoch) {
        byte[] named = ByteBuffer.allocate(HASHED_BYTES).putLong(topicId.getMostSignificantBits())
            .putLong(topicId.getLeastSignificantBits()).putInt(partition).putLong(producerId).putShort(producerEpoch).array();
        ByteBuffer hash = ByteBuffer.wrap(sha256(named));
        this.run = ScheduleKey.REPEATABLE | hash.getLong() & ScheduleKey.REPEATABLE - 1;
        this.salt = hash.getLong() & LOW_HALF;
    }

    ScheduleKey of(long dueMs, int sequence) {
        return new ScheduleKey(dueMs, run, (long) sequence << SEQUENCE_SHIFT | salt);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
