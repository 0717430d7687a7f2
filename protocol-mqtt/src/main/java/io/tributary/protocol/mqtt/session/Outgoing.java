package io.tributary.protocol.mqtt.session;

import io.tributary.core.api.Delivery;
import io.tributary.core.model.Record;
import io.tributary.protocol.mqtt.state.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message that waits to be written. */
final class Outgoing {
    private final String path;
    private final Record record;
    private final int qos;
    private final boolean retain;
    private final List<Integer> identifiers;
    private final @Nullable ConsumerLink link;
    private final @Nullable Delivery delivery;

    private @Nullable InFlight flight;
    private boolean ready = true;

    Outgoing(String path, Record record, Match match, @Nullable ConsumerLink link, @Nullable Delivery delivery) {
        this.path = path;
        this.record = record;
        this.qos = match.qos();
        this.retain = match.retain();
        this.identifiers = match.identifiers();
        this.link = link;
        this.delivery = delivery;
    }

    /** How the subscriptions that took a message want it. */
    record Match(int qos, boolean retain, List<Integer> identifiers) {
    }

    String path() {
        return path;
    }

    Record record() {
        return record;
    }

    int qos() {
        return qos;
    }

    boolean retain() {
        return retain;
    }

    List<Integer> identifiers() {
        return identifiers;
    }

    /** Null for what does not come from a queue subscription. */
    @Nullable ConsumerLink link() {
        return link;
    }

    /** Where it is stored; null for what does not come from a queue subscription. */
    @Nullable Position position() {
        return delivery == null ? null : new Position(delivery.topic(), delivery.partition(), record.offset());
    }

    @Nullable InFlight flight() {
        return flight;
    }

    void setFlight(InFlight newFlight) {
        flight = newFlight;
    }

    /** Whether its packet identifier is written down, if it must be. */
    boolean isReady() {
        return ready;
    }

    void setReady(boolean newReady) {
        ready = newReady;
    }

    /** Tells the core, with the next settlement, that the message is done. */
    void settle() {
        if (link != null && delivery != null) {
            link.settle(delivery);
        }
    }

    /** Tells the core that the client refused the message. */
    void reject() {
        if (link != null && delivery != null) {
            link.reject(delivery);
        }
    }
}
