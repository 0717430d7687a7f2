package io.tributary.protocol.amqp.session;

import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.BrokerException;
import io.tributary.protocol.amqp.translate.QueueSettings;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One basic.consume: takes deliveries from the core, gives credit for as many as the prefetch count, the socket and memory allow, and
 * writes them when they may be written.
 */
final class ConsumerSession implements DeliveryHandler {
    private final DeliverySide side;
    private final String tag;
    private final Subscription queue;
    private final boolean noAck;
    private final boolean countsDeliveries;
    private final int prefetch;
    private final CreditWindow window = new CreditWindow();
    private final Queue<Delivery> arrived = new ArrayDeque<>();
    private @Nullable DeliverySource source;
    private int requested;
    private boolean stopped;

    /** A prefetch of 0 sets no limit. */
    ConsumerSession(DeliverySide side, String tag, Subscription queue, boolean noAck, int prefetch) {
        this.side = side;
        this.tag = tag;
        this.queue = queue;
        this.noAck = noAck;
        this.countsDeliveries = QueueSettings.of(queue.config()).countsDeliveries();
        this.prefetch = prefetch;
    }

    String tag() {
        return tag;
    }

    Subscription queue() {
        return queue;
    }

    boolean noAck() {
        return noAck;
    }

    boolean countsDeliveries() {
        return countsDeliveries;
    }

    @Nullable DeliverySource source() {
        return source;
    }

    void start(DeliverySource attached) {
        source = attached;
        replenish();
    }

    @Override
    public void onDelivery(Delivery delivery) {
        side.post(() -> arrive(delivery));
    }

    @Override
    public void onCancelled(BrokerException cause) {
        side.post(() -> side.cancelledByServer(this));
    }

    private void arrive(Delivery delivery) {
        requested--;
        if (stopped) {
            giveBack(delivery);
            return;
        }
        window.observe(delivery.record().sizeInBytes());
        arrived.add(delivery);
        pump();
    }

    /** Writes what has arrived and may be written. */
    void pump() {
        DeliverySource from = source;
        if (from == null || arrived.isEmpty()) {
            return;
        }
        while (!arrived.isEmpty() && side.mayWrite(noAck)) {
            side.write(this, from, arrived.remove());
        }
        side.touch(this);
    }

    /** Writes what has arrived whether or not the socket keeps up: before the answer to a cancellation. */
    void drain() {
        DeliverySource from = source;
        while (from != null && !arrived.isEmpty()) {
            side.write(this, from, arrived.remove());
        }
    }

    /** Takes no more; what arrived and was not written goes back. */
    void stop() {
        stopped = true;
        while (!arrived.isEmpty()) {
            giveBack(arrived.remove());
        }
    }

    private void giveBack(Delivery delivery) {
        if (!noAck && source != null) {
            source.giveBack(delivery.id());
            side.touch(source);
        }
    }

    /** Asks the core for as many deliveries as there is room for. */
    void replenish() {
        if (source == null || stopped) {
            return;
        }
        int underWay = requested + arrived.size();
        int room = window.size() - underWay;
        // In steps, so that an unlimited consumer does not ask for every single delivery.
        int step = Math.max(1, window.size() / 4);
        if (!noAck) {
            room = Math.min(room, side.roomForUnacknowledged() - underWay);
            if (prefetch > 0) {
                room = Math.min(room, prefetch - source.unacknowledged() - underWay);
                step = 1;
            } else if (side.isLimited()) {
                step = 1;
            }
        }
        if (room >= step) {
            requested += room;
            source.consumer().request(room);
        }
    }
}
