package io.tributary.core.routing;

import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The bindings in force, by the topics that they reach. Changes are made under a lock and cost what the subscription has, not what the
 * table has; readers take no lock, and may see a change of one subscription half done.
 */
public final class RouteTable {
    private final Map<TopicName, RouteList> byTopic = new ConcurrentHashMap<>();
    private final Map<Namespace, RouteList> everywhere = new ConcurrentHashMap<>();
    /** What is in the tables, by subscription. Guarded by this. */
    private final Map<SubscriptionName, List<Binding>> current = new HashMap<>();

    /** Puts a subscription's bindings in force in place of those it had; none removes it. */
    public synchronized void replace(SubscriptionName subscription, List<Binding> bindings) {
        Namespace namespace = subscription.namespace();
        List<Binding> before = current.getOrDefault(subscription, List.of());
        Map<TopicName, List<Filter>> named = byTopic(bindings, namespace);
        Set<TopicName> changed = new HashSet<>(named.keySet());
        changed.addAll(byTopic(before, namespace).keySet());
        for (TopicName topic : changed) {
            put(byTopic, topic, subscription, named.getOrDefault(topic, List.of()));
        }
        put(everywhere, namespace, subscription, wide(bindings, namespace));
        if (bindings.isEmpty()) {
            current.remove(subscription);
        } else {
            current.put(subscription, List.copyOf(bindings));
        }
    }

    /** The filters of bindings that reach certain topics only. */
    private static Map<TopicName, List<Filter>> byTopic(List<Binding> bindings, Namespace namespace) {
        Map<TopicName, List<Filter>> filters = new HashMap<>();
        for (Binding binding : bindings) {
            BindingScope.topics(binding, namespace).ifPresent(
                topics -> topics.forEach(topic -> filters.computeIfAbsent(topic, absent -> new ArrayList<>()).add(binding.filter())));
        }
        return filters;
    }

    private static List<Filter> wide(List<Binding> bindings, Namespace namespace) {
        List<Filter> filters = new ArrayList<>();
        for (Binding binding : bindings) {
            Optional<List<TopicName>> topics = BindingScope.topics(binding, namespace);
            if (topics.isEmpty()) {
                filters.add(binding.filter());
            }
        }
        return filters;
    }

    /** How many subscriptions the record matches. */
    public int routes(TopicName topic, Record record) {
        RouteList named = byTopic.get(topic);
        RouteList wide = topic.isInternal() ? null : everywhere.get(topic.namespace());
        if (wide == null) {
            return named == null ? 0 : named.count(topic, record, null);
        }
        return wide.count(topic, record, null) + (named == null ? 0 : named.count(topic, record, wide));
    }

    private static <K> void put(Map<K, RouteList> table, K key, SubscriptionName subscription, List<Filter> filters) {
        table.compute(key, (k, before) -> {
            RouteList routes = before == null ? new RouteList() : before;
            routes.replace(subscription, filters);
            return routes.isEmpty() ? null : routes;
        });
    }
}
