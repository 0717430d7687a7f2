package io.tributary.core.subscription;

import io.tributary.core.api.Settlement;
import io.tributary.core.api.TransactionRequest.Settled;
import io.tributary.core.subscription.state.PartitionKey;
import io.tributary.core.transaction.Acknowledgements;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What transactions acknowledge. Safe on any thread. */
final class TransactionAcknowledgements implements Acknowledgements {
    private final Collection<QueueSubscription> subscriptions;

    /**
     * For these subscriptions.
     *
     * @param subscriptions those that there are at the time of a call
     */
    TransactionAcknowledgements(Collection<QueueSubscription> subscriptions) {
        this.subscriptions = subscriptions;
    }

    @Override
    public CompletionStage<List<Acked>> prepare(Settled settled) {
        QueueSubscription subscription = (QueueSubscription) settled.subscription();
        UUID id = subscription.id();
        if (id == null || settled.settlement() != Settlement.ACK) {
            return CompletableFuture.completedFuture(List.of());
        }
        return subscription.outstanding(settled.consumer(), settled.deliveryIds()).thenCompose(offsets -> {
            List<Acked> acked = new ArrayList<>();
            offsets.forEach((key, list) ->
                acked.add(new Acked(id, key.topic(), key.partition(), list.stream().mapToLong(Long::longValue).toArray())));
            return subscription.flush().thenApply(written -> acked);
        });
    }

    @Override
    public CompletionStage<Void> settle(Settled settled) {
        return settled.consumer().settleById(settled.deliveryIds(), settled.settlement()).thenAccept(count -> { });
    }

    @Override
    public CompletionStage<Void> flush(Settled settled) {
        return ((QueueSubscription) settled.subscription()).flush();
    }

    @Override
    public CompletionStage<Void> settle(List<Acked> acked) {
        List<CompletableFuture<?>> settled = new ArrayList<>();
        for (Acked each : acked) {
            for (QueueSubscription subscription : subscriptions) {
                if (each.subscription().equals(subscription.id())) {
                    settled.add(subscription.settle(new PartitionKey(each.topic(), each.partition()), each.offsets())
                        .toCompletableFuture());
                }
            }
        }
        return CompletableFuture.allOf(settled.toArray(new CompletableFuture<?>[0]));
    }
}
