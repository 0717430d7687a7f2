package io.tributary.protocol.mqtt.session;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Binding;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.protocol.mqtt.state.SessionKey;
import io.tributary.protocol.mqtt.translate.TopicFilter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The shared subscriptions (MQTT 5.0 section 4.8.2): a queue subscription each, which lives as long as any session is subscribed to it,
 * connected or not. Safe on any thread; joins and leaves take effect one after the other.
 */
public final class SharedSubscriptions {
    private static final String PREFIX = "$share/";

    private final Broker broker;
    private final Bindings bindings;
    private final Map<SubscriptionName, Set<SessionKey>> members = new HashMap<>();
    private CompletionStage<?> last = CompletableFuture.completedFuture(null);

    public SharedSubscriptions(Broker broker, Bindings bindings) {
        this.broker = broker;
        this.bindings = bindings;
    }

    private static SubscriptionName name(Namespace namespace, TopicFilter filter) {
        return new SubscriptionName(namespace, filter.text());
    }

    /** A stored session is a member. */
    void remember(SessionKey member, TopicFilter filter) {
        synchronized (members) {
            members.computeIfAbsent(name(member.namespace(), filter), n -> new HashSet<>()).add(member);
        }
    }

    /** Makes the session a member, and the subscription if it is the first. */
    CompletionStage<Subscription> join(SessionKey member, TopicFilter filter) {
        SubscriptionName name = name(member.namespace(), filter);
        remember(member, filter);
        return enqueue(() -> {
            Subscription found = broker.subscriptions().find(name);
            if (found != null) {
                return CompletableFuture.completedFuture(found);
            }
            return bindings.bindingFor(member.namespace(), filter).thenCompose(binding -> create(name, binding));
        });
    }

    private CompletionStage<Subscription> create(SubscriptionName name, Binding binding) {
        // Durable even if its first member is not: a later one may be.
        return broker.subscriptions().create(name, SubscriptionConfig.DURABLE, List.of(binding), StartPosition.LATEST);
    }

    /** Ends the session's membership, and with the last one the subscription. */
    CompletionStage<Void> leave(SessionKey member, TopicFilter filter) {
        SubscriptionName name = name(member.namespace(), filter);
        return enqueue(() -> {
            boolean empty;
            synchronized (members) {
                Set<SessionKey> present = members.get(name);
                if (present == null || !present.remove(member)) {
                    return CompletableFuture.completedFuture(null);
                }
                empty = present.isEmpty();
                if (empty) {
                    members.remove(name);
                }
            }
            if (!empty || broker.subscriptions().find(name) == null) {
                return CompletableFuture.completedFuture(null);
            }
            return broker.subscriptions().delete(name).thenApply(ready -> null);
        });
    }

    /** Ends what a crash left behind: shared subscriptions whose members were all transient. */
    CompletionStage<Void> sweep(Namespace namespace) {
        CompletableFuture<?>[] deleted = broker.subscriptions().list(namespace).stream()
            .map(Subscription::name)
            .filter(name -> name.name().startsWith(PREFIX) && !isKnown(name))
            .map(name -> broker.subscriptions().delete(name).toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(deleted);
    }

    private boolean isKnown(SubscriptionName name) {
        synchronized (members) {
            return members.containsKey(name);
        }
    }

    private synchronized <T> CompletionStage<T> enqueue(Supplier<CompletionStage<T>> operation) {
        CompletionStage<T> next = last.handle((before, failed) -> true).thenCompose(go -> operation.get());
        last = next;
        return next;
    }
}
