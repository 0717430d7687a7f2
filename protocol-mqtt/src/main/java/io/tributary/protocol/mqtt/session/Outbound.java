package io.tributary.protocol.mqtt.session;

import io.netty.channel.Channel;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Record;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.session.Outgoing.Match;
import io.tributary.protocol.mqtt.state.FilterOptions;
import io.tributary.protocol.mqtt.state.Position;
import io.tributary.protocol.mqtt.state.StoredDelivery;
import io.tributary.protocol.mqtt.state.StoredDelivery.Phase;
import io.tributary.protocol.mqtt.translate.ErrorMapping;
import io.tributary.protocol.mqtt.translate.OutboundTranslation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What goes to the client: deliveries of its queue subscriptions and retained messages, in order, while the channel is writable and the
 * client's Receive Maximum allows (MQTT 5.0 section 4.9). The core's credit bounds what waits here; what the client is too slow for waits
 * in the log.
 */
public final class Outbound {
    private static final int MIN_WINDOW = 16;

    private record Arrival(ConsumerLink link, Delivery delivery) {
    }


    private final LiveSession live;
    private final ClientSession session;
    private final Channel channel;
    private final PublishWriter writer;
    private final DeliveryHandshake handshake;
    private final int window;
    private final int sendQuotaMaximum;

    private final Queue<Arrival> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final ArrayDeque<Outgoing> pending = new ArrayDeque<>();
    private final ArrayDeque<Replay> replays = new ArrayDeque<>();
    private final Map<Position, InFlight> leftovers = new HashMap<>();
    private final List<ConsumerLink> links = new ArrayList<>();
    private final Set<ConsumerLink> toSettle = new LinkedHashSet<>();
    private int sendQuota;
    private boolean ended;

    Outbound(LiveSession live) {
        this.live = live;
        this.session = live.session();
        this.channel = live.connection().channel();
        this.writer = new PublishWriter(live);
        this.handshake = new DeliveryHandshake(live, this);
        int maxInFlight = live.services().limits().maxInFlight();
        this.sendQuotaMaximum = Math.min(live.request().receiveMaximum(), maxInFlight);
        this.window = Math.max(Math.min(MIN_WINDOW, maxInFlight), sendQuotaMaximum);
        this.sendQuota = sendQuotaMaximum;
    }

    /** The steps of QoS 1 and 2. */
    public DeliveryHandshake handshake() {
        return handshake;
    }

    /** Sends again what an earlier connection left behind (MQTT-4.4.0-1); before the consumers are attached. */
    void resume() {
        for (InFlight flight : List.copyOf(session.outbound().values())) {
            Position position = flight.position();
            Outgoing message = flight.message();
            if (flight.phase() == Phase.RELEASED) {
                handshake.sendRelease(flight.packetId());
            } else if (position != null && !flight.isOwned()) {
                flight.setMessage(null);
                leftovers.put(position, flight);
            } else if (message != null) {
                pending.add(message);
            } else if (position != null) {
                handshake.recover(flight, position);
            }
            if (position != null && flight.phase() == Phase.RELEASED) {
                leftovers.put(position, flight);
            }
        }
        channel.flush();
        pump();
    }

    /** Consumes a subscription; completes when deliveries may come. */
    CompletionStage<Void> attach(Subscription subscription, @Nullable FilterOptions shared) {
        ConsumerLink link = new ConsumerLink(this, shared, subscription);
        links.add(link);
        CompletableFuture<Void> attached = new CompletableFuture<>();
        link.attaching().whenComplete((consumer, failure) -> channel.eventLoop().execute(() -> {
            if (failure != null) {
                links.remove(link);
                attached.completeExceptionally(failure);
                return;
            }
            if (!ended) {
                // A shared subscription hands out no more than the client may have under way: the rest is for its other members.
                link.open(consumer, shared == null ? window : sendQuotaMaximum);
            }
            attached.complete(null);
        }));
        return attached;
    }

    /** Gives a shared subscription up; what is outstanding goes to its other members. */
    void detachShared(FilterOptions shared) {
        for (ConsumerLink link : List.copyOf(links)) {
            FilterOptions served = link.shared();
            if (served != null && served.filter().text().equals(shared.filter().text())) {
                links.remove(link);
                pending.removeIf(message -> message.link() == link && message.flight() == null);
                link.close();
            }
        }
    }

    /** Ends for good; completes when all consumers are detached. */
    CompletionStage<Void> end() {
        ended = true;
        for (Outgoing message : pending) {
            InFlight flight = message.flight();
            if (flight != null && flight.isShared() && !flight.isOwned()) {
                // Another member of the group will get it.
                handshake.forget(flight);
            }
        }
        pending.clear();
        replays.clear();
        CompletableFuture<?>[] closed = links.stream().map(link -> link.close().toCompletableFuture()).toArray(CompletableFuture<?>[]::new);
        links.clear();
        return CompletableFuture.allOf(closed);
    }

    /** Takes a delivery, on any thread. */
    void arrive(ConsumerLink link, Delivery delivery) {
        inbox.add(new Arrival(link, delivery));
        if (!draining.get() && draining.compareAndSet(false, true)) {
            channel.eventLoop().execute(this::drain);
        }
    }

