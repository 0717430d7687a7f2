package io.tributary.protocol.kafka.coordinator.transaction;

import java.time.Duration;
import java.util.ArrayDeque;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;

/** A transactional identifier, and who waits until its transition under way is done. Belongs to the coordinator's thread. */
final class TransactionEntry {
    private static final int MAX_WAITING = 1_000;

    private final TransactionMetadata metadata;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    TransactionEntry(TransactionMetadata metadata) {
        this.metadata = metadata;
    }

    /** One who waits; {@code proceed} or {@code giveUp} is run, once. */
    private static final class Waiting {
        private final Runnable proceed;
        private final Runnable giveUp;
        private Runnable cancelTimeout = () -> { };

        private Waiting(Runnable proceed, Runnable giveUp) {
            this.proceed = proceed;
            this.giveUp = giveUp;
        }
    }

    TransactionMetadata metadata() {
        return metadata;
    }

    String id() {
        return metadata.transactionalId();
    }

    ProducerIdentity producer() {
        return new ProducerIdentity(metadata.producerId(), metadata.producerEpoch());
    }

    /** Runs {@code proceed} at once, or when its turn comes, or {@code giveUp} if that takes too long or too many wait. */
    void inTurn(CoordinatorThread thread, Duration patience, Runnable proceed, Runnable giveUp) {
        if (!metadata.pendingTransitionInProgress() && waiting.isEmpty()) {
            proceed.run();
        } else if (waiting.size() >= MAX_WAITING) {
            giveUp.run();
        } else {
            Waiting place = new Waiting(proceed, giveUp);
            waiting.add(place);
            place.cancelTimeout = thread.after(patience, () -> {
                if (waiting.remove(place)) {
                    place.giveUp.run();
                }
            });
        }
    }

    /** To be called when a transition is done: lets those who wait go on, in turn, until one has begun the next. */
    void proceed() {
        while (!waiting.isEmpty() && !metadata.pendingTransitionInProgress()) {
            Waiting next = waiting.remove();
            next.cancelTimeout.run();
            next.proceed.run();
        }
    }
}
