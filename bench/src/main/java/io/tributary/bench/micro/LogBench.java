package io.tributary.bench.micro;

import io.tributary.core.api.AppendResult;
import io.tributary.core.api.LogRead;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The partition's log, each operation with a number of others under way: appended batches, single records published, and reads. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class LogBench {
    private static final int BATCHES_UNDER_WAY = 16;
    private static final int RECORDS_UNDER_WAY = 1000;
    private static final int KIB = 1024;
    private static final int FETCH_BYTES = 1 << 20;

    private final ByteBuffer batch64 = Batches.of(62, KIB);
    private final byte[] value = new byte[KIB];

    /** Batches of 62 records of 1 KiB, made durable; the copy stands for the read from the socket. */
    @Benchmark
    @OperationsPerInvocation(BATCHES_UNDER_WAY)
    public AppendResult append64KiB(BrokerState state) {
        CompletionStage<AppendResult> last = state.partition().append(Batches.copy(batch64)).durable();
        for (int i = 1; i < BATCHES_UNDER_WAY; i++) {
            last = state.partition().append(Batches.copy(batch64)).durable();
        }
        return last.toCompletableFuture().join();
    }

    /** Single records of 1 KiB, made durable. */
    @Benchmark
    @OperationsPerInvocation(RECORDS_UNDER_WAY)
    public PublishResult publish1KiB(BrokerState state) {
        PublishRequest request = PublishRequest.of(state.topicName(), null, value, Headers.EMPTY);
        CompletionStage<PublishResult> last = state.broker().publisher().publish(request);
        for (int i = 1; i < RECORDS_UNDER_WAY; i++) {
            last = state.broker().publisher().publish(request);
        }
        return last.toCompletableFuture().join();
    }

    /** A fetch of 1 MiB of what was appended last, as a Kafka consumer asks for it. */
    @Benchmark
    public LogRead read1MiB(Filled filled) {
        return filled.state().partition().read(filled.from(), FETCH_BYTES).toCompletableFuture().join();
    }

    /** A thousand records of 1 KiB decoded, as the other protocols' consumers need them. */
    @Benchmark
    public List<Record> readRecords1000(Filled filled) {
        return filled.state().partition().readRecords(filled.from(), RECORDS_UNDER_WAY, Integer.MAX_VALUE).toCompletableFuture().join();
    }
}
