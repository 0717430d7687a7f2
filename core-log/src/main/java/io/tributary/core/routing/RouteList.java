package io.tributary.core.routing;

import io.tributary.core.model.Filter;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions that look at one topic. Those that name exact subjects are found by the subject; of the others each one's filters are
 * asked: this is where an index of patterns belongs.
 */
final class RouteList {
    private final Map<String, Map<SubscriptionName, Boolean>> bySubject = new ConcurrentHashMap<>();
    private final Map<SubscriptionName, Filter[]> others = new ConcurrentHashMap<>();
    private final Map<SubscriptionName, Set<String>> subjects = new ConcurrentHashMap<>();

    /** One writer at a time. */
    void replace(SubscriptionName subscription, List<Filter> filters) {
        Set<String> exact = new HashSet<>();
        boolean onlyExact = true;
        for (Filter filter : filters) {
            if (filter instanceof Filter.ExactSubject subject) {
                exact.add(subject.subject());
            } else {
                onlyExact = false;
            }
        }
        // A subscription is in one of the two, so that no record counts it twice.
        Set<String> wanted = onlyExact ? exact : Set.of();
        for (String subject : wanted) {
            bySubject.computeIfAbsent(subject, absent -> new ConcurrentHashMap<>()).put(subscription, Boolean.TRUE);
        }
        for (String subject : subjects.getOrDefault(subscription, Set.of())) {
            if (!wanted.contains(subject)) {
                bySubject.computeIfPresent(subject, (key, names) -> {
                    names.remove(subscription);
                    return names.isEmpty() ? null : names;
                });
            }
        }
        if (wanted.isEmpty()) {
            subjects.remove(subscription);
        } else {
            subjects.put(subscription, wanted);
        }
        if (onlyExact) {
            others.remove(subscription);
        } else {
            others.put(subscription, filters.toArray(new Filter[0]));
        }
    }

    boolean isEmpty() {
        return subjects.isEmpty() && others.isEmpty();
    }

    /** How many subscriptions take the record, without those that {@code counted} holds and that take it there. */
    int count(TopicName topic, Record record, @Nullable RouteList counted) {
        int count = 0;
        String subject = record.subject();
        if (subject != null && !bySubject.isEmpty()) {
            Map<SubscriptionName, Boolean> names = bySubject.getOrDefault(subject, Map.of());
            if (counted == null) {
                count += names.size();
            } else {
                for (SubscriptionName name : names.keySet()) {
                    count += counted.takes(name, topic, record) ? 0 : 1;
                }
            }
        }
        for (Map.Entry<SubscriptionName, Filter[]> entry : others.entrySet()) {
            if (matches(entry.getValue(), topic, record) && (counted == null || !counted.takes(entry.getKey(), topic, record))) {
                count++;
            }
        }
        return count;
    }

    private boolean takes(SubscriptionName name, TopicName topic, Record record) {
        Filter[] filters = others.get(name);
        if (filters != null) {
            return matches(filters, topic, record);
        }
        String subject = record.subject();
        return subject != null && subjects.getOrDefault(name, Set.of()).contains(subject);
    }

    private static boolean matches(Filter[] filters, TopicName topic, Record record) {
        for (Filter filter : filters) {
            if (filter.matches(topic, record)) {
                return true;
            }
        }
        return false;
    }
}
