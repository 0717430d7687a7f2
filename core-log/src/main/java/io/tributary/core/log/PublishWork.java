package io.tributary.core.log;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Headers;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One record, to share a batch with its neighbours in the mailbox. Its future's value is the offset. */
final class PublishWork extends Work {
    final long timestamp;
    final byte @Nullable [] key;
    final byte @Nullable [] value;
    final Headers headers;
    private final boolean relaxed;
    final CompletableFuture<Long> offset = new CompletableFuture<>();

    /**
     * One record.
     *
     * @param bytes   an upper bound of its size in a batch
     * @param relaxed whether acceptance is enough
     */
    PublishWork(LogWriter writer, int bytes, NewRecord record, boolean relaxed) {
        super(writer, bytes);
        this.timestamp = record.timestamp();
        this.key = record.key();
        this.value = record.value();
        this.headers = record.headers();
        this.relaxed = relaxed;
    }

    @Override
    void onAccepted() {
        if (relaxed) {
            offset.complete(baseOffset);
        }
    }

    @Override
    void onDurable() {
        if (!relaxed) {
            offset.complete(baseOffset);
        }
    }

    @Override
    void onFailure(BrokerException failure) {
        offset.completeExceptionally(failure);
    }
}
