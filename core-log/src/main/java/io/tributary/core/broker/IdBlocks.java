package io.tributary.core.broker;

import io.tributary.core.metadata.MetadataStore;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Numbers never given before: a block at a time is taken durably, and given out from memory. */
final class IdBlocks {
    private static final String KEY = "ids/next";
    private static final int BLOCK = 1000;

    private final MetadataStore metadata;
    private CompletableFuture<Long> blockStart = CompletableFuture.completedFuture(0L);
    private int given = BLOCK;

    IdBlocks(MetadataStore metadata) {
        this.metadata = metadata;
    }

    synchronized CompletionStage<Long> next() {
        if (given == BLOCK || blockStart.isCompletedExceptionally()) {
            blockStart = take().toCompletableFuture();
            given = 0;
        }
        int index = given++;
        return blockStart.thenApply(start -> start + index);
    }

    private CompletionStage<Long> take() {
        return metadata.get(KEY).thenCompose(entry -> {
            long start = entry == null ? 0 : ByteBuffer.wrap(entry.value()).getLong();
            byte[] next = ByteBuffer.allocate(Long.BYTES).putLong(start + BLOCK).array();
            return metadata.put(KEY, next, entry == null ? MetadataStore.ABSENT : entry.version()).thenApply(version -> start);
        });
    }
}
