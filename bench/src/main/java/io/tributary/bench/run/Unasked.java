package io.tributary.bench.run;

import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.model.BrokerException;

/** For a consumer that only pulls: nothing comes without being asked for. */
final class Unasked implements DeliveryHandler {
    @Override
    public void onDelivery(Delivery delivery) {
        throw new BenchFailure("a delivery without credit");
    }

    @Override
    public void onCancelled(BrokerException cause) {
        // The bench ends it itself.
    }
}
