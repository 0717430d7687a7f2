package io.tributary.core.subscription.loop;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Record;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Brings what a read of a partition finds to the loop. */
public final class LoopRead {
    /** Receives the result, on the loop. */
    public interface Receiver {
        void records(List<Record> records);

        void failed(BrokerException cause);
    }

    private LoopRead() {
    }

    /**
     * Passes the result to {@code receiver}: at once when it is there, else in a task that runs {@code afterwards} at its end.
     *
     * @return whether it was there
     */
    public static boolean await(CompletionStage<List<Record>> stage, DispatchLoop loop, Receiver receiver, Runnable afterwards) {
        CompletableFuture<List<Record>> read = stage.toCompletableFuture();
        if (read.isDone()) {
            pass(read, receiver);
            return true;
        }
        stage.whenComplete((records, failure) -> loop.execute(() -> {
            pass(read, receiver);
            afterwards.run();
        }));
        return false;
    }

    private static void pass(CompletableFuture<List<Record>> read, Receiver receiver) {
        List<Record> records;
        try {
            records = read.join();
        } catch (RuntimeException e) {
            receiver.failed(BrokerException.of(e));
            return;
        }
        receiver.records(records);
    }
}
