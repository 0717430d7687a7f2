package io.tributary.core.routing;

import io.tributary.core.model.Binding;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The subscriptions that take nothing more now, and say so to publishers. Safe on any thread; costs nothing while there is none. */
public final class FullSubscriptions {
    private final Set<SubscriptionName> full = ConcurrentHashMap.newKeySet(0);
    private final RouteTable routes = new RouteTable();

    /** Notes that a subscription is full, or has other bindings since. */
    public void add(SubscriptionName name, List<Binding> bindings) {
        routes.replace(name, bindings);
        full.add(name);
    }

    public void remove(SubscriptionName name) {
        full.remove(name);
        routes.replace(name, List.of());
    }

    /** One that would take the record, or null. */
    public @Nullable SubscriptionName findTaking(TopicName topic, Record record) {
        return full.isEmpty() ? null : routes.find(topic, record);
    }

    public boolean isEmpty() {
        return full.isEmpty();
    }
}
