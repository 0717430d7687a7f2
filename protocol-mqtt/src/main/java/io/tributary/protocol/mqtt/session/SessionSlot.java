package io.tributary.protocol.mqtt.session;

import io.tributary.core.model.SubscriptionName;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.session.SessionRegistry.Opened;
import io.tributary.protocol.mqtt.state.FilterOptions;
import io.tributary.protocol.mqtt.state.SessionKey;
import io.tributary.protocol.mqtt.state.StoredSession;
import io.tributary.protocol.mqtt.translate.ConnectRequest;
import io.tributary.protocol.mqtt.translate.ConnectRequest.Will;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client identifier: its session, who is connected to it, and what is to happen when time passes. Operations run one after the other,
 * each to its end, on whatever thread completes the one before.
 */
final class SessionSlot {
    private static final Logger LOG = LoggerFactory.getLogger(SessionSlot.class);

    private final SessionKey key;
    private final SessionRegistry registry;

    private CompletionStage<?> last = CompletableFuture.completedFuture(null);
    private int queued;

    private @Nullable ClientSession session;
    private @Nullable SessionOwner owner;
    private @Nullable Future<?> expiryTimer;
    private @Nullable Future<?> willTimer;

    SessionSlot(SessionKey key, SessionRegistry registry) {
        this.key = key;
        this.registry = registry;
    }

    /** Under the registry's lock of the key. */
    void operationQueued() {
        queued++;
    }

    /** Under the registry's lock of the key. Whether the slot holds nothing any more. */
    boolean operationDone() {
        queued--;
        return queued == 0 && session == null && owner == null;
    }

    <T> CompletionStage<T> run(Function<SessionSlot, CompletionStage<T>> operation) {
        synchronized (this) {
            CompletionStage<T> next = last.handle((before, failed) -> this).thenCompose(operation);
            last = next;
            return next;
        }
    }

    CompletionStage<Opened> open(Connection connection, ConnectRequest request, long expirySeconds) {
        return evict(Reason.SESSION_TAKEN_OVER, "another client has connected with this client identifier")
            .thenCompose(free -> {
                cancelTimers();
                ClientSession present = session == null ? restored() : session;
                return request.cleanStart() ? discard(present).thenApply(gone -> (ClientSession) null)
                    : CompletableFuture.completedFuture(present);
            })
            .thenCompose(present -> {
                ClientSession opened = present == null ? new ClientSession(key, expirySeconds > 0) : present;
                opened.setExpirySeconds(expirySeconds);
                opened.setWill(request.will());
                CompletionStage<Void> written = opened.isDurable()
                    ? registry.store().put(key, opened.toStored(StoredSession.CONNECTED)) : CompletableFuture.completedFuture(null);
                return written.thenApply(ok -> {
                    session = opened;
                    owner = connection;
                    return new Opened(opened, present != null);
                });
            });
    }

    private @Nullable ClientSession restored() {
        StoredSession stored = registry.store().get(key);
        return stored == null ? null : ClientSession.restore(key, stored, registry.store(), System.currentTimeMillis());
    }

    CompletionStage<Void> evict(Reason reason, String why) {
        SessionOwner current = owner;
        if (current == null) {
            return CompletableFuture.completedFuture(null);
        }
        return current.evict(reason, why).thenCompose(departure -> departed(current, departure));
    }

    /** A connection has let go; nothing happens if another has the session already. */
    CompletionStage<Void> departed(SessionOwner former, Departure departure) {
        ClientSession left = session;
        if (owner != former || left == null) {
            return CompletableFuture.completedFuture(null);
        }
        owner = null;
        if (!departure.willDue()) {
            left.setWill(null);
        }
        if (left.expirySeconds() == 0) {
            return discard(left);
        }
        long now = System.currentTimeMillis();
        return startTimers(left, now, now).thenCompose(ok -> registry.store().put(key, left.toStored(now)));
    }

