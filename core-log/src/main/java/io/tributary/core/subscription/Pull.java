package io.tributary.core.subscription;

import io.tributary.core.api.Delivery;
import io.tributary.core.model.BrokerException;
import io.tributary.core.subscription.loop.Timeout;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A consumer's wish for some records at once. */
final class Pull extends Timeout {
    final QueueConsumer consumer;
    final int max;
    /** To be answered as soon as it is known that nothing is ready. */
    final boolean immediate;
    private final CompletableFuture<List<Delivery>> answer;

    Pull(QueueConsumer consumer, int max, boolean immediate, CompletableFuture<List<Delivery>> answer) {
        this.consumer = consumer;
        this.max = max;
        this.immediate = immediate;
        this.answer = answer;
    }

    void complete(List<Delivery> deliveries) {
        answer.complete(deliveries);
    }

    void fail(BrokerException cause) {
        answer.completeExceptionally(cause);
    }

    @Override
    protected void expire() {
        consumer.pullExpired(this);
    }
}
