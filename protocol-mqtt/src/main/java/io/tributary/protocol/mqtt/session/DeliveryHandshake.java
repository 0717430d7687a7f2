package io.tributary.protocol.mqtt.session;

import io.netty.handler.codec.mqtt.MqttMessageType;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Record;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.session.Outgoing.Match;
import io.tributary.protocol.mqtt.state.Position;
import io.tributary.protocol.mqtt.state.SessionStore;
import io.tributary.protocol.mqtt.state.StoredDelivery.Phase;
import io.tributary.protocol.mqtt.translate.OutboundTranslation;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The sender's side of QoS 1 and 2 (MQTT 5.0 sections 4.3.2 and 4.3.3).
 *
 * <p>A persistent session writes down what must not happen twice: a packet identifier before PUBLISH goes out at QoS 2, the release before
 * PUBREL does, and the completion until the core's own acknowledgement is certainly durable.
 */
public final class DeliveryHandshake {
    /** Longer than the core takes to make an acknowledgement durable, so that a record which comes again after a crash is known. */
    private static final long DONE_KEPT_MS = 30_000;

    private final LiveSession live;
    private final Outbound outbound;
    private final ClientSession session;
    private final SessionStore store;

    DeliveryHandshake(LiveSession live, Outbound outbound) {
        this.live = live;
        this.outbound = outbound;
        this.session = live.session();
        this.store = live.services().sessions();
    }

    /** Gives a QoS 2 message of a persistent session its identifier, and writes that down before it may be sent. */
    void prepare(Outgoing message, Position position) {
        InFlight flight = new InFlight(session.allocatePacketId(), 2, position);
        if (message.link() != null && message.link().shared() != null) {
            flight.markShared();
        }
        session.outbound().put(flight.packetId(), flight);
        flight.setMessage(message);
        message.setFlight(flight);
        message.setReady(false);
        whenDurable(store.putDelivery(session.key(), Outbound.stored(flight, position, Phase.SENT)), () -> {
            message.setReady(true);
            outbound.pump();
        });
    }

    /** Gives any other message its identifier. */
    InFlight begin(Outgoing message) {
        Position position = message.position();
        InFlight flight = new InFlight(session.allocatePacketId(), message.qos(), position);
        flight.setMessage(message);
        message.setFlight(flight);
        session.outbound().put(flight.packetId(), flight);
        return flight;
    }

    /** PUBLISH has gone out. */
    void sent(InFlight flight, Outgoing message) {
        boolean shared = message.link() != null && message.link().shared() != null;
        if (shared && flight.qos() == 2) {
            // MQTT 5.0 section 4.8.2: from here on nobody but this client may get it.
            flight.own();
            message.settle();
        }
    }

    /** Forgets a delivery that is not to be completed. */
    void forget(InFlight flight) {
        session.outbound().remove(flight.packetId());
        Position position = flight.position();
        if (position != null && flight.qos() == 2 && session.isDurable()) {
            whenDurable(store.deleteDelivery(session.key(), position), () -> { });
        }
    }

    /** PUBACK; one for an identifier that is not under way is passed over. */
    public void acknowledged(int packetId, boolean refused) {
        InFlight flight = session.outbound().get(packetId);
        if (flight == null || flight.qos() != 1) {
            return;
        }
        session.outbound().remove(packetId);
        flight.setPhase(Phase.DONE);
        settle(flight, refused);
        outbound.quotaFreed();
    }

    /** PUBREC: the client has the message, or refuses it. */
    public void received(int packetId, boolean refused) {
        InFlight flight = session.outbound().get(packetId);
        if (flight == null || flight.qos() != 2) {
            if (!refused) {
                live.connection().sendReply(MqttMessageType.PUBREL, packetId, Reason.PACKET_IDENTIFIER_NOT_FOUND, "not under way");
            }
            return;
        }
        if (refused) {
            settle(flight, true);
            forget(flight);
            outbound.quotaFreed();
            return;
        }
        if (flight.phase() == Phase.RELEASED) {
            sendRelease(packetId);
            return;
        }
        flight.setPhase(Phase.RELEASED);
        Position position = flight.position();
        if (position == null || !session.isDurable()) {
            settle(flight, false);
            sendRelease(packetId);
        } else {
            whenDurable(store.putDelivery(session.key(), Outbound.stored(flight, position, Phase.RELEASED)), () -> {
                settle(flight, false);
                outbound.flushSettlements();
                sendRelease(packetId);
                live.connection().channel().flush();
            });
        }
    }

    void sendRelease(int packetId) {
        live.connection().sendReply(MqttMessageType.PUBREL, packetId, Reason.SUCCESS, null);
    }

    /** PUBCOMP; one for an identifier that is not released is passed over. */
    public void completed(int packetId) {
        InFlight flight = session.outbound().get(packetId);
        if (flight == null || flight.phase() != Phase.RELEASED) {
            return;
        }
        session.outbound().remove(packetId);
        flight.setPhase(Phase.DONE);
        outbound.quotaFreed();
        Position position = flight.position();
        if (position != null && session.isDurable()) {
            long now = System.currentTimeMillis();
            session.done().put(position, now);
            whenDurable(store.putDelivery(session.key(), Outbound.stored(flight, position, Phase.DONE)), () -> { });
            forgetOld(now);
        }
    }

    private void forgetOld(long now) {
        Iterator<Map.Entry<Position, Long>> entries = session.done().entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<Position, Long> entry = entries.next();
            if (entry.getValue() > now - DONE_KEPT_MS) {
                return;
            }
            entries.remove();
            whenDurable(store.deleteDelivery(session.key(), entry.getKey()), () -> { });
        }
    }

    private static void settle(InFlight flight, boolean refused) {
        Outgoing message = flight.message();
        flight.setMessage(null);
        if (message == null || flight.isOwned()) {
            return;
        }
        if (refused) {
            message.reject();
        } else {
            message.settle();
        }
    }

    /** Reads again a record that this session took from a shared subscription before a restart. */
    void recover(InFlight flight, Position position) {
        Topic topic = live.services().broker().topics().find(position.topic());
        if (topic == null || topic.partitions().size() <= position.partition()) {
            forget(flight);
            return;
        }
        topic.partition(position.partition()).readRecords(position.offset(), 1, 1).whenComplete((records, failure) ->
            live.connection().execute(() -> {
                Record record = failure == null ? at(records, position.offset()) : null;
                if (record == null) {
                    // Retention has taken it meanwhile.
                    forget(flight);
                    return;
                }
                Match match = new Match(flight.qos(), false, List.of());
                Outgoing message = new Outgoing(OutboundTranslation.path(position.topic(), record.key()), record, match, null, null);
                message.setFlight(flight);
                flight.setMessage(message);
                outbound.enqueueRecovered(message);
            }));
    }

    private static @Nullable Record at(List<Record> records, long offset) {
        for (Record record : records) {
            if (record.offset() == offset) {
                return record;
            }
        }
        return null;
    }

    private void whenDurable(CompletionStage<Void> written, Runnable next) {
        written.whenComplete((ok, failure) -> live.connection().execute(() -> {
            if (failure != null) {
                outbound.fail(failure);
            } else {
                next.run();
            }
        }));
    }
}