    /** Takes up a session that an earlier run of the server left. Time during which the server was down counts. */
    CompletionStage<Void> restore(StoredSession stored) {
        if (session != null) {
            return CompletableFuture.completedFuture(null);
        }
        long now = System.currentTimeMillis();
        ClientSession found = ClientSession.restore(key, stored, registry.store(), now);
        session = found;
        boolean wasConnected = stored.disconnectedAt() == StoredSession.CONNECTED;
        long since = wasConnected ? now : stored.disconnectedAt();
        CompletionStage<Void> noted = wasConnected ? registry.store().put(key, found.toStored(now))
            : CompletableFuture.completedFuture(null);
        return noted.thenCompose(ok -> startTimers(found, since, now));
    }

    /** Sends the will when it is due (MQTT-3.1.2-8), and ends the session when its time is over (MQTT-3.1.2-23). */
    private CompletionStage<Void> startTimers(ClientSession left, long since, long now) {
        Will will = left.will();
        long expiry = left.expirySeconds();
        if (expiry != ConnectRequest.NO_EXPIRY) {
            expiryTimer = registry.timer().schedule(() -> registry.enqueue(key, slot -> slot.expire(left)),
                Math.max(0, since + TimeUnit.SECONDS.toMillis(expiry) - now), TimeUnit.MILLISECONDS);
        }
        if (will == null) {
            return CompletableFuture.completedFuture(null);
        }
        long due = since + TimeUnit.SECONDS.toMillis(will.delaySeconds());
        if (due <= now) {
            return sendWill(left);
        }
        willTimer = registry.timer().schedule(() -> registry.enqueue(key, slot -> slot.willDue(left)), due - now, TimeUnit.MILLISECONDS);
        return CompletableFuture.completedFuture(null);
    }

    private void cancelTimers() {
        for (Future<?> timer : new Future<?>[] {expiryTimer, willTimer}) {
            if (timer != null) {
                timer.cancel(false);
            }
        }
        expiryTimer = null;
        willTimer = null;
    }

    private CompletionStage<Void> willDue(ClientSession left) {
        if (owner != null || session != left) {
            return CompletableFuture.completedFuture(null);
        }
        return sendWill(left).thenCompose(ok -> registry.store().put(key, left.toStored(System.currentTimeMillis())));
    }

    private CompletionStage<Void> expire(ClientSession left) {
        return owner != null || session != left ? CompletableFuture.completedFuture(null) : discard(left);
    }

    private CompletionStage<Void> sendWill(ClientSession left) {
        Will will = left.will();
        left.setWill(null);
        if (will == null) {
            return CompletableFuture.completedFuture(null);
        }
        return registry.publications().publish(key.namespace(), will.publication(), key.hashCode())
            .exceptionally(failure -> {
                LOG.warn("the will of MQTT client {} could not be stored: {}", key, failure.toString());
                return null;
            });
    }

    /** Ends the session: its will, its place in shared subscriptions, its messages, what was written down. */
    private CompletionStage<Void> discard(@Nullable ClientSession ended) {
        if (ended == null) {
            return CompletableFuture.completedFuture(null);
        }
        cancelTimers();
        session = null;
        List<CompletableFuture<?>> parts = new ArrayList<>();
        parts.add(sendWill(ended).toCompletableFuture());
        for (FilterOptions options : ended.filters()) {
            if (options.filter().isShared()) {
                parts.add(registry.shared().leave(key, options.filter()).toCompletableFuture());
            }
        }
        SubscriptionName name = key.subscriptionName();
        if (registry.subscriptions().find(name) != null) {
            parts.add(registry.subscriptions().delete(name).toCompletableFuture());
        }
        CompletionStage<Void> cleared = CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
            .exceptionally(failure -> {
                LOG.warn("the session of MQTT client {} was not cleared: {}", key, failure.toString());
                return null;
            });
        return ended.isDurable() ? cleared.thenCompose(ok -> registry.store().delete(key)) : cleared;
    }
}
