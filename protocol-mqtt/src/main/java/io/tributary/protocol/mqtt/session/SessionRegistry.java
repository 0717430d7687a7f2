package io.tributary.protocol.mqtt.session;

import io.tributary.core.api.Subscription;
import io.tributary.core.api.Subscriptions;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubscriptionName;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.state.FilterOptions;
import io.tributary.protocol.mqtt.state.SessionKey;
import io.tributary.protocol.mqtt.state.SessionStore;
import io.tributary.protocol.mqtt.translate.ConnectRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/**
 * The sessions, by client identifier. What happens to one client identifier (a connection opens it, lets go of it, its time is over)
 * happens one at a time, in {@link SessionSlot}.
 */
public final class SessionRegistry {
    private final Map<SessionKey, SessionSlot> slots = new ConcurrentHashMap<>();
    private final SessionStore store;
    private final Subscriptions subscriptions;
    private final SharedSubscriptions shared;
    private final Publications publications;
    private final ScheduledExecutorService timer;
    private final Set<SubscriptionName> known = new HashSet<>();

    public SessionRegistry(SessionStore store, Subscriptions subscriptions, SharedSubscriptions shared, Publications publications,
                           ScheduledExecutorService timer) {
        this.store = store;
        this.subscriptions = subscriptions;
        this.shared = shared;
        this.publications = publications;
        this.timer = timer;
    }

    /**
     * A session opened.
     *
     * @param present whether it was there before (MQTT-3.2.2-2, -3)
     */
    public record Opened(ClientSession session, boolean present) {
    }

    /**
     * Gives the client's session to a connection, after an earlier connection of the same client was ended (MQTT-3.1.4-3).
     *
     * @param expirySeconds as granted
     */
    public CompletionStage<Opened> open(SessionKey key, Connection connection, ConnectRequest request, long expirySeconds) {
        connection.opening();
        CompletionStage<Opened> opened = enqueue(key, slot -> slot.open(connection, request, expirySeconds));
        connection.departed().thenAccept(departure -> enqueue(key, slot -> slot.departed(connection, departure)));
        return opened;
    }

    /** Takes up the stored sessions after a start: their expiry, their wills, their places in shared subscriptions. */
    public CompletionStage<Void> restore() {
        List<CompletableFuture<?>> restored = new ArrayList<>();
        store.forEach((key, stored) -> {
            known.add(key.subscriptionName());
            for (FilterOptions options : stored.filters()) {
                if (options.filter().isShared()) {
                    shared.remember(key, options.filter());
                }
            }
            restored.add(enqueue(key, slot -> slot.restore(stored)).toCompletableFuture());
        });
        return CompletableFuture.allOf(restored.toArray(CompletableFuture<?>[]::new));
    }

    /**
     * Deletes what a crash left behind between two steps, after {@link #restore}: subscriptions of sessions that are not stored, and shared
     * subscriptions without a member.
     *
     * @param namespaces that are looked through
     */
    public CompletionStage<Void> sweep(Set<Namespace> namespaces) {
        List<CompletableFuture<?>> deleted = new ArrayList<>();
        for (Namespace namespace : namespaces) {
            for (Subscription subscription : subscriptions.list(namespace)) {
                SubscriptionName name = subscription.name();
                if (name.name().startsWith(SessionKey.NAME_PREFIX) && !known.contains(name)) {
                    deleted.add(subscriptions.delete(name).toCompletableFuture());
                }
            }
            deleted.add(shared.sweep(namespace).toCompletableFuture());
        }
        known.clear();
        return CompletableFuture.allOf(deleted.toArray(CompletableFuture<?>[]::new));
    }

    /** Ends every connection; completes when all have let go of their sessions. */
    public CompletionStage<Void> evictAll(Reason reason, String why) {
        List<CompletableFuture<?>> gone = new ArrayList<>();
        for (SessionKey key : slots.keySet()) {
            gone.add(enqueue(key, slot -> slot.evict(reason, why)).toCompletableFuture());
        }
        return CompletableFuture.allOf(gone.toArray(CompletableFuture<?>[]::new));
    }

    <T> CompletionStage<T> enqueue(SessionKey key, Function<SessionSlot, CompletionStage<T>> operation) {
        SessionSlot slot = slots.compute(key, (k, present) -> {
            SessionSlot current = present == null ? new SessionSlot(key, this) : present;
            current.operationQueued();
            return current;
        });
        CompletionStage<T> result = slot.run(operation);
        result.whenComplete((ok, failure) ->
            slots.computeIfPresent(key, (k, present) -> present.operationDone() ? null : present));
        return result;
    }

    SessionStore store() {
        return store;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    SharedSubscriptions shared() {
        return shared;
    }

    Publications publications() {
        return publications;
    }

    ScheduledExecutorService timer() {
        return timer;
    }
}
