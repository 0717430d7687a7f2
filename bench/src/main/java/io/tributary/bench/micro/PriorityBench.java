package io.tributary.bench.micro;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Settlement;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.HeaderNames;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to hand out records of 1 KiB by their priority. */
@State(Scope.Benchmark)
@Fork(1)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PriorityBench {
    private static final int UNDER_WAY = 1000;
    private static final int BACKLOG = 200_000;

    /** Nobody has consumed what was published, of random priorities. */
    @State(Scope.Benchmark)
    public static class Backlog {
        /** Publishes it. */
        @Setup(Level.Iteration)
        public void fill(PriorityState state) {
            state.publishMany(BACKLOG, state.maxPriority);
        }
    }

    /** Records of the lowest priority wait, and a consumer that takes what is next. */
    @State(Scope.Benchmark)
    public static class Waiting {
        /** How many. */
        @Param({"1000", "1000000"})
        public int waiting;

        private @Nullable Consumer consumer;

        /** Publishes them. */
        @Setup(Level.Iteration)
        public void fill(PriorityState state) {
            if (state.maxPriority == 0) {
                throw new IllegalStateException("this takes priorities");
            }
            state.publishMany(waiting, 0);
            consumer = state.subscription().attach(ConsumerOptions.SHARED, new Nothing()).toCompletableFuture().join();
        }

        Consumer consumer() {
            if (consumer == null) {
                throw new IllegalStateException("not set up");
            }
            return consumer;
        }
    }

    /** Takes nothing that it did not pull. */
    private static final class Nothing implements DeliveryHandler {
        @Override
        public void onDelivery(Delivery delivery) {
            throw new IllegalStateException("nobody has asked");
        }

        @Override
        public void onCancelled(BrokerException cause) {
            // The bench ends it itself.
        }
    }

    /** Published durably and delivered at once, a thousand under way; each is settled as it is handed over. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @Warmup(iterations = 3, time = 2)
    @Measurement(iterations = 5, time = 2)
    @OperationsPerInvocation(UNDER_WAY)
    public PublishResult publishAndDeliver(PriorityState state, Attached attached) {
        CompletionStage<PublishResult> last = state.publish(0);
        for (int i = 1; i < UNDER_WAY; i++) {
            last = state.publish(i % (state.maxPriority + 1));
        }
        state.awaitDelivered(UNDER_WAY);
        return last.toCompletableFuture().join();
    }

    /** A consumer that takes all there is. */
    @State(Scope.Benchmark)
    public static class Attached {
        /** Attaches it. */
        @Setup(Level.Iteration)
        public void attach(PriorityState state) {
            state.consume();
        }
    }

    /** A backlog of 200,000 that the window does not hold is handed out; the time is for one record. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Warmup(iterations = 3)
    @Measurement(iterations = 5)
    @OperationsPerInvocation(BACKLOG)
    public void drain(PriorityState state, Backlog backlog) {
        state.consume();
        state.awaitDelivered(BACKLOG);
    }

    /** A record of the highest priority is published, pulled and acknowledged while others wait. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @Warmup(iterations = 2, time = 2)
    @Measurement(iterations = 5, time = 2)
    public int urgent(PriorityState state, Waiting waiting) {
        state.publish(PriorityState.HIGHEST).toCompletableFuture().join();
        List<Delivery> pulled = waiting.consumer().pull(1, Duration.ofSeconds(1)).toCompletableFuture().join();
        if (!String.valueOf(PriorityState.HIGHEST).equals(pulled.get(0).record().headers().text(HeaderNames.PRIORITY))) {
            throw new IllegalStateException("another one was next");
        }
        return waiting.consumer().settle(pulled, Settlement.ACK).toCompletableFuture().join();
    }
}
