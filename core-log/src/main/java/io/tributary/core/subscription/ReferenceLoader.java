package io.tributary.core.subscription;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.loop.LoopRead;
import io.tributary.core.subscription.loop.ReadRetry;
import io.tributary.core.subscription.stats.Counter;
import java.util.List;
import java.util.function.Consumer;

/** Reads the record of a window's first entry again when memory did not keep it. */
final class ReferenceLoader {
    private final DispatchLoop loop;
    private final Runnable continuation;
    private final Consumer<Entry> dropped;
    private final ReadRetry retry;
    private boolean loading;

    /**
     * Makes a loader.
     *
     * @param dropped learns of entries that it drops
     */
    ReferenceLoader(DispatchLoop loop, Runnable continuation, Consumer<Entry> dropped) {
        this.dropped = dropped;
        this.loop = loop;
        this.continuation = continuation;
        retry = new ReadRetry(loop, continuation);
    }

    /**
     * Whether a window's first entry of a level has its record. If not, it is being read and the continuation runs later; entries whose
     * record is gone for good are dropped on the way.
     */
    boolean hasRecord(ReadyWindow window, int level) {
        for (Entry entry = window.peek(level); entry != null; entry = window.peek(level)) {
            if (entry.record != null) {
                return true;
            }
            if (isLoading()) {
                return false;
            }
            load(entry);
        }
        return false;
    }

    boolean isLoading() {
        return loading || retry.isScheduled();
    }

    private void load(Entry entry) {
        loading = true;
        LoopRead.await(entry.source.partition.readRecords(entry.offset, 1, 1), loop, new LoopRead.Receiver() {
            @Override
            public void records(List<Record> records) {
                loading = false;
                retry.succeeded();
                if (records.isEmpty() || records.get(0).offset() != entry.offset) {
                    drop(entry);
                } else if (entry.source.portion.window().contains(entry)) {
                    entry.record = records.get(0);
                    entry.source.portion.window().loaded(entry);
                }
            }

            @Override
            public void failed(BrokerException cause) {
                loading = false;
                if (cause.code() == ErrorCode.OFFSET_OUT_OF_RANGE || cause.code() == ErrorCode.CLOSED) {
                    drop(entry);
                } else {
                    retry.failed(entry.source.partition.id(), cause);
                }
            }
        }, continuation);
    }

    private void drop(Entry entry) {
        entry.source.portion.window().removeIf(each -> each == entry);
        entry.settled(Counter.DROPPED);
        dropped.accept(entry);
    }
}
