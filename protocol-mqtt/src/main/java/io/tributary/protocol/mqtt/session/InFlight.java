package io.tributary.protocol.mqtt.session;

import io.tributary.protocol.mqtt.state.Position;
import io.tributary.protocol.mqtt.state.StoredDelivery;
import io.tributary.protocol.mqtt.state.StoredDelivery.Phase;
import org.jspecify.annotations.Nullable;

/** A QoS 1 or 2 delivery that has a packet identifier. */
final class InFlight {
    private final int packetId;
    private final int qos;
    private final @Nullable Position position;

    private Phase phase = Phase.SENT;
    private boolean sent;
    private boolean shared;
    private boolean owned;
    private @Nullable Outgoing message;

    InFlight(int packetId, int qos, @Nullable Position position) {
        this.packetId = packetId;
        this.qos = qos;
        this.position = position;
    }

    static InFlight restored(StoredDelivery stored) {
        InFlight flight = new InFlight(stored.packetId(), 2, stored.position());
        flight.phase = stored.phase();
        flight.shared = stored.owned();
        flight.owned = stored.owned();
        flight.sent = true;
        return flight;
    }

    int packetId() {
        return packetId;
    }

    int qos() {
        return qos;
    }

    /** Null for what does not come from a queue subscription: a retained message. */
    @Nullable Position position() {
        return position;
    }

    Phase phase() {
        return phase;
    }

    void setPhase(Phase newPhase) {
        phase = newPhase;
    }

    /** Whether PUBLISH has gone out before, on any connection. */
    boolean wasSent() {
        return sent;
    }

    void markSent() {
        sent = true;
    }

    /** Whether it comes from a shared subscription. */
    boolean isShared() {
        return shared;
    }

    void markShared() {
        shared = true;
    }

    /** Whether the core has been told that it is done, so that only this session can deliver it again. */
    boolean isOwned() {
        return owned;
    }

    void own() {
        owned = true;
    }

    /** What was sent; null once a new connection waits for the core to deliver it again, and after a restart. */
    @Nullable Outgoing message() {
        return message;
    }

    void setMessage(@Nullable Outgoing newMessage) {
        message = newMessage;
    }
}
