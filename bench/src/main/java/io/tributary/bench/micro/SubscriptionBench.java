package io.tributary.bench.micro;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.model.Headers;
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

/** From the publisher to a subscription's consumer, a thousand records under way. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SubscriptionBench {
    private static final int RECORDS_UNDER_WAY = 1000;

    private final byte[] key = "a/b".getBytes(UTF_8);
    private final byte[] value = new byte[1024];

    /** Records of 1 KiB, published durably and delivered; each is settled as it is handed over. */
    @Benchmark
    @OperationsPerInvocation(RECORDS_UNDER_WAY)
    public PublishResult publishAndDeliver(BrokerState broker, SubscriptionState subscription) {
        PublishRequest request = PublishRequest.of(broker.topicName(), key, value, Headers.EMPTY);
        CompletionStage<PublishResult> last = broker.broker().publisher().publish(request);
        for (int i = 1; i < RECORDS_UNDER_WAY; i++) {
            last = broker.broker().publisher().publish(request);
        }
        subscription.awaitDelivered(RECORDS_UNDER_WAY);
        return last.toCompletableFuture().join();
    }
}
