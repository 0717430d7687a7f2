package io.tributary.core.subscription;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What outlives the process: of a durable subscription its definition and acknowledgements, of a transient one nothing. */
interface Persistence {
    /** Keeps nothing. */
    Persistence NONE = new Persistence() {
        private final CompletionStage<Void> done = CompletableFuture.completedFuture(null);

        @Override
        public void changed(Source source) {
            // It is never written, and so is never to be looked at again: it stays marked as changed.
        }

        @Override
        public @Nullable UUID id() {
            return null;
        }

        @Override
        public CompletionStage<Void> flush(QueueSubscription subscription) {
            return done;
        }

        @Override
        public CompletionStage<Void> writeDefinition(QueueSubscription subscription) {
            return done;
        }

        @Override
        public CompletionStage<Void> activate() {
            return done;
        }

        @Override
        public void deactivate(QueueSubscription subscription) {
            // Nothing said that it was active.
        }

        @Override
        public void forget(Source source) {
            // Nothing is kept of it.
        }

        @Override
        public CompletionStage<Void> delete() {
            return done;
        }

        @Override
        public CompletionStage<Void> close(QueueSubscription subscription) {
            return done;
        }
    };

    /** The source is not as it was written. */
    void changed(Source source);

    /** Tells the subscription from an earlier one of the same name; null when nothing is kept of it. */
    @Nullable UUID id();

    /** Writes what has changed without waiting for the time; completes when that is durable. */
    CompletionStage<Void> flush(QueueSubscription subscription);

    /** Writes the bindings, durably. */
    CompletionStage<Void> writeDefinition(QueueSubscription subscription);

    /** Notes, durably, that records may be delivered from now on. */
    CompletionStage<Void> activate();

    /** Writes all that was delivered, then takes the note away. */
    void deactivate(QueueSubscription subscription);

    /** Forgets what is kept of a source that was removed. */
    void forget(Source source);

    /** Forgets everything. */
    CompletionStage<Void> delete();

    /** Writes everything. */
    CompletionStage<Void> close(QueueSubscription subscription);
}
