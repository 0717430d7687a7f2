package io.tributary.core.routing;

import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bindings in force, by the topics that they reach. Changes are made under a lock and cost what the subscription has, not what the
 * table has; readers take no lock, and may see a change of one subscription half done.
 */
public final class RouteTable {
    private final Map<TopicName, FilterIndex<Route>> byTopic = new ConcurrentHashMap<>();
    private final Map<Namespace, FilterIndex<Route>> everywhere = new ConcurrentHashMap<>();
    /** What is in the tables, by subscription. Guarded by this. */
    private final Map<SubscriptionName, Installed> current = new HashMap<>();

    /** A subscription, as a record finds it; the same object under all of its filters. */
    private static final class Route {
        private final SubscriptionName subscription;
        /** Whether a record may find it by more than one filter. */
        private volatile boolean repeats;

        Route(SubscriptionName subscription) {
            this.subscription = subscription;
        }
    }

    private record Installed(Route route, List<Binding> bindings) {
    }

    /** A subscription's filters: those of bindings that reach certain topics only, and those of the others. */
    private record Filters(Map<TopicName, Set<Filter>> named, Set<Filter> wide) {
        private static final Filters NONE = new Filters(Map.of(), Set.of());

        static Filters of(List<Binding> bindings, Namespace namespace) {
            Filters filters = new Filters(new HashMap<>(), new LinkedHashSet<>());
            for (Binding binding : bindings) {
                Optional<List<TopicName>> topics = BindingScope.topics(binding, namespace);
                if (topics.isEmpty()) {
                    filters.wide.add(binding.filter());
                } else {
                    topics.get().forEach(
                        topic -> filters.named.computeIfAbsent(topic, absent -> new LinkedHashSet<>()).add(binding.filter()));
                }
            }
            return filters;
        }

        Set<Filter> of(TopicName topic) {
            return named.getOrDefault(topic, Set.of());
        }

        boolean overlap() {
            return wide.size() + (named.isEmpty() ? 0 : 1) > 1 || named.values().stream().anyMatch(filters -> filters.size() > 1);
        }
    }

    /** Puts a subscription's bindings in force in place of those it had; none removes it. */
    public synchronized void replace(SubscriptionName subscription, List<Binding> bindings) {
        Namespace namespace = subscription.namespace();
        Installed installed = current.get(subscription);
        Filters before = installed == null ? Filters.NONE : Filters.of(installed.bindings, namespace);
        Filters after = Filters.of(bindings, namespace);
        Route route = installed == null ? new Route(subscription) : installed.route;
        // Old and new filters are there side by side for a moment.
        route.repeats = installed != null || after.overlap();
        Set<TopicName> topics = new HashSet<>(after.named.keySet());
        topics.addAll(before.named.keySet());
        for (TopicName topic : topics) {
            replace(byTopic, topic, route, before.of(topic), after.of(topic));
        }
        replace(everywhere, namespace, route, before.wide, after.wide);
        route.repeats = after.overlap();
        if (bindings.isEmpty()) {
            current.remove(subscription);
        } else {
            current.put(subscription, new Installed(route, List.copyOf(bindings)));
        }
    }

    private static <K> void replace(Map<K, FilterIndex<Route>> table, K key, Route route, Set<Filter> before, Set<Filter> after) {
        if (before.equals(after)) {
            return;
        }
        FilterIndex<Route> index = table.computeIfAbsent(key, absent -> new FilterIndex<>());
        for (Filter filter : after) {
            if (!before.contains(filter)) {
                index.add(filter, route);
            }
        }
        for (Filter filter : before) {
            if (!after.contains(filter)) {
                index.remove(filter, route);
            }
        }
        if (index.isEmpty()) {
            table.remove(key);
        }
    }

    /** How many subscriptions the record matches. Costs what matches. */
    public int routes(TopicName topic, Record record) {
        RouteCount count = new RouteCount();
        match(topic, record, count);
        return count.total();
    }

    /** One of the subscriptions that the record matches, or null. Costs what matches. */
    @Nullable SubscriptionName find(TopicName topic, Record record) {
        AtomicReference<@Nullable SubscriptionName> found = new AtomicReference<>();
        match(topic, record, route -> found.setPlain(route.subscription));
        return found.getPlain();
    }

    private void match(TopicName topic, Record record, Consumer<Route> sink) {
        FilterIndex<Route> named = byTopic.get(topic);
        FilterIndex<Route> wide = topic.isInternal() ? null : everywhere.get(topic.namespace());
        if (named != null) {
            named.match(topic, record, sink);
        }
        if (wide != null) {
            wide.match(topic, record, sink);
        }
    }

    /** Counts each subscription once. */
    private static final class RouteCount implements Consumer<Route> {
        private int once;
        private @Nullable Set<Route> repeated;

        @Override
        public void accept(Route route) {
            if (!route.repeats) {
                once++;
                return;
            }
            if (repeated == null) {
                repeated = Collections.newSetFromMap(new IdentityHashMap<>());
            }
            repeated.add(route);
        }

        int total() {
            return once + (repeated == null ? 0 : repeated.size());
        }
    }
}
