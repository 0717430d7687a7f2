package io.tributary.core.api;

import java.util.List;

/**
 * What is to be done as one.
 *
 * @param records     their durability and ordering hint do not count. One with a time to come waits from when the transaction is
 *                    committed, or is due then
 * @param settlements of one subscription and kind each. Acknowledgements are part of the transaction; the other kinds follow when it is
 *                    decided, and are lost in a crash, so that their records come again
 */
public record TransactionRequest(List<PublishRequest> records, List<Settled> settlements) {
    public TransactionRequest {
        records = List.copyOf(records);
        settlements = List.copyOf(settlements);
    }

    /**
     * Deliveries of one consumer.
     *
     * @param subscription that the consumer belongs to
     * @param deliveryIds  {@link Delivery#id}
     */
    public record Settled(Subscription subscription, Consumer consumer, List<Long> deliveryIds, Settlement settlement) {
        public Settled {
            deliveryIds = List.copyOf(deliveryIds);
        }
    }
}
