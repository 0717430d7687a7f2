package io.tributary.protocol.kafka.coordinator.transaction;

import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what is decided to its end: a marker in every partition, and then the note that all have one. Belongs to the thread. */
final class TransactionEnd {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionEnd.class);

    private final TransactionStates states;
    private final OpenTransactions open;
    private final MarkerWriter markers;
    private final CoordinatorThread thread;
    private final InstantSource clock;

    TransactionEnd(TransactionStates states, OpenTransactions open, MarkerWriter markers, CoordinatorThread thread, InstantSource clock) {
        this.states = states;
        this.open = open;
        this.markers = markers;
        this.thread = thread;
        this.clock = clock;
    }

    /** Completes what an earlier process has decided. */
    void resume(List<TransactionEntry> decided) {
        for (TransactionEntry entry : decided) {
            LOG.info("transaction of {}, which was cut off, is brought to its end: {}", entry.id(), entry.metadata().state());
            complete(entry);
        }
    }

    /** Writes the decision down, and goes on from there; completes on the thread with who the producer is then, when it is decided. */
    CompletionStage<ProducerIdentity> decide(TransactionEntry entry, TxnTransitMetadata decision) {
        return states.write(entry, decision).thenApply(decided -> complete(entry));
    }

    /** Aborts an open transaction whose producer is to go on no more. */
    CompletionStage<Void> abortAndFence(TransactionEntry entry) {
        TxnTransitMetadata decision = TransitionRules.abortAndFence(entry.metadata(), clock.millis());
        return decide(entry, decision).handle((producer, failure) -> {
            if (failure != null) {
                // The epoch was raised in memory; the next attempt must not raise it again.
                entry.metadata().hasFailedEpochFence(true);
                throw failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
            }
            return null;
        });
    }

    private ProducerIdentity complete(TransactionEntry entry) {
        TransactionMetadata metadata = entry.metadata();
        TransactionResult result =
            metadata.state() == TransactionState.PREPARE_COMMIT ? TransactionResult.COMMIT : TransactionResult.ABORT;
        Marker marker = new Marker(entry.producer(), states.coordinatorEpoch(entry), result,
            metadata.clientTransactionVersion().featureLevel());
        Set<TopicPartition> partitions = Set.copyOf(metadata.topicPartitions());
        TxnTransitMetadata completed = metadata.prepareComplete(clock.millis());
        open.close(metadata.producerId(), () -> markers.writeAll(partitions, marker).whenComplete((written, never) ->
            thread.execute(() -> states.writeUntilDone(entry, completed).exceptionally(stopping -> {
                LOG.debug("the end of transaction {} is left to the next process", entry.id(), stopping);
                return null;
            }))));
        return new ProducerIdentity(completed.producerId(), completed.producerEpoch());
    }
}
