package io.tributary.core.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.Filter;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FilterIndexConcurrencyTest {
    private static final TopicName TOPIC = TopicName.of("t");
    private static final int STEADY = 24;
    private static final int CHANGES = 20_000;

    private final Record record = new Record(0, 0, "a/b/c".getBytes(UTF_8), new byte[0],
        Headers.builder().add("h", "1").add("i", "2").add(HeaderNames.TAG, "x").build());
    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private static Filter pattern(String text) {
        return new Filter.MatchingSubject(SubjectPattern.parse(text, '/', "+", "#"));
    }

    /** All take the record; they share nodes, buckets and sets with one another. */
    private static List<Filter> taking() {
        return List.of(new Filter.All(), new Filter.ExactSubject("a/b/c"), pattern("a/b/c"), pattern("a/+/c"), pattern("a/b/+"),
            pattern("a/#"), pattern("#"), pattern("#/c"), pattern("#/b/#/c"), pattern("+/+/+/#"),
            new Filter.MatchingAddress(SubjectPattern.parse("t/a/#", '/', "+", "#")),
            new Filter.MatchingHeaders(true, Map.of("h", "1")), new Filter.MatchingHeaders(true, Map.of("h", "1", "i", "2")),
            new Filter.MatchingHeaders(false, Map.of("h", "1", "i", "3")), new Filter.Tagged(Set.of("x", "y")),
            new Filter.Tagged(Set.of("x")));
    }

    @Test
    void aReaderSeesEveryValueThatStaysWhileOthersComeAndGo() throws Exception {
        FilterIndex<Integer> index = new FilterIndex<>();
        List<Filter> filters = taking();
        for (int value = 0; value < STEADY; value++) {
            index.add(filters.get(value % filters.size()), value);
        }
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger matches = new AtomicInteger();
        List<Future<?>> readers = new ArrayList<>();
        for (int reader = 0; reader < 2; reader++) {
            readers.add(threads.submit(() -> {
                do {
                    int[] seen = new int[STEADY];
                    index.match(TOPIC, record, value -> {
                        if (value < STEADY) {
                            seen[value]++;
                        }
                    });
                    assertThat(seen).containsOnly(1);
                    matches.incrementAndGet();
                } while (!done.get());
            }));
        }
        List<Future<?>> writers = new ArrayList<>();
        for (int writer = 0; writer < 2; writer++) {
            int first = STEADY + writer * 1000;
            writers.add(threads.submit(() -> change(index, filters, first)));
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        done.set(true);
        for (Future<?> reader : readers) {
            reader.get();
        }
        assertThat(matches.get()).isPositive();
        for (int value = 0; value < STEADY; value++) {
            assertThat(index.remove(filters.get(value % filters.size()), value)).isTrue();
        }
        assertThat(index.isEmpty()).isTrue();
    }

    /** Adds and removes values of its own, none left at the end. Other filters grow and shrink the same nodes. */
    private static void change(FilterIndex<Integer> index, List<Filter> filters, int first) {
        Random random = new Random(first);
        boolean[] present = new boolean[200];
        List<Filter> all = new ArrayList<>(filters);
        for (int i = 0; i < 40; i++) {
            all.add(pattern(List.of("a/b/c", "a/", "#/b/", "+/", "#/#/").get(i % 5) + "/" + i));
        }
        for (int i = 0; i < CHANGES; i++) {
            int slot = random.nextInt(present.length);
            Filter filter = all.get(slot % all.size());
            assertThat(present[slot] ? index.remove(filter, first + slot) : index.add(filter, first + slot)).isTrue();
            present[slot] = !present[slot];
        }
        for (int slot = 0; slot < present.length; slot++) {
            assertThat(index.remove(all.get(slot % all.size()), first + slot)).isEqualTo(present[slot]);
        }
    }
}
