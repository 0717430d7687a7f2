package io.tributary.core.broker;

import io.tributary.core.api.stream.StreamKeeper;
import io.tributary.core.api.stream.StreamSubscription;
import io.tributary.core.api.stream.StreamSubscriptions;
import io.tributary.core.api.stream.StreamsOverview;
import io.tributary.core.model.Namespace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the keepers of stream subscriptions. */
final class KeptStreams implements StreamSubscriptions {
    private static final Logger LOG = LoggerFactory.getLogger(KeptStreams.class);
    /** Whose lags are asked for together. */
    private static final int SLICE = 100;

    private final List<StreamKeeper> keepers = new CopyOnWriteArrayList<>();

    @Override
    public void add(StreamKeeper keeper) {
        keepers.add(keeper);
    }

    @Override
    public void remove(StreamKeeper keeper) {
        keepers.remove(keeper);
    }

    @Override
    public CompletionStage<List<Named>> list(Namespace namespace) {
        CompletionStage<List<Named>> all = CompletableFuture.completedFuture(List.of());
        for (StreamKeeper keeper : keepers) {
            all = all.thenCombine(names(keeper, namespace), (before, names) -> {
                List<Named> more = new ArrayList<>(before);
                names.forEach(name -> more.add(new Named(keeper.kind(), name)));
                return more;
            });
        }
        return all.thenApply(found -> found.stream().sorted(Comparator.comparing(Named::name).thenComparing(Named::kind)).toList());
    }

    private static CompletionStage<List<String>> names(StreamKeeper keeper, Namespace namespace) {
        return keeper.list(namespace).exceptionally(failure -> {
            LOG.debug("{} subscriptions of {} cannot be listed now", keeper.kind(), namespace, failure);
            return List.of();
        });
    }

    @Override
    public CompletionStage<@Nullable StreamSubscription> find(Namespace namespace, @Nullable String kind, String name) {
        CompletionStage<@Nullable StreamSubscription> found = CompletableFuture.completedFuture(null);
        for (StreamKeeper keeper : keepers) {
            if (kind == null || keeper.kind().equals(kind)) {
                found = found.thenCompose(before -> before == null ? keeper.describe(namespace, name)
                    : CompletableFuture.completedFuture(before));
            }
        }
        return found;
    }

    @Override
    public CompletionStage<StreamsOverview> overview(int most) {
        Sum sum = new Sum();
        CompletionStage<Void> counted = CompletableFuture.completedFuture(null);
        for (StreamKeeper keeper : keepers) {
            for (Namespace namespace : keeper.namespaces()) {
                counted = counted.thenCompose(before -> names(keeper, namespace))
                    .thenCompose(names -> sum.add(keeper, namespace, names, 0));
            }
        }
        return counted.thenApply(done -> sum.overview(most));
    }

    /** What has been found so far; one stage at a time adds to it. */
    private static final class Sum {
        private final List<StreamsOverview.Lag> lags = new ArrayList<>();
        private long streams;
        private int lookedAt;

        CompletionStage<Void> add(StreamKeeper keeper, Namespace namespace, List<String> names, int from) {
            streams += from == 0 ? names.size() : 0;
            int to = Math.min(names.size(), from + Math.min(SLICE, MOST_LOOKED_AT - lookedAt));
            if (from >= to) {
                return CompletableFuture.completedFuture(null);
            }
            lookedAt += to - from;
            return keeper.lags(namespace, names.subList(from, to)).exceptionally(failure -> {
                LOG.debug("{} subscriptions of {} do not tell their lag now", keeper.kind(), namespace, failure);
                return List.of();
            }).thenCompose(found -> {
                lags.addAll(found);
                return add(keeper, namespace, names, to);
            });
        }

        StreamsOverview overview(int most) {
            long lag = lags.stream().mapToLong(StreamsOverview.Lag::lag).sum();
            return new StreamsOverview(streams, lag,
                lags.stream().sorted(Comparator.comparingLong(StreamsOverview.Lag::lag).reversed()).limit(most).toList());
        }
    }
}
