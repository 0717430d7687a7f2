package io.tributary.core.api;

import io.tributary.core.model.BrokerException;

/** Receives a consumer's deliveries, one call at a time, on a core thread; must not block. */
public interface DeliveryHandler {
    void onDelivery(Delivery delivery);

    /** The subscription ended (deleted, or the broker stops); nothing follows. */
    void onCancelled(BrokerException cause);
}
