package io.tributary.core.subscription;

import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.model.BrokerException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Notes what it is given, for tests. */
public final class RecordingHandler implements DeliveryHandler {
    private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
    private volatile @Nullable BrokerException cancelled;

    @Override
    public void onDelivery(Delivery delivery) {
        deliveries.add(delivery);
    }

    @Override
    public void onCancelled(BrokerException cause) {
        cancelled = cause;
    }

    public List<Delivery> deliveries() {
        return deliveries;
    }

    public Delivery delivery(int index) {
        return deliveries.get(index);
    }

    /** The bodies as text, in the order of delivery. */
    public List<String> texts() {
        return deliveries.stream().map(RecordingHandler::text).toList();
    }

    public @Nullable BrokerException cancelled() {
        return cancelled;
    }

    /** The body as text. */
    public static String text(Delivery delivery) {
        return new String(Objects.requireNonNull(delivery.record().value()), StandardCharsets.UTF_8);
    }
}
