package io.tributary.core.retained;

import io.tributary.core.api.retained.RetainedPage;
import io.tributary.core.api.retained.RetainedValue;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.retained.view.PathKey;
import io.tributary.core.retained.view.PatternScan;
import io.tributary.core.retained.view.RetainedRow;
import io.tributary.core.retained.view.RetainedView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One page of a search: the places are found in the view, then the records are read from the log. */
final class RetainedSearch {
    /** Rows and words that are looked at for one page; then it ends, whatever was found. */
    private static final int MAX_STEPS = 20_000;

    private final RetainedLog log;
    private final PatternScan scan;
    private final int limit;
    private final int maxBytes;
    private final long nowMs;
    private final List<Found> found = new ArrayList<>();
    private @Nullable PathKey next;

    /** A value's path and place. */
    private record Found(PathKey path, RetainedRow row) {
    }

    RetainedSearch(RetainedLog log, SubjectPattern pattern, int limit, int maxBytes, long nowMs) {
        this.log = log;
        this.scan = new PatternScan(pattern);
        this.limit = limit;
        this.maxBytes = maxBytes;
        this.nowMs = nowMs;
    }

    /** Blocks for the view. */
    CompletionStage<RetainedPage> page(@Nullable String after) {
        String single = scan.single();
        if (single != null) {
            PathKey path = PathKey.of(single);
            RetainedRow row = after == null ? log.find(path) : null;
            if (row != null) {
                take(path, row);
            }
        } else {
            look(after == null ? scan.first() : PathKey.of(after));
        }
        return read();
    }

    private void look(PathKey from) {
        try (RetainedView.Rows rows = log.view().rows(log.id())) {
            boolean more = rows.seek(from);
            long bytes = 0;
            for (int steps = 0; more; steps++) {
                PathKey path = rows.path();
                PatternScan.Look look = scan.look(path);
                if (look.step() == PatternScan.Step.END) {
                    return;
                }
                if (look.step() == PatternScan.Step.TAKE) {
                    RetainedRow row = rows.row();
                    bytes += row.bytes();
                    if (found.size() == limit || bytes > maxBytes && !found.isEmpty()) {
                        next = path;
                        return;
                    }
                    take(path, row);
                }
                if (steps >= MAX_STEPS) {
                    next = look.next() == null ? path.successor() : look.next();
                    return;
                }
                more = look.next() == null ? rows.next() : rows.seek(look.next());
            }
        }
    }

    private void take(PathKey path, RetainedRow row) {
        if (row.isExpired(nowMs)) {
            log.expire(path, row);
        } else {
            found.add(new Found(path, row));
        }
    }

    private CompletionStage<RetainedPage> read() {
        List<CompletableFuture<List<Record>>> reads = new ArrayList<>(found.size());
        for (Found each : found) {
            reads.add(log.partition().readRecords(each.row().offset(), 1, 1).toCompletableFuture());
        }
        return CompletableFuture.allOf(reads.toArray(new CompletableFuture<?>[0])).thenApply(done -> {
            List<RetainedValue> values = new ArrayList<>(reads.size());
            for (int i = 0; i < reads.size(); i++) {
                List<Record> records = reads.get(i).join();
                Record record = records.isEmpty() ? null : records.get(0);
                // Another one: the value was replaced since, and compaction has been there.
                if (record != null && record.offset() == found.get(i).row().offset()) {
                    values.add(new RetainedValue(found.get(i).path().path(), record));
                }
            }
            return new RetainedPage(values, next == null ? null : next.path());
        });
    }
}
