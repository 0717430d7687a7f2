package io.tributary.core.schedule;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.batch.BatchBuilder;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.schedule.index.ScheduleKey;
import io.tributary.core.schedule.index.WaitingRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The topic that waiting records are in: one partition, so that what is written has one order. A record's key is its {@link ScheduleKey}; a
 * record of that key without a value ends its waiting, and compaction then gives the disk back. A key of one byte holds the last claim.
 */
record ScheduleLog(Topic topic, Partition partition, long run) {
    static final TopicName NAME = TopicName.of("__schedule");
    private static final int SEGMENT_BYTES = 16 << 20;
    private static final int BATCH_BYTES = 1 << 20;
    /** What the index has not seen by then it finds out when the record is due: that is, a count is too high until then. */
    static final long TOMBSTONE_MS = 60L * 60 * 1000;
    private static final byte[] CLAIM_KEY = {0};
    /** The target's own bound counts. */
    private static final TopicConfig CONFIG = TopicConfig.ofPartitions(1).withRetention(Retention.FOREVER)
        .withCompaction(Compaction.ON.withTombstoneRetentionMs(TOMBSTONE_MS)).withSegmentBytes(SEGMENT_BYTES)
        .withMaxBatchBytes(Integer.MAX_VALUE);

    /** The log as it is found: whatever is written from now on has its end as the run. */
    static ScheduleLog of(Topic topic) {
        Partition partition = topic.partition(0);
        return new ScheduleLog(topic, partition, partition.highWatermark());
    }

    static @Nullable Topic find(Topics topics) {
        return topics.find(NAME);
    }

    static CompletionStage<Topic> getOrCreate(Topics topics) {
        return topics.getOrCreate(NAME, CONFIG);
    }

    UUID id() {
        return topic.id();
    }

    /** Completes when the claim is durable. */
    CompletionStage<?> writeClaim(Claim claim, long nowMs) {
        BatchBuilder builder = new BatchBuilder();
        builder.add(nowMs, CLAIM_KEY, claim.encode(), Headers.EMPTY);
        return partition.append(builder.build()).durable();
    }

    /**
     * Has records wait, in the order of the map, given as {@link Envelope} or {@link Undecided} encodes them; a key without a run gets the
     * log's. Completes when all are durable; some may be if it fails.
     */
    CompletionStage<?> writeWaiting(Map<ScheduleKey, byte[]> waiting, long nowMs) {
        List<CompletableFuture<?>> appends = new ArrayList<>();
        BatchBuilder builder = new BatchBuilder();
        waiting.forEach((key, value) -> {
            ScheduleKey whole = key.isRepeatable() ? key : new ScheduleKey(key.dueMs(), run, key.number());
            builder.add(nowMs, whole.toBytes(), value, Headers.EMPTY);
            if (builder.sizeInBytes() >= BATCH_BYTES) {
                appends.add(partition.append(builder.build()).durable().toCompletableFuture());
            }
        });
        if (!builder.isEmpty()) {
            appends.add(partition.append(builder.build()).durable().toCompletableFuture());
        }
        return CompletableFuture.allOf(appends.toArray(CompletableFuture[]::new));
    }

    /** Ends the waiting of these; completes when that is durable. Not for none. */
    CompletionStage<?> writeEnds(Collection<WaitingRow> rows, long nowMs) {
        BatchBuilder builder = new BatchBuilder();
        rows.forEach(row -> builder.add(nowMs, row.key().toBytes(), null, Headers.EMPTY));
        return partition.append(builder.build()).durable();
    }

    /** The waiting record's key; null for a claim. */
    static @Nullable ScheduleKey keyOf(Record record) {
        byte[] key = record.key();
        return key == null || key.length != ScheduleKey.BYTES ? null : ScheduleKey.ofBytes(key);
    }

    static boolean isClaim(Record record) {
        byte[] key = record.key();
        return key != null && key.length == CLAIM_KEY.length;
    }
}
