package io.tributary.core.subscription.stats;

import io.tributary.core.api.stats.SubscriptionCounts;
import io.tributary.core.api.stats.SubscriptionReport;
import io.tributary.core.api.stats.SubscriptionsOverview;
import io.tributary.core.subscription.loop.DispatchLoop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Sums up all subscriptions. They are asked on their own loops, a few at a time with other tasks between, so that a million of them hold
 * up no delivery. Safe on any thread.
 */
public final class Overviews {
    /** Subscriptions in one task of a loop. */
    private static final int CHUNK = 256;
    private static final Comparator<Held> LARGEST_LAST =
        Comparator.comparingLong((Held held) -> held.depth.held()).thenComparing(held -> held.subscription.hashCode());

    private record Held(Reporting subscription, Reporting.Depth depth) {
    }

    private Overviews() {
    }

    /**
     * Sums these up.
     *
     * @param gone what others have counted that are no more
     * @param most of how many a report is made
     */
    public static CompletionStage<SubscriptionsOverview> make(List<? extends Reporting> subscriptions, SubscriptionCounts gone, int most) {
        Map<DispatchLoop, List<Reporting>> byLoop = new HashMap<>();
        subscriptions.forEach(each -> byLoop.computeIfAbsent(each.loop(), loop -> new ArrayList<>()).add(each));
        List<CompletableFuture<Sum>> sums = byLoop.entrySet().stream().map(entry -> new Sum(entry.getValue(), most).over(entry.getKey()))
            .toList();
        return CompletableFuture.allOf(sums.toArray(new CompletableFuture<?>[0])).thenCompose(done -> {
            Sum all = new Sum(List.of(), most);
            sums.forEach(sum -> all.add(sum.join()));
            return reports(all).thenApply(reports -> new SubscriptionsOverview(subscriptions.size(), all.ready, all.outstanding,
                all.consumers, all.counts.plus(gone), reports));
        });
    }

    private static CompletionStage<List<SubscriptionReport>> reports(Sum all) {
        ConcurrentLinkedQueue<SubscriptionReport> made = new ConcurrentLinkedQueue<>();
        Map<DispatchLoop, List<Reporting>> byLoop = new HashMap<>();
        all.largest.forEach(held -> byLoop.computeIfAbsent(held.subscription.loop(), loop -> new ArrayList<>()).add(held.subscription));
        List<CompletableFuture<Void>> asked = byLoop.entrySet().stream()
            .map(entry -> inTurns(entry.getKey(), entry.getValue(), each -> made.add(each.knownReport()))).toList();
        return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0])).thenApply(done -> {
            List<SubscriptionReport> reports = new ArrayList<>(made);
            reports.sort(Comparator.comparingLong((SubscriptionReport report) -> report.ready() + report.outstanding()).reversed()
                .thenComparing(report -> report.name().name()));
            return reports;
        });
    }

    /** Visits these on their loop. */
    private static CompletableFuture<Void> inTurns(DispatchLoop loop, List<Reporting> subscriptions, Visitor visitor) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> turn(loop, subscriptions, 0, visitor, done));
        return done;
    }

    private static void turn(DispatchLoop loop, List<Reporting> subscriptions, int from, Visitor visitor, CompletableFuture<Void> done) {
        int to = Math.min(subscriptions.size(), from + CHUNK);
        try {
            subscriptions.subList(from, to).forEach(visitor::visit);
        } catch (RuntimeException failure) {
            done.completeExceptionally(failure);
            return;
        }
        if (to == subscriptions.size()) {
            done.complete(null);
        } else {
            loop.execute(() -> turn(loop, subscriptions, to, visitor, done));
        }
    }

    private interface Visitor {
        void visit(Reporting subscription);
    }

    /** The sum of one loop's subscriptions, and the largest of them. */
    private static final class Sum {
        private final List<Reporting> subscriptions;
        private final int most;
        private final PriorityQueue<Held> largest = new PriorityQueue<>(LARGEST_LAST);
        private long ready;
        private long outstanding;
        private long consumers;
        private SubscriptionCounts counts = SubscriptionCounts.ZERO;

        Sum(List<Reporting> subscriptions, int most) {
            this.subscriptions = subscriptions;
            this.most = most;
        }

        CompletableFuture<Sum> over(DispatchLoop loop) {
            return inTurns(loop, subscriptions, this::visit).thenApply(done -> this);
        }

        private void visit(Reporting subscription) {
            Reporting.Depth depth = subscription.depth();
            ready += depth.ready();
            outstanding += depth.outstanding();
            consumers += depth.consumers();
            counts = counts.plus(subscription.counts());
            offer(new Held(subscription, depth));
        }

        private void offer(Held held) {
            largest.add(held);
            if (largest.size() > most) {
                largest.remove();
            }
        }

        void add(Sum other) {
            ready += other.ready;
            outstanding += other.outstanding;
            consumers += other.consumers;
            counts = counts.plus(other.counts);
            other.largest.forEach(this::offer);
        }
    }
}
