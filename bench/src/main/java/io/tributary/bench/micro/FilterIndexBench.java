package io.tributary.bench.micro;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.core.model.Filter;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import io.tributary.core.routing.FilterIndex;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Finding who takes a record among many filters, and changing one of them. The last of each kind of filter takes the record. Building
 * one prints the heap that a filter takes, its own texts included.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FilterIndexBench {
    private static final TopicName TOPIC = TopicName.of("sensors");

    /** What is in the index. */
    public enum Kind {
        /** In turn {@code b/f/s}, {@code b/+/s}, {@code b/f/#} and {@code +/f/s}, and one {@code #}. */
        PATTERNS_100K(100_000),
        /** Patterns that AMQP allows: any number of words before and between. */
        WILDCARDS_INSIDE_100K(100_000),
        EXACT_1M(1_000_000),
        HEADERS_1M(1_000_000),
        TAGS_100K(100_000),
        /** Of which each asks for a header's text, and so is found by it. */
        SELECTORS_100K(100_000),
        /** Of which each must be evaluated. */
        SELECTORS_ASKED_1K(1_000);

        private final int count;

        Kind(int count) {
            this.count = count;
        }

        private Filter filter(int i) {
            return switch (this) {
                case PATTERNS_100K -> pattern(path(i, i % 4));
                case WILDCARDS_INSIDE_100K -> pattern(i % 2 == 0 ? "#/s" + i : "b" + i % 1000 + "/#/s" + i);
                case EXACT_1M -> new Filter.ExactSubject(path(i, 0));
                case HEADERS_1M -> new Filter.MatchingHeaders(true, Map.of("type", "reading", "sensor", "s" + i));
                case TAGS_100K -> Filter.Tagged.parse("s" + i + " || t" + i);
                case SELECTORS_100K -> Filter.Selected.of("sensor = 's" + i + "' AND value > 5");
                case SELECTORS_ASKED_1K -> Filter.Selected.of("value > 6 AND sensor LIKE 's" + i + "'");
            };
        }
    }

    @Param
    private Kind kind = Kind.EXACT_1M;

    private final FilterIndex<Integer> index = new FilterIndex<>();
    private final Count count = new Count();
    private Record record = new Record(0, 0, null, null, Headers.EMPTY);
    private Filter changing = new Filter.All();

    private static final class Count implements Consumer<Integer> {
        private int values;

        @Override
        public void accept(Integer value) {
            values++;
        }
    }

    private static Filter pattern(String text) {
        return new Filter.MatchingSubject(SubjectPattern.parse(text, '/', "+", "#"));
    }

    /** A building, a floor and a sensor, with a wildcard in one of four places. */
    private static String path(int i, int form) {
        String building = form == 3 ? "+" : "b" + i % 1000;
        String floor = form == 1 ? "+" : "f" + i / 1000 % 100;
        return building + "/" + floor + "/" + (form == 2 ? "#" : "s" + i);
    }

    /** Fills the index. */
    @Setup(Level.Trial)
    public void fill() {
        long before = usedHeap();
        for (int i = 0; i < kind.count; i++) {
            index.add(kind.filter(i), i);
        }
        long bytes = usedHeap() - before;
        int last = kind.count - 1;
        if (kind == Kind.PATTERNS_100K) {
            index.add(pattern("#"), kind.count);
        }
        changing = kind.filter(kind.count);
        record = new Record(0, 0, path(last, 0).getBytes(UTF_8), new byte[0], Headers.of(Header.of("content-type", "text/plain"),
            Header.of("type", "reading"), Header.of("sensor", "s" + last), Header.of("tag", "s" + last), Header.of("value", "7")));
        count.values = 0;
        index.match(TOPIC, record, count);
        System.out.printf("# %s: %d bytes of heap a filter, %d match%n", kind, bytes / kind.count, count.values);
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Who takes the record. */
    @Benchmark
    public int match() {
        count.values = 0;
        index.match(TOPIC, record, count);
        return count.values;
    }

    /** A filter that comes and goes. */
    @Benchmark
    public boolean change() {
        return index.add(changing, -1) && index.remove(changing, -1);
    }
}
