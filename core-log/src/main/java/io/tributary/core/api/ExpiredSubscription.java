package io.tributary.core.api;

import io.tributary.core.model.Binding;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import java.util.List;

/**
 * A subscription that was deleted because nobody used it.
 *
 * @param bindings those that were in force
 */
public record ExpiredSubscription(SubscriptionName name, SubscriptionConfig config, List<Binding> bindings) {
    public ExpiredSubscription {
        bindings = List.copyOf(bindings);
    }
}
