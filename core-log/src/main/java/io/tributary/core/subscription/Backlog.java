package io.tributary.core.subscription;

import io.tributary.core.api.stats.Rate;
import io.tributary.core.model.Record;
import io.tributary.core.subscription.backlog.BacklogCount;
import io.tributary.core.subscription.state.PendingOffsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How much of what a subscription takes is not settled, and since when. For the subscription's loop. */
final class Backlog {
    private final Intake intake;
    private final Dispatcher dispatcher;
    private final Ends ends;

    Backlog(Intake intake, Dispatcher dispatcher, Ends ends) {
        this.intake = intake;
        this.dispatcher = dispatcher;
        this.ends = ends;
    }

    /** What is neither outstanding nor settled as of now; reads what a filter is yet to find. */
    CompletionStage<Long> ready() {
        return rest(known(), true);
    }

    /** As {@link #ready}, without what would have to be read. */
    long knownReady() {
        CompletableFuture<Long> sum = rest(known(), false).toCompletableFuture();
        return Math.max(0, sum.getNow(0L));
    }

    private long known() {
        return intake.pending() - dispatcher.outstanding() - ends.inProgress();
    }

    private CompletionStage<Long> rest(long known, boolean reads) {
        CompletionStage<Long> sum = CompletableFuture.completedFuture(known);
        for (Source source : intake.sources()) {
            BacklogCount count = new BacklogCount(source.coverage.copy(), source.known(), source.partition, source.position(),
                Math.min(source.end, source.feed.limit()), intake.loop());
            if (count.isKnown() || reads) {
                sum = sum.thenCombine(count.start(), Long::sum);
            }
        }
        return sum;
    }

    /** Of the values of what is ready; null where they are not counted. */
    @Nullable Long readyBytes() {
        return intake.countsBytes() ? Math.max(0, intake.pendingBytes() - dispatcher.outstandingValues()) : null;
    }

    /** What was published to it and not looked at yet. */
    long undecided() {
        long sum = 0;
        for (Source source : intake.sources()) {
            sum += source.undecided();
        }
        return sum;
    }

    /** How fast records come, where they are not counted as they come; else null. */
    @Nullable Rate publishedRate() {
        if (intake.isIndexed()) {
            return null;
        }
        Rate sum = Rate.NONE;
        for (Source source : intake.sources()) {
            if (source.number == Source.MAIN && !source.hasEnded()) {
                sum = sum.plus(source.partition.stats().recordsAppended());
            }
        }
        return sum;
    }

    /** The timestamp of the oldest record that is not settled; empty when there is none. Reads one record of a partition at most. */
    CompletionStage<OptionalLong> oldest() {
        List<CompletableFuture<Void>> lookUps = new ArrayList<>();
        for (Source source : intake.sources()) {
            long offset = source.firstUnsettled();
            if (offset != PendingOffsets.NONE && !isDated(source, offset)) {
                lookUps.add(lookUp(source, offset));
            }
        }
        return CompletableFuture.allOf(lookUps.toArray(new CompletableFuture<?>[0])).thenApply(done -> oldestDated());
    }

    /** As {@link #oldest}, as far as it is known; what is not is looked up for the next time. */
    OptionalLong knownOldest() {
        oldest();
        return oldestDated();
    }

    private OptionalLong oldestDated() {
        return intake.sources().stream().filter(source -> source.isDated(source.firstUnsettled()))
            .mapToLong(Source::datedTimestamp).min();
    }

    /** Whether the record's timestamp is at hand. */
    private boolean isDated(Source source, long offset) {
        if (!source.isDated(offset)) {
            Entry head = source.portion.window().peek();
            if (head != null) {
                date(source, offset, head);
            }
            dispatcher.forEachFirstOutstanding(entry -> date(source, offset, entry));
        }
        return source.isDated(offset);
    }

    private static void date(Source source, long offset, Entry entry) {
        Record record = entry.record;
        if (entry.source == source && entry.offset == offset && record != null) {
            source.date(offset, record.timestamp());
        }
    }

    private CompletableFuture<Void> lookUp(Source source, long offset) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        source.partition.readRecords(offset, 1, 1).whenComplete((records, failure) -> intake.loop().execute(() -> {
            if (records != null && !records.isEmpty()) {
                source.date(offset, records.get(0).timestamp());
            }
            done.complete(null);
        }));
        return done;
    }
}
