package io.tributary.core.api.stream;

import io.tributary.core.model.Namespace;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A protocol that keeps stream subscriptions. Answers come on threads of its own, and fail while it is not ready. */
public interface StreamKeeper {
    /** What its subscriptions are called where they are listed, in lower case: {@code kafka-group}. */
    String kind();

    /** Those that may have any. */
    Collection<Namespace> namespaces();

    /** The names of a namespace's, in no order. */
    CompletionStage<List<String>> list(Namespace namespace);

    /** One of them; null when there is none of this name. */
    CompletionStage<@Nullable StreamSubscription> describe(Namespace namespace, String name);

    /** The lag of each of these that is there, over all partitions. */
    CompletionStage<List<StreamsOverview.Lag>> lags(Namespace namespace, List<String> names);
}
