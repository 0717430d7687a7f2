package io.tributary.core.api.stream;

import io.tributary.core.model.Namespace;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The stream subscriptions of all protocols, to be seen and not to be changed. A keeper that is not ready has none. */
public interface StreamSubscriptions {
    /** Whose overview is made of so many subscriptions at most; the rest is counted and not looked at. */
    int MOST_LOOKED_AT = 10_000;

    /** From now on this one is asked, too. */
    void add(StreamKeeper keeper);

    /** From now on it is not asked any more. */
    void remove(StreamKeeper keeper);

    /** One in a list. Keepers may have the same names, and so may queue subscriptions. */
    record Named(String kind, String name) {
    }

    /** By name, then by kind. */
    CompletionStage<List<Named>> list(Namespace namespace);

    /**
     * The first keeper's that has one of this name; null when there is none.
     *
     * @param kind null for any
     */
    CompletionStage<@Nullable StreamSubscription> find(Namespace namespace, @Nullable String kind, String name);

    /**
     * How many there are, and how far behind.
     *
     * @param most of how many the lag is told one by one
     */
    CompletionStage<StreamsOverview> overview(int most);
}
