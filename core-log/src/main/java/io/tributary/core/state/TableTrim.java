package io.tributary.core.state;

import io.tributary.core.api.PublishResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a table's log from growing without bound: writes the live entries again, waits until they are durable, and only then lets the
 * log begin at the first of them. What is put or deleted meanwhile comes after the first rewritten entry, because that one is written
 * under the table's lock together with the decision what is alive. A crash before the last step leaves entries twice, which is harmless.
 */
final class TableTrim {
    private static final Logger LOG = LoggerFactory.getLogger(TableTrim.class);
    /** The log may be so many times as large as what is alive. */
    private static final int MAX_RATIO = 4;
    /** Entries on their way to the log at a time. */
    private static final int CHUNK = 512;

    private final LogStateTable table;
    private final long minBytes;
    private final AtomicBoolean running = new AtomicBoolean();
    /** After a failure, the size of the log at which the next attempt is worth it. */
    private volatile long notBefore;

    TableTrim(LogStateTable table, long minBytes) {
        this.table = table;
        this.minBytes = minBytes;
    }

    /** Begins if it is time. */
    void consider() {
        long logged = table.loggedBytes();
        if (logged < minBytes || logged < notBefore || logged < MAX_RATIO * table.liveBytes() || !running.compareAndSet(false, true)) {
            return;
        }
        LogStateTable.Rewrite first = table.rewrite(null, CHUNK);
        rewriteRest(first).thenCompose(done -> start(first))
            .thenCompose(start -> table.partition().deleteBefore(start))
            .whenComplete((start, failure) -> {
                if (failure == null) {
                    table.trimmed(first.loggedBefore());
                    notBefore = 0;
                } else {
                    notBefore = table.loggedBytes() + minBytes;
                    LOG.warn("Cannot trim the log of {}", table.partition().id(), failure);
                }
                running.set(false);
            });
    }

    private CompletionStage<@Nullable Void> rewriteRest(LogStateTable.Rewrite chunk) {
        List<CompletableFuture<PublishResult>> written = new ArrayList<>();
        chunk.written().forEach(stage -> written.add(stage.toCompletableFuture()));
        CompletionStage<@Nullable Void> durable = CompletableFuture.allOf(written.toArray(new CompletableFuture<?>[0]));
        String last = chunk.last();
        return last == null ? durable : durable.thenCompose(done -> rewriteRest(table.rewrite(last, CHUNK)));
    }

    /** Where the log may begin. */
    private static CompletionStage<Long> start(LogStateTable.Rewrite first) {
        return first.written().isEmpty()
            ? CompletableFuture.completedFuture(first.highWatermark())
            : first.written().get(0).thenApply(PublishResult::offset);
    }
}
