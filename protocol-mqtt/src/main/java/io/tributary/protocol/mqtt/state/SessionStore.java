package io.tributary.protocol.mqtt.state;

import io.tributary.core.api.StateTable;
import io.tributary.core.model.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The persistent sessions in the table {@value #TABLE}. Keys are {@code kind NUL namespace NUL clientId}, and for what is under way
 * {@code NUL} and its own name; neither namespaces nor client identifiers hold NUL.
 */
public final class SessionStore {
    /** The table's name. */
    public static final String TABLE = "mqtt-sessions";

    private static final char NUL = '\0';
    private static final String SESSION = "session" + NUL;
    private static final String INBOUND = "in" + NUL;
    private static final String OUTBOUND = "out" + NUL;

    private final StateTable table;

    public SessionStore(StateTable table) {
        this.table = table;
    }

    /** Completes when durable. */
    public CompletionStage<Void> put(SessionKey key, StoredSession session) {
        return table.put(SESSION + name(key), StateCodec.session(session));
    }

    public @Nullable StoredSession get(SessionKey key) {
        byte[] bytes = table.get(SESSION + name(key));
        return bytes == null ? null : StateCodec.session(bytes);
    }

    /** Visits every stored session. */
    public void forEach(BiConsumer<SessionKey, StoredSession> visitor) {
        table.forEach(SESSION, (key, bytes) -> {
            int end = key.indexOf(NUL, SESSION.length());
            Namespace namespace = new Namespace(key.substring(SESSION.length(), end));
            visitor.accept(new SessionKey(namespace, key.substring(end + 1)), StateCodec.session(bytes));
        });
    }

    /** Forgets the session with all that is under way. Completes when durable. */
    public CompletionStage<Void> delete(SessionKey key) {
        List<String> keys = new ArrayList<>();
        table.forEach(INBOUND + name(key) + NUL, (entry, bytes) -> keys.add(entry));
        table.forEach(OUTBOUND + name(key) + NUL, (entry, bytes) -> keys.add(entry));
        // Last, so that a crash between leaves a session that can be deleted again.
        keys.add(SESSION + name(key));
        CompletableFuture<?>[] deletes = keys.stream().map(entry -> table.delete(entry).toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(deletes);
    }

    /** Completes when durable. */
    public CompletionStage<Void> putPublication(SessionKey key, StoredPublication publication) {
        return table.put(INBOUND + name(key) + NUL + publication.packetId(), StateCodec.publication(publication));
    }

    /** Completes when durable. */
    public CompletionStage<Void> deletePublication(SessionKey key, int packetId) {
        return table.delete(INBOUND + name(key) + NUL + packetId);
    }

    public List<StoredPublication> publications(SessionKey key) {
        List<StoredPublication> found = new ArrayList<>();
        table.forEach(INBOUND + name(key) + NUL, (entry, bytes) -> found.add(StateCodec.publication(bytes)));
        return found;
    }

    /** Completes when durable. */
    public CompletionStage<Void> putDelivery(SessionKey key, StoredDelivery delivery) {
        return table.put(deliveryKey(key, delivery.position()), StateCodec.delivery(delivery));
    }

    /** Completes when durable. */
    public CompletionStage<Void> deleteDelivery(SessionKey key, Position position) {
        return table.delete(deliveryKey(key, position));
    }

    public List<StoredDelivery> deliveries(SessionKey key) {
        List<StoredDelivery> found = new ArrayList<>();
        table.forEach(OUTBOUND + name(key) + NUL, (entry, bytes) -> found.add(StateCodec.delivery(bytes)));
        return found;
    }

    private static String deliveryKey(SessionKey key, Position position) {
        return OUTBOUND + name(key) + NUL + position.topic().name() + NUL + position.partition() + NUL + position.offset();
    }

    private static String name(SessionKey key) {
        return key.namespace().name() + NUL + key.clientId();
    }
}
