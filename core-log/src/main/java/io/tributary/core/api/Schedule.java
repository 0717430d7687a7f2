package io.tributary.core.api;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The records that wait for their time. Calls complete on a core thread; too many at a time fail with LIMIT_EXCEEDED. */
public interface Schedule {
    /** How far ahead a record may be due: ten years, in milliseconds. */
    long MAX_AHEAD_MS = 3653L * 24 * 60 * 60 * 1000;
    /** The most that one listing gives. */
    int MAX_PAGE = 1000;
    /** What a batch may unpack to whose records may ask to wait. */
    int MAX_UNPACKED_BYTES = 32 << 20;
    /** How many records of a batch may ask to wait. */
    int MAX_WISHES = 10_000;

    /**
     * Appends one batch as {@link Partition#append} or {@link Partition#appendInTransaction} does, except for those of its records that ask
     * by the headers {@link io.tributary.core.model.HeaderNames#DELIVER_AT} or {@link io.tributary.core.model.HeaderNames#DELAY} to be seen
     * later: these wait, and their offsets stay empty. Where any does, the append is accepted when the batch and what waits are durable.
     * The batch of an idempotent producer may be sent again: what waited before does not wait twice. What is part of a transaction waits if
     * that commits, from then on; with what asks for a time that has passed it is the same.
     *
     * @return fails also with INVALID_BATCH, and the records to blame, when a header says nothing sensible; and with BATCH_TOO_LARGE beyond
     *         {@link #MAX_UNPACKED_BYTES} or {@link #MAX_WISHES}. Nothing is appended then
     */
    Append append(Topic topic, int partition, ByteBuffer batch, boolean inTransaction);

    /**
     * Ends a record's waiting. Completes, when that is durable, with whether it was still waiting: then it never reaches its topic. An
     * identifier that was never given is not waiting. Fails with STORAGE_FAILURE, LIMIT_EXCEEDED or CLOSED; the record may then still be
     * waiting.
     */
    CompletionStage<Boolean> cancel(String id);

    /** The waiting record of this identifier, or null. */
    CompletionStage<@Nullable ScheduledRecord> find(String id);

    /**
     * What waits, in the order in which it is due.
     *
     * @param fromMs due at or after this time, in milliseconds since the epoch
     * @param after  goes on behind this identifier, which need not wait any more; null to begin
     * @param max    1 to {@link #MAX_PAGE}; fewer are given where records are large, and none only at the end
     * @return fails with INVALID_ARGUMENT too
     */
    CompletionStage<List<ScheduledRecord>> list(long fromMs, @Nullable String after, int max);

    /** The number of records that wait; a moment behind what was published and cancelled. */
    long count();

    /** A moment's counts. */
    ScheduleStats stats();
}