    /** The subscription is gone, on any thread. */
    void cancelled(ConsumerLink link, BrokerException cause) {
        channel.eventLoop().execute(() -> {
            if (links.remove(link)) {
                live.connection().disconnect(ErrorMapping.disconnect(cause.code()), "the session was ended by the server");
            }
        });
    }

    private void drain() {
        draining.set(false);
        for (Arrival arrival = inbox.poll(); arrival != null; arrival = inbox.poll()) {
            if (!ended) {
                accept(arrival.link(), arrival.delivery());
            }
        }
        pump();
    }

    private void accept(ConsumerLink link, Delivery delivery) {
        if (!links.contains(link)) {
            return;
        }
        Position position = position(delivery);
        InFlight flight = leftovers.isEmpty() ? null : leftovers.remove(position);
        if (flight != null && flight.phase() != Phase.SENT || delivery.redelivered() && session.done().containsKey(position)) {
            link.settle(delivery);
            return;
        }
        Record record = delivery.record();
        Match match = live.match(delivery, link.shared());
        if (match == null) {
            if (flight != null) {
                handshake.forget(flight);
            }
            link.settle(delivery);
            return;
        }
        if (flight != null) {
            match = new Match(flight.qos(), match.retain(), match.identifiers());
        }
        String path = OutboundTranslation.path(delivery.topic(), record.key());
        Outgoing message = new Outgoing(path, record, match, link, delivery);
        if (flight != null) {
            flight.setMessage(message);
            message.setFlight(flight);
        } else if (match.qos() == 2 && session.isDurable()) {
            handshake.prepare(message, position);
        }
        pending.add(message);
    }

    private static Position position(Delivery delivery) {
        return new Position(delivery.topic(), delivery.partition(), delivery.record().offset());
    }

    /** Sends retained messages to a new subscription, some at a time; completes when the first of them are there. */
    public CompletionStage<Void> replay(FilterOptions options) {
        Replay replay = new Replay(live, options);
        replays.add(replay);
        return replay.read(this::pump);
    }

    /** Sends a message that is in no log, at QoS 0: one of the server's figures. */
    void offer(Outgoing message) {
        if (!ended && pending.size() < window) {
            pending.add(message);
            pump();
        }
    }

    void enqueueRecovered(Outgoing message) {
        if (!ended) {
            pending.add(message);
            pump();
        }
    }

    private @Nullable Outgoing head() {
        while (pending.isEmpty()) {
            Replay replay = replays.peek();
            if (replay == null) {
                return null;
            }
            Outgoing retained = replay.poll();
            if (retained != null) {
                pending.add(retained);
            } else if (replay.isOver()) {
                replays.poll();
            } else {
                replay.read(this::pump).exceptionally(failure -> {
                    live.connection().execute(() -> fail(failure));
                    return null;
                });
                if (replay.isReading()) {
                    return null;
                }
            }
        }
        return pending.peek();
    }

    /** Writes what may be written. Called whenever something of that may have changed. */
    public void pump() {
        boolean wrote = false;
        while (!ended && channel.isWritable()) {
            Outgoing next = head();
            if (next == null || !next.isReady() || next.qos() > 0 && sendQuota == 0) {
                break;
            }
            pending.poll();
            wrote |= write(next);
        }
        if (wrote) {
            channel.flush();
        }
        flushSettlements();
    }

    private boolean write(Outgoing message) {
        InFlight flight = message.flight();
        boolean repeated = flight != null && flight.wasSent();
        long timeToLive = OutboundTranslation.timeToLive(message.record().timestamp(), message.record().headers(),
            System.currentTimeMillis());
        if (timeToLive <= 0 && !repeated) {
            drop(message);
            return false;
        }
        int packetId = 0;
        if (message.qos() > 0) {
            if (flight == null) {
                flight = handshake.begin(message);
            }
            packetId = flight.packetId();
        }
        if (!writer.write(message, packetId, repeated, Math.max(1, timeToLive))) {
            drop(message);
            return false;
        }
        if (flight == null) {
            message.settle();
        } else {
            flight.markSent();
            sendQuota--;
            handshake.sent(flight, message);
        }
        return true;
    }

    /** The message has expired, or the client takes no packet of its size (MQTT-3.1.2-25): it is done without having been sent. */
    private void drop(Outgoing message) {
        InFlight flight = message.flight();
        if (flight != null) {
            handshake.forget(flight);
        }
        message.settle();
    }

    void quotaFreed() {
        sendQuota = Math.min(sendQuotaMaximum, sendQuota + 1);
    }

    void toSettle(ConsumerLink link) {
        toSettle.add(link);
    }

    /** Tells the core what was settled since the last call. */
    public void flushSettlements() {
        if (!toSettle.isEmpty()) {
            for (ConsumerLink link : toSettle) {
                link.flush();
            }
            toSettle.clear();
        }
    }

    /** Refuses further deliveries because of a failure of ours. */
    public void fail(Throwable failure) {
        live.connection().disconnect(Reason.UNSPECIFIED_ERROR, BrokerException.of(failure).getMessage());
    }

    static StoredDelivery stored(InFlight flight, Position position, Phase phase) {
        return new StoredDelivery(position, flight.packetId(), phase, flight.isShared());
    }
}
