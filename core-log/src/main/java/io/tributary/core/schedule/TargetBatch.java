package io.tributary.core.schedule;

import io.tributary.core.api.Append;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Topic;
import io.tributary.core.batch.BatchBuilder;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.schedule.index.WaitingRow;
import java.util.ArrayList;
import java.util.List;

/** What one partition is to get in one batch. */
final class TargetBatch {
    private static final int MAX_BYTES = 1 << 20;

    private final Topic topic;
    private final int partition;
    private final List<WaitingRow> rows = new ArrayList<>();
    private final List<Envelope> envelopes = new ArrayList<>();
    private long bytes = BatchHeader.SIZE;

    TargetBatch(Topic topic, int partition) {
        this.topic = topic;
        this.partition = partition;
    }

    /** Whether there is room for the record; for the first there is. */
    boolean takes(Envelope envelope) {
        return rows.isEmpty() || bytes + recordBytes(envelope) <= Math.min(MAX_BYTES, topic.config().maxBatchBytes());
    }

    void add(WaitingRow row, Envelope envelope) {
        rows.add(row);
        envelopes.add(envelope);
        bytes += recordBytes(envelope);
    }

    static int recordBytes(Envelope envelope) {
        return BatchBuilder.maxRecordBytes(envelope.key(), envelope.value(), envelope.headers());
    }

    List<WaitingRow> rows() {
        return rows;
    }

    Topic topic() {
        return topic;
    }

    Claim.Group group() {
        return new Claim.Group(topic.id(), partition, rows);
    }

    /**
     * Appends the batch as the claim's producer; if the log has it already it says so and nothing is appended. Its records were checked
     * when they were promised: their timestamps may have become too old meanwhile.
     */
    Append append(BatchBuilder builder, Claim claim, long nowMs) {
        for (Envelope envelope : envelopes) {
            long timestamp = envelope.timestamp() == PublishRequest.NOW ? nowMs : envelope.timestamp();
            builder.add(timestamp, envelope.key(), envelope.value(), envelope.headers());
        }
        return topic.partition(partition).appendWithGaps(builder.build(claim.producerId(), claim.producerEpoch(), 0));
    }
}
