package io.tributary.bench.micro;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.core.model.Address;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What is done once for every record and binding: addresses and filters. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AddressBench {
    private static final TopicName TOPIC = TopicName.of("sensors");

    private final String path = "sensors/building-7/floor-3/temperature";
    private final Record record = new Record(0, 0, "building-7/floor-3/temperature".getBytes(UTF_8), new byte[64], Headers.EMPTY);
    private final Filter exact = new Filter.ExactSubject("building-7/floor-3/temperature");
    private final Filter oneLevel = new Filter.MatchingSubject(SubjectPattern.parse("building-7/+/temperature", '/', "+", "#"));
    private final Filter anyLevels = new Filter.MatchingSubject(SubjectPattern.parse("#/temperature", '/', "+", "#"));
    private final Filter address = new Filter.MatchingAddress(SubjectPattern.parse("sensors/+/+/temperature", '/', "+", "#"));

    /** From a path to topic and subject. */
    @Benchmark
    public Address parsePath() {
        return Address.parse(Namespace.DEFAULT, path);
    }

    /** From topic and key to a path. */
    @Benchmark
    public String makePath() {
        return Address.path(TOPIC, record.key());
    }

    @Benchmark
    public boolean matchExact() {
        return exact.matches(TOPIC, record);
    }

    @Benchmark
    public boolean matchOneLevel() {
        return oneLevel.matches(TOPIC, record);
    }

    @Benchmark
    public boolean matchAnyLevels() {
        return anyLevels.matches(TOPIC, record);
    }

    @Benchmark
    public boolean matchAddress() {
        return address.matches(TOPIC, record);
    }
}
