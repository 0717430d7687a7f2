package io.tributary.protocol.kafka.coordinator.transaction;

import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Ends what nobody ends, and forgets whom nobody asks for. Belongs to the thread. */
final class TransactionExpiry {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionExpiry.class);

    private final TransactionStates states;
    private final TransactionEnd end;
    private final TransactionSettings settings;
    private final InstantSource clock;

    TransactionExpiry(TransactionStates states, TransactionEnd end, TransactionSettings settings, InstantSource clock) {
        this.states = states;
        this.end = end;
        this.settings = settings;
        this.clock = clock;
    }

    void schedule(CoordinatorThread thread) {
        thread.every(settings.timeoutCheck(), this::abortOverdue);
        thread.every(settings.expirationCheck(), this::forgetUnused);
    }

    /** Aborts the transactions whose time is over, and fences their producers. */
    void abortOverdue() {
        long now = clock.millis();
        for (TransactionEntry entry : states.ongoing()) {
            TransactionMetadata metadata = entry.metadata();
            if (!metadata.pendingTransitionInProgress() && metadata.txnStartTimestamp() + metadata.txnTimeoutMs() < now) {
                LOG.info("the time of the transaction of {} is over: it is aborted", entry.id());
                end.abortAndFence(entry).exceptionally(failure -> {
                    LOG.atLevel(KafkaErrors.of(failure) == Errors.NOT_COORDINATOR ? Level.DEBUG : Level.WARN)
                        .log("the transaction of {}, whose time is over, cannot be aborted yet: {}", entry.id(), failure.toString());
                    return null;
                });
            }
        }
    }

    /** Forgets the identifiers that have had no transaction for long. */
    void forgetUnused() {
        long before = clock.millis() - settings.idExpiration().toMillis();
        List<TransactionEntry> unused = states.all().stream().filter(entry -> {
            TransactionMetadata metadata = entry.metadata();
            return metadata.state().isExpirationAllowed() && !metadata.pendingTransitionInProgress()
                && metadata.txnLastUpdateTimestamp() <= before;
        }).toList();
        unused.forEach(states::remove);
    }
}
