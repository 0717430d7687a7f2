package io.tributary.core.schedule;

import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.model.BrokerException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An append that counts as accepted when it is durable: what waits is promised with it, whatever the publisher asked for. */
record HeldBack(CompletionStage<AppendResult> durable) implements Append {
    static HeldBack failed(BrokerException refused) {
        return new HeldBack(CompletableFuture.failedFuture(refused));
    }

    @Override
    public CompletionStage<AppendResult> accepted() {
        return durable;
    }
}
