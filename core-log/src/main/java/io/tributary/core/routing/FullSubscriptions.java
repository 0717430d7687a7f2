package io.tributary.core.routing;

import io.tributary.core.model.Binding;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The subscriptions that take nothing more now, and say so to publishers. Safe on any thread; costs nothing while there is none. */
public final class FullSubscriptions {
    private final Map<SubscriptionName, List<Binding>> full = new ConcurrentHashMap<>(0);

    /** Notes that a subscription with these bindings is full. */
    public void add(SubscriptionName name, List<Binding> bindings) {
        full.put(name, bindings);
    }

    public void remove(SubscriptionName name) {
        full.remove(name);
    }

    /** One that would take the record, or null. */
    public @Nullable SubscriptionName findTaking(TopicName topic, Record record) {
        if (full.isEmpty()) {
            return null;
        }
        for (Map.Entry<SubscriptionName, List<Binding>> entry : full.entrySet()) {
            for (Binding binding : entry.getValue()) {
                if (binding.covers(topic, entry.getKey().namespace()) && binding.filter().matches(topic, record)) {
                    return entry.getKey();
                }
            }
        }
        return null;
    }

    public boolean isEmpty() {
        return full.isEmpty();
    }
}
