package io.tributary.core.api;

import io.tributary.core.api.stats.SubscriptionsOverview;
import io.tributary.core.model.Binding;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The queue subscriptions. Look-ups read this node's view and never wait. */
public interface Subscriptions {
    /**
     * Creates a subscription. Topics that bindings name must exist (TOPIC_NOT_FOUND). Fails with SUBSCRIPTION_EXISTS when there is one of
     * this name. Once complete, whatever is published next is taken.
     */
    CompletionStage<Subscription> create(SubscriptionName name, SubscriptionConfig config, List<Binding> bindings, StartPosition start);

    @Nullable Subscription find(SubscriptionName name);

    /** By name. */
    Collection<Subscription> list(Namespace namespace);

    /**
     * Cancels the consumers and forgets the subscription; completes with the number of records that were ready. Fails with
     * SUBSCRIPTION_NOT_FOUND.
     */
    CompletionStage<Long> delete(SubscriptionName name);

    /**
     * How many there are, what they hold and what they have done. Reads no log, and takes the time of the loops in small pieces.
     *
     * @param most of how many a report is made
     */
    CompletionStage<SubscriptionsOverview> overview(int most);

    /** Tells, on a core thread, of each subscription that has expired and is deleted. The listener must not block. */
    Registration onExpired(Consumer<ExpiredSubscription> listener);
}
