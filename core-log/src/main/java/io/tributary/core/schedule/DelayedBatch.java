package io.tributary.core.schedule;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Schedule;
import io.tributary.core.api.Topic;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.batch.BatchValidator;
import io.tributary.core.batch.BatchValidator.Allowed;
import io.tributary.core.batch.OpenBatch;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.BrokerException.BadRecord;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A client's batch whose records may ask to wait, looked at.
 *
 * @param wishes        the records that ask for a time, be it past, in their order
 * @param inTransaction whether the batch is part of one
 * @param nowMs         when it was looked at
 */
record DelayedBatch(OpenBatch batch, List<Wish> wishes, boolean inTransaction, long nowMs) {
    private static final int MAX_BAD = 100;

    /**
     * A record that asks for a time.
     *
     * @param index in the batch
     * @param dueMs milliseconds since the epoch
     */
    record Wish(int index, long dueMs, Envelope envelope) {
    }

    /**
     * Looks at a batch that a client wants to have appended, and checks it as an append does.
     *
     * @throws BrokerException as an append's; INVALID_BATCH with the records to blame when their headers say nothing sensible;
     *                         BATCH_TOO_LARGE when the batch unpacks to more than {@link Schedule#MAX_UNPACKED_BYTES}, or more than
     *                         {@link Schedule#MAX_WISHES} of its records ask
     */
    static DelayedBatch of(Topic topic, int partition, ByteBuffer batch, boolean inTransaction, long nowMs) {
        TopicConfig config = topic.config();
        BatchValidator.validate(batch, config.maxBatchBytes(), inTransaction ? Allowed.TRANSACTIONAL : Allowed.PLAIN);
        if (BatchHeader.sizeInBytes(batch, batch.position()) != batch.remaining()) {
            throw new BrokerException(ErrorCode.INVALID_BATCH, "batches whose records may ask to wait are appended one by one");
        }
        if (config.compaction().isOn()) {
            BatchValidator.requireKeys(batch);
        }
        BatchValidator.requireTimestamps(batch, config.records(), nowMs);
        OpenBatch open = OpenBatch.of(batch, Schedule.MAX_UNPACKED_BYTES);
        List<Wish> wishes = new ArrayList<>(0);
        List<BadRecord> bad = new ArrayList<>(0);
        open.forEach(record -> {
            try {
                long dueMs = DueHeaders.dueMs(record, nowMs);
                if (dueMs != PublishRequest.AT_ONCE) {
                    Wish wish = new Wish((int) record.offset(), dueMs, envelope(topic, partition, record));
                    add(wish, wishes);
                    TargetCheck.require(topic, wish.envelope());
                }
            } catch (DueHeaders.Malformed malformed) {
                if (bad.size() < MAX_BAD) {
                    bad.add(new BadRecord((int) record.offset(), String.valueOf(malformed.getMessage())));
                }
            }
        });
        if (!bad.isEmpty()) {
            throw new BrokerException(ErrorCode.INVALID_BATCH, "record " + bad.get(0).index() + ": " + bad.get(0).message(), bad);
        }
        return new DelayedBatch(open, wishes, inTransaction, nowMs);
    }

    /** The timestamp is when it is due: what the client gave it is when it was made, from which its expiration must not count. */
    private static Envelope envelope(Topic topic, int partition, Record record) {
        return new Envelope(topic.id(), topic.name(), partition, 0, PublishRequest.NOW, record.key(), record.value(), record.headers());
    }

    private static void add(Wish wish, List<Wish> wishes) {
        if (wishes.size() >= Schedule.MAX_WISHES) {
            throw new BrokerException(ErrorCode.BATCH_TOO_LARGE, "more than " + Schedule.MAX_WISHES + " records of a batch ask to wait");
        }
        wishes.add(wish);
    }

    boolean isIdempotent() {
        return batch.producerId() >= 0;
    }

    /**
     * Those that are taken out: what is not due, and in a transaction also what is, so that nobody need look what was when the batch is
     * sent again.
     */
    List<Wish> waiting() {
        return inTransaction ? wishes : wishes.stream().filter(wish -> wish.dueMs() > nowMs).toList();
    }

    /** The batch without those that wait. */
    ByteBuffer rest() {
        BitSet taken = new BitSet(batch.count());
        waiting().forEach(wish -> taken.set(wish.index()));
        return batch.without(taken);
    }
}
