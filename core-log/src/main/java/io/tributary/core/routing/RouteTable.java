package io.tributary.core.routing;

import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The bindings in force, by the topics that they reach. Changes are made under a lock; readers see each topic's list as it was before or
 * after a change.
 */
public final class RouteTable {
    /** One subscription's filters for one topic, or for every topic of a namespace. */
    private record Route(SubscriptionName subscription, Filter[] filters) {
        boolean takes(TopicName topic, Record record) {
            for (Filter filter : filters) {
                if (filter.matches(topic, record)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static final Route[] NONE = {};

    private final Map<TopicName, Route[]> byTopic = new ConcurrentHashMap<>();
    private final Map<Namespace, Route[]> everywhere = new ConcurrentHashMap<>();
    /** What is in the tables, by subscription. Guarded by this. */
    private final Map<SubscriptionName, List<Binding>> current = new HashMap<>();

    /** Puts a subscription's bindings in force in place of those it had; none removes it. */
    public synchronized void replace(SubscriptionName subscription, List<Binding> bindings) {
        Namespace namespace = subscription.namespace();
        List<Binding> before = current.getOrDefault(subscription, List.of());
        Map<TopicName, List<Filter>> named = new HashMap<>();
        List<Filter> wide = new ArrayList<>();
        for (Binding binding : before) {
            BindingScope.topics(binding, namespace).ifPresent(topics -> topics.forEach(t -> named.put(t, new ArrayList<>())));
        }
        for (Binding binding : bindings) {
            Optional<List<TopicName>> topics = BindingScope.topics(binding, namespace);
            if (topics.isEmpty()) {
                wide.add(binding.filter());
            } else {
                topics.get().forEach(t -> named.computeIfAbsent(t, absent -> new ArrayList<>()).add(binding.filter()));
            }
        }
        // A topic's list holds the filters that reach it alone; those that reach every topic are counted with it below.
        named.forEach((topic, filters) -> put(byTopic, topic, subscription, filters));
        put(everywhere, namespace, subscription, wide);
        if (bindings.isEmpty()) {
            current.remove(subscription);
        } else {
            current.put(subscription, List.copyOf(bindings));
        }
    }

    /** How many subscriptions the record matches. */
    public int routes(TopicName topic, Record record) {
        Route[] wide = topic.isInternal() ? NONE : everywhere.getOrDefault(topic.namespace(), NONE);
        int count = 0;
        for (Route route : byTopic.getOrDefault(topic, NONE)) {
            if (route.takes(topic, record)) {
                count++;
            }
        }
        for (Route route : wide) {
            if (route.takes(topic, record) && !takenByName(topic, route.subscription(), record)) {
                count++;
            }
        }
        return count;
    }

    private boolean takenByName(TopicName topic, SubscriptionName subscription, Record record) {
        for (Route route : byTopic.getOrDefault(topic, NONE)) {
            if (route.subscription().equals(subscription)) {
                return route.takes(topic, record);
            }
        }
        return false;
    }

    private static <K> void put(Map<K, Route[]> table, K key, SubscriptionName subscription, List<Filter> filters) {
        table.compute(key, (k, before) -> {
            Route[] routes = before == null ? NONE : before;
            Route[] others = Arrays.stream(routes).filter(r -> !r.subscription().equals(subscription)).toArray(Route[]::new);
            if (filters.isEmpty()) {
                return others.length == 0 ? null : others;
            }
            Route[] after = Arrays.copyOf(others, others.length + 1);
            after[others.length] = new Route(subscription, filters.toArray(new Filter[0]));
            return after;
        });
    }
}
