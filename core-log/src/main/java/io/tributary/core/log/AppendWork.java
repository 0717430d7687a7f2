package io.tributary.core.log;

import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.model.BrokerException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.storage.internals.log.AppendOrigin;

/** Whole batches of a client. */
final class AppendWork extends Work implements Append {
    final ByteBuffer batches;
    final AppendOrigin origin;
    /** Of the markers that a coordinator writes. */
    final short transactionVersion;
    boolean duplicate;
    private final CompletableFuture<AppendResult> accepted = new CompletableFuture<>();
    private final CompletableFuture<AppendResult> durable = new CompletableFuture<>();

    AppendWork(LogWriter writer, ByteBuffer batches, AppendOrigin origin, short transactionVersion) {
        super(writer, batches.remaining());
        this.batches = batches;
        this.origin = origin;
        this.transactionVersion = transactionVersion;
    }

    @Override
    public CompletionStage<AppendResult> accepted() {
        return accepted;
    }

    @Override
    public CompletionStage<AppendResult> durable() {
        return durable;
    }

    @Override
    void onAccepted() {
        accepted.complete(result());
    }

    @Override
    void onDurable() {
        durable.complete(result());
    }

    @Override
    void onFailure(BrokerException failure) {
        accepted.completeExceptionally(failure);
        durable.completeExceptionally(failure);
    }

    private AppendResult result() {
        return new AppendResult(baseOffset, lastOffset, duplicate, appendTime);
    }
}
