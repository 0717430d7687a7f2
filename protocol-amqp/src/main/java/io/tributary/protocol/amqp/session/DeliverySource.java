package io.tributary.protocol.amqp.session;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.Settlement;
import io.tributary.core.model.SubscriptionName;
import java.util.ArrayList;
import java.util.List;

/**
 * A consumer attached to the core, for basic.consume or basic.get. It outlives basic.cancel for as long as the client holds deliveries
 * of it, since the core would take them back.
 */
final class DeliverySource {
    private final SubscriptionName queue;
    private final Consumer consumer;
    private final List<Long> settled = new ArrayList<>();
    private Settlement settlement = Settlement.ACK;
    private int unacknowledged;
    private boolean ending;

    DeliverySource(SubscriptionName queue, Consumer consumer) {
        this.queue = queue;
        this.consumer = consumer;
    }

    SubscriptionName queue() {
        return queue;
    }

    Consumer consumer() {
        return consumer;
    }

    int unacknowledged() {
        return unacknowledged;
    }

    void onSent() {
        unacknowledged++;
    }

    /** The client settles a delivery; the core hears of it at the end of the turn. */
    void settle(long deliveryId, Settlement how) {
        unacknowledged--;
        collect(deliveryId, how);
    }

    /** A transaction has settled a delivery, and the core knows. */
    void settledInTransaction() {
        unacknowledged--;
    }

    /** Gives back a delivery that the client never saw. */
    void giveBack(long deliveryId) {
        collect(deliveryId, Settlement.RELEASE);
    }

    private void collect(long deliveryId, Settlement how) {
        if (how != settlement) {
            flush();
            settlement = how;
        }
        settled.add(deliveryId);
    }

    void flush() {
        if (!settled.isEmpty()) {
            // The outcome is not awaited: a delivery that is no longer outstanding was taken back with its queue.
            consumer.settleById(List.copyOf(settled), settlement);
            settled.clear();
        }
    }

    /** Asks to be closed once the client holds nothing of it. */
    void end() {
        ending = true;
        // Another consumer may become the active one meanwhile.
        consumer.retire();
    }

    boolean isFinished() {
        return ending && unacknowledged == 0;
    }
}
