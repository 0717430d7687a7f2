package io.tributary.core.schedule;

import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.batch.BatchBuilder;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.schedule.index.IndexState;
import io.tributary.core.schedule.index.WaitingRow;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Appends what is due, each record once. A round: the claim becomes durable; the batches are appended, each by the schedule's idempotent
 * producer with an epoch of the claim's own; the records' ends become durable. A process that dies within a round leaves the claim, and the
 * next one does the round again: logs that have their batch say so. When a target failed, nothing of its batch was stored, and the round is
 * closed by an empty claim before its records may be claimed, or cancelled, again.
 *
 * <p>Whatever fails otherwise leaves the round unfinished: {@link #finishLast} must run before the next. Belongs to the schedule's thread.
 */
final class Rounds {
    /** The log has records of this epoch already: those of the claim. */
    private static final Set<ErrorCode> REPEATED = EnumSet.of(ErrorCode.DUPLICATE_SEQUENCE, ErrorCode.OUT_OF_ORDER_SEQUENCE);

    private final ScheduleLog log;
    private final IndexView view;
    private final RoundPlanner planner;
    private final HeldTargets held;
    private final Patience patience;
    private final InstantSource clock;
    private final Supplier<CompletionStage<Long>> producerIds;
    private final Counts counts;
    private final Seldom troubles;
    private final BatchBuilder builder = new BatchBuilder();
    /** The newest in the log. */
    private Claim last = new Claim(-1, Short.MAX_VALUE, List.of());
    /** Of the next claim. Every process has its own producer, so that its epochs are new even if a power cut took claims away. */
    private long producerId = -1;
    private short producerEpoch = Short.MAX_VALUE;

    /** What was done since the process began; read by any thread. */
    record Counts(LongAdder fired, LongAdder cancelled, LongAdder dropped) {
        Counts() {
            this(new LongAdder(), new LongAdder(), new LongAdder());
        }
    }

    /** What the rounds share with the thread that runs them. */
    record Context(HeldTargets held, Patience patience, InstantSource clock, Supplier<CompletionStage<Long>> producerIds, Counts counts,
                   Seldom troubles) {
    }

    Rounds(ScheduleLog log, IndexView view, RoundPlanner planner, Context context) {
        this.log = log;
        this.view = view;
        this.planner = planner;
        this.held = context.held();
        this.patience = context.patience();
        this.clock = context.clock();
        this.producerIds = context.producerIds();
        this.counts = context.counts();
        this.troubles = context.troubles();
    }

    /** Does again what the last claim in the log says, as far as it is not known to be done. The index has caught up. */
    void finishLast() {
        if (view.claim() == IndexState.NO_CLAIM) {
            return;
        }
        List<Record> found = patience.await(log.partition().readRecords(view.claim(), 1, 1));
        if (found.isEmpty() || !ScheduleLog.isClaim(found.get(0))) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "the schedule's last claim is not where it was");
        }
        last = Claim.decode(found.get(0).value());
        carryOut(planner.finish(last));
    }

    /** Appends what is due, as much as goes into a round. */
    void run(long nowMs) {
        Plan plan = planner.plan(nowMs, System.nanoTime());
        view.forget(plan.gone());
        if (!plan.batches().isEmpty()) {
            Claim claim = next(plan.batches().stream().map(TargetBatch::group).toList());
            patience.await(log.writeClaim(claim, nowMs));
            last = claim;
        }
        carryOut(plan);
    }

    private Claim next(List<Claim.Group> groups) {
        if (producerEpoch == Short.MAX_VALUE) {
            producerId = patience.await(producerIds.get());
            producerEpoch = -1;
        }
        producerEpoch++;
        return new Claim(producerId, producerEpoch, groups);
    }

    private void carryOut(Plan plan) {
        long nowMs = clock.millis();
        List<Append> appends = new ArrayList<>(plan.batches().size());
        for (TargetBatch batch : plan.batches()) {
            appends.add(batch.append(builder, last, nowMs));
        }
        List<WaitingRow> ended = new ArrayList<>(plan.ended());
        List<TargetBatch> failed = new ArrayList<>();
        for (int i = 0; i < appends.size(); i++) {
            TargetBatch batch = plan.batches().get(i);
            if (isAppended(batch, appends.get(i))) {
                ended.addAll(batch.rows());
                held.succeeded(target(batch));
            } else {
                failed.add(batch);
            }
        }
        plan.ended().forEach(row -> held.succeeded(row.target()));
        if (!ended.isEmpty()) {
            patience.await(log.writeEnds(ended, nowMs));
        }
        counts.dropped().add(plan.dropped());
        if (!failed.isEmpty()) {
            Claim none = new Claim(last.producerId(), last.producerEpoch(), List.of());
            patience.await(log.writeClaim(none, nowMs));
            last = none;
            failed.forEach(batch -> held.hold(target(batch), batch.rows().get(0).key(), System.nanoTime()));
        }
    }

    private boolean isAppended(TargetBatch batch, Append append) {
        try {
            AppendResult result = patience.await(append.durable());
            if (!result.duplicate()) {
                counts.fired().add(batch.rows().size());
            }
            return true;
        } catch (BrokerException failure) {
            if (REPEATED.contains(failure.code())) {
                return true;
            }
            troubles.warn("records for the topic " + batch.topic().name() + " are due and cannot be appended, which is tried again: "
                + failure.getMessage());
            return false;
        }
    }

    private static long target(TargetBatch batch) {
        return Envelope.target(batch.topic().id());
    }
}
