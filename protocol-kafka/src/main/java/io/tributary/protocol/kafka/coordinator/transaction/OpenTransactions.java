package io.tributary.protocol.kafka.coordinator.transaction;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Which transactions take appends now, for all threads: an append is begun inside, and the markers of a transaction only when it is closed
 * and nobody is inside. So nothing comes behind the marker that ends it, and would be part of a transaction that nobody ends.
 */
final class OpenTransactions {
    private final ConcurrentHashMap<Long, Gate> gates = new ConcurrentHashMap<>();

    /** One producer's transaction. Read and written within {@link ConcurrentHashMap#compute} of its key alone. */
    private static final class Gate {
        private String transactionalId = "";
        private short epoch;
        private Set<TopicPartition> partitions = Set.of();
        private boolean open;
        private int inside;
        private int queued;
        private @Nullable Runnable onEmpty;

        private boolean isIdle() {
            return !open && inside == 0 && queued == 0;
        }

        private boolean takes(Claim claim) {
            return open && epoch == claim.producer().epoch() && transactionalId.equals(claim.transactionalId())
                && partitions.containsAll(claim.partitions());
        }
    }

    /** Goes in if the partitions are in the open transaction and no append of the producer waits, which this one would overtake. */
    boolean enter(Claim claim) {
        boolean[] entered = new boolean[1];
        gates.computeIfPresent(claim.producer().id(), (id, gate) -> {
            if (gate.queued == 0 && gate.takes(claim)) {
                gate.inside++;
                entered[0] = true;
            }
            return gate;
        });
        return entered[0];
    }

    /** Goes in if the partition is in the producer's open transaction. */
    boolean enter(ProducerIdentity producer, TopicPartition partition) {
        boolean[] entered = new boolean[1];
        gates.computeIfPresent(producer.id(), (id, gate) -> {
            if (gate.open && gate.epoch == producer.epoch() && gate.partitions.contains(partition)) {
                gate.inside++;
                entered[0] = true;
            }
            return gate;
        });
        return entered[0];
    }

    /** Ends what {@link #enter} began. */
    void leave(long producerId) {
        Runnable[] then = new Runnable[1];
        gates.computeIfPresent(producerId, (id, gate) -> {
            gate.inside--;
            if (!gate.open && gate.inside == 0) {
                then[0] = gate.onEmpty;
                gate.onEmpty = null;
            }
            return gate.isIdle() ? null : gate;
        });
        if (then[0] != null) {
            then[0].run();
        }
    }

    /** An append of the producer waits for the coordinator; until {@link #dequeue} those that come behind it wait too. */
    void enqueue(long producerId) {
        gates.compute(producerId, (id, gate) -> {
            Gate waited = gate == null ? new Gate() : gate;
            waited.queued++;
            return waited;
        });
    }

    void dequeue(long producerId) {
        gates.computeIfPresent(producerId, (id, gate) -> {
            gate.queued--;
            return gate.isIdle() ? null : gate;
        });
    }

    /** The transaction takes appends to its partitions. */
    void open(TransactionMetadata transaction) {
        Set<TopicPartition> partitions = Set.copyOf(transaction.topicPartitions());
        gates.compute(transaction.producerId(), (id, gate) -> {
            Gate opened = gate == null ? new Gate() : gate;
            opened.transactionalId = transaction.transactionalId();
            opened.epoch = transaction.producerEpoch();
            opened.partitions = partitions;
            opened.open = true;
            return opened;
        });
    }

    /**
     * The producer's transaction takes no more.
     *
     * @param then run once, when all that had gone in has come out: at once, or on the thread of the last
     */
    void close(long producerId, Runnable then) {
        boolean[] waits = new boolean[1];
        gates.computeIfPresent(producerId, (id, gate) -> {
            gate.open = false;
            gate.partitions = Set.of();
            if (gate.inside > 0) {
                gate.onEmpty = then;
                waits[0] = true;
            }
            return gate.isIdle() ? null : gate;
        });
        if (!waits[0]) {
            then.run();
        }
    }
}
