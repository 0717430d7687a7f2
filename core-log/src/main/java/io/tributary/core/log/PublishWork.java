package io.tributary.core.log;

import io.tributary.core.api.AppendResult;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Headers;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One record, to share a batch with its neighbours in the mailbox. */
final class PublishWork extends Work implements Published {
    private final long created;
    final byte @Nullable [] key;
    final byte @Nullable [] value;
    final Headers headers;
    private final boolean relaxed;
    final CompletableFuture<Published> published = new CompletableFuture<>();

    /**
     * One record.
     *
     * @param bytes   an upper bound of its size in a batch
     * @param relaxed whether acceptance is enough
     */
    PublishWork(LogWriter writer, int bytes, NewRecord record, boolean relaxed) {
        super(writer, bytes);
        this.created = record.timestamp();
        this.key = record.key();
        this.value = record.value();
        this.headers = record.headers();
        this.relaxed = relaxed;
    }

    @Override
    public long offset() {
        return baseOffset;
    }

    @Override
    public long timestamp() {
        return appendTime == AppendResult.AS_CREATED ? created : appendTime;
    }

    @Override
    void onAccepted() {
        if (relaxed) {
            published.complete(this);
        }
    }

    @Override
    void onDurable() {
        if (!relaxed) {
            published.complete(this);
        }
    }

    @Override
    void onFailure(BrokerException failure) {
        published.completeExceptionally(failure);
    }
}
