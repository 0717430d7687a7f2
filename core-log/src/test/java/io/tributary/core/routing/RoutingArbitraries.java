package io.tributary.core.routing;

import io.tributary.core.model.Filter;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Filters and records of so few words that most filters take some records and most records are taken by several filters. */
final class RoutingArbitraries {
    /** A record and the topic that it is in. */
    record Stored(TopicName topic, Record record) {
    }

    private RoutingArbitraries() {
    }

    static Arbitrary<Filter> filters() {
        Arbitrary<Filter> plain = Arbitraries.of(new Filter.All(), new Filter.Unkeyed());
        return Arbitraries.frequencyOf(
            Tuple.of(1, plain),
            Tuple.of(2, texts().map(Filter.ExactSubject::new)),
            Tuple.of(5, patterns().map(Filter.MatchingSubject::new)),
            Tuple.of(5, patterns().map(Filter.MatchingAddress::new)),
            Tuple.of(4, headerFilters()),
            Tuple.of(3, selectors().map(Filter.Selected::of)),
            Tuple.of(2, Arbitraries.of("a", "b", "").set().ofMaxSize(3).map(Filter.Tagged::new)));
    }

    static Arbitrary<SubjectPattern> patterns() {
        Arbitrary<String> words = Arbitraries.of("a", "b", "", "$x", "*", "t",
            SubjectPattern.ONE, SubjectPattern.MANY, SubjectPattern.MANY);
        return Combinators.combine(Arbitraries.of('/', '.'), words.list().ofMinSize(1).ofMaxSize(5)).as(SubjectPattern::new);
    }

    private static Arbitrary<Filter> headerFilters() {
        Arbitrary<Map<String, @Nullable String>> expected = Arbitraries.maps(headerNames(), headerValues()).ofMaxSize(3)
            .map(HashMap::new);
        return Combinators.combine(Arbitraries.of(true, false), expected).as(Filter.MatchingHeaders::new);
    }

    private static Arbitrary<String> selectors() {
        return Arbitraries.of("h = 'a'", "'b' = i AND h IS NOT NULL", "h <> 'a' OR tag IS NULL", "h = 'a' OR i = 'a'",
            "$topic = 'a' AND i LIKE '%'", "h IN ('a', 'b') AND tag = 'a'", "(h = '' AND i = 'a') AND NOT tag = 'b'", "NOT h = 'a'",
            "h NOT IN ('a')", "h = 'a' AND h = 'b'", "\"x-j\" IN ('', 'a', 'b')", "h = i", "$subject = 'a'");
    }

    static Arbitrary<Stored> records() {
        Arbitrary<byte[]> keys = Arbitraries.frequencyOf(
            Tuple.of(8, texts().map(text -> text.getBytes(StandardCharsets.UTF_8))),
            Tuple.of(1, Arbitraries.of(new byte[] {(byte) 0xC3}, new byte[0]))).injectNull(0.1);
        Arbitrary<Headers> headers = Arbitraries.frequencyOf(
            Tuple.of(5, headers(4)), Tuple.of(1, headers(20)));
        return Combinators.combine(Arbitraries.of("a", "b", "t", "mqtt", "a.b"), keys, headers).as(
            (topic, key, all) -> new Stored(TopicName.of(topic), new Record(0, 0, key, new byte[0], all)));
    }

    private static Arbitrary<Headers> headers(int most) {
        Arbitrary<Header> one = Combinators.combine(headerNames(), headerValues()).as(
            (name, value) -> Headers.builder().add(name, Subject.toKey(value)).build().asList().get(0));
        return one.list().ofMaxSize(most).map((List<Header> list) -> Headers.of(list));
    }

    private static Arbitrary<String> headerNames() {
        return Arbitraries.of("h", "i", "x-j", "tag");
    }

    private static Arbitrary<@Nullable String> headerValues() {
        return Arbitraries.of("a", "b", "").injectNull(0.2);
    }

    private static Arbitrary<String> texts() {
        return Combinators.combine(Arbitraries.of("a", "b", "", "$x", "*", "t").list().ofMinSize(1).ofMaxSize(6),
            Arbitraries.of("/", "/", ".")).as((words, separator) -> String.join(separator, words));
    }
}
