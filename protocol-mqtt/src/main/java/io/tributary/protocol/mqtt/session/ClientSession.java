package io.tributary.protocol.mqtt.session;

import io.tributary.protocol.mqtt.state.FilterOptions;
import io.tributary.protocol.mqtt.state.Position;
import io.tributary.protocol.mqtt.state.SessionKey;
import io.tributary.protocol.mqtt.state.SessionStore;
import io.tributary.protocol.mqtt.state.StoredDelivery;
import io.tributary.protocol.mqtt.state.StoredPublication;
import io.tributary.protocol.mqtt.state.StoredSession;
import io.tributary.protocol.mqtt.translate.ConnectRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The session state of MQTT 5.0 section 4.1. Handed from the connection that ends to the one that follows through
 * {@link SessionRegistry}; never used by two at a time.
 */
public final class ClientSession {
    private static final int MAX_PACKET_ID = 0xFFFF;

    private final SessionKey key;
    private final boolean durable;
    private final Map<String, FilterOptions> filters = new LinkedHashMap<>();
    private final Map<Integer, InFlight> outbound = new LinkedHashMap<>();
    private final Map<Position, Long> done = new LinkedHashMap<>();
    private final Map<Integer, InboundPublication> inbound = new LinkedHashMap<>();

    private List<FilterOptions> ordinary = List.of();
    private boolean anyNoLocal;
    private long expirySeconds;
    private ConnectRequest.@Nullable Will will;
    private int lastPacketId;

    ClientSession(SessionKey key, boolean durable) {
        this.key = key;
        this.durable = durable;
    }

    /** The session as it was written down, with what was under way. */
    static ClientSession restore(SessionKey key, StoredSession stored, SessionStore store, long now) {
        ClientSession session = new ClientSession(key, true);
        session.expirySeconds = stored.expirySeconds();
        session.will = stored.will();
        stored.filters().forEach(session::put);
        for (StoredPublication publication : store.publications(key)) {
            session.inbound.put(publication.packetId(), InboundPublication.unresolved(publication));
        }
        for (StoredDelivery delivery : store.deliveries(key)) {
            if (delivery.phase() == StoredDelivery.Phase.DONE) {
                session.done.put(delivery.position(), now);
            } else {
                session.outbound.put(delivery.packetId(), InFlight.restored(delivery));
            }
        }
        return session;
    }

    public SessionKey key() {
        return key;
    }

    /** Whether it may outlive its connection, and is written down. */
    public boolean isDurable() {
        return durable;
    }

    /** Seconds after the end of its connection. */
    public long expirySeconds() {
        return expirySeconds;
    }

    public void setExpirySeconds(long seconds) {
        expirySeconds = seconds;
    }

    public ConnectRequest.@Nullable Will will() {
        return will;
    }

    void setWill(ConnectRequest.@Nullable Will newWill) {
        will = newWill;
    }

    StoredSession toStored(long disconnectedAt) {
        return new StoredSession(expirySeconds, disconnectedAt, will, List.copyOf(filters.values()));
    }

    public @Nullable FilterOptions filter(String text) {
        return filters.get(text);
    }

    public int filterCount() {
        return filters.size();
    }

    public Collection<FilterOptions> filters() {
        return filters.values();
    }

    /** Those that the session's own queue subscription serves. */
    List<FilterOptions> ordinaryFilters() {
        return ordinary;
    }

    /** Whether what this client publishes must carry its name. */
    public boolean hasNoLocal() {
        return anyNoLocal;
    }

    /** Adds or replaces; returns what was there. */
    public @Nullable FilterOptions put(FilterOptions options) {
        FilterOptions previous = filters.put(options.filter().text(), options);
        filtersChanged();
        return previous;
    }

    public @Nullable FilterOptions remove(String text) {
        FilterOptions previous = filters.remove(text);
        filtersChanged();
        return previous;
    }

    private void filtersChanged() {
        List<FilterOptions> list = new ArrayList<>();
        anyNoLocal = false;
        for (FilterOptions options : filters.values()) {
            anyNoLocal |= options.noLocal();
            if (!options.filter().isShared() && !options.filter().isSys()) {
                list.add(options);
            }
        }
        ordinary = List.copyOf(list);
    }

    /** Deliveries under way, by packet identifier, in the order in which they began. */
    Map<Integer, InFlight> outbound() {
        return outbound;
    }

    /** QoS 2 deliveries that are complete and whose acknowledgement the core may not have made durable yet, with the time of completion. */
    Map<Position, Long> done() {
        return done;
    }

    /** QoS 2 publications that wait for PUBREL. */
    public Map<Integer, InboundPublication> inbound() {
        return inbound;
    }

    /** A packet identifier that is not in use. There is one: fewer deliveries than identifiers are under way. */
    int allocatePacketId() {
        do {
            lastPacketId = lastPacketId == MAX_PACKET_ID ? 1 : lastPacketId + 1;
        } while (outbound.containsKey(lastPacketId));
        return lastPacketId;
    }
}
