package io.tributary.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.Filter;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import io.tributary.core.routing.RoutingArbitraries.Stored;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The index against asking every filter. */
class FilterIndexPropertyTest {
    record Change(boolean add, Filter filter, int value) {
    }

    private record Held(Filter filter, int value) {
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void givesWhatEveryFilterWouldTake(@ForAll("changes") List<Change> changes, @ForAll("records") List<Stored> records) {
        FilterIndex<Integer> index = new FilterIndex<>();
        Set<Held> model = new LinkedHashSet<>();
        for (Change change : changes) {
            Held held = new Held(change.filter, change.value);
            if (change.add) {
                assertThat(index.add(change.filter, change.value)).as("add %s", held).isEqualTo(model.add(held));
            } else {
                assertThat(index.remove(change.filter, change.value)).as("remove %s", held).isEqualTo(model.remove(held));
            }
            for (Stored stored : records) {
                assertThat(matches(index, stored)).as("%s of %s", stored, model).containsExactlyInAnyOrderElementsOf(asked(model, stored));
            }
        }
        for (Held held : List.copyOf(model)) {
            assertThat(index.isEmpty()).isFalse();
            assertThat(index.remove(held.filter, held.value)).isTrue();
        }
        assertThat(index.isEmpty()).as("nothing is left behind").isTrue();
        assertThat(records).allSatisfy(stored -> assertThat(matches(index, stored)).isEmpty());
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void findsThePatternsThatAskingEachFinds(@ForAll("patterns") Set<SubjectPattern> patterns, @ForAll("records") List<Stored> records) {
        FilterIndex<SubjectPattern> index = new FilterIndex<>();
        patterns.forEach(pattern -> index.add(new Filter.MatchingSubject(pattern), pattern));
        for (Stored stored : records) {
            List<SubjectPattern> found = new ArrayList<>();
            index.match(stored.topic(), stored.record(), found::add);
            String subject = stored.record().subject();
            assertThat(found).containsExactlyInAnyOrderElementsOf(
                patterns.stream().filter(pattern -> pattern.matches(subject == null ? "" : subject)).toList());
        }
    }

    private static List<Integer> matches(FilterIndex<Integer> index, Stored stored) {
        List<Integer> found = new ArrayList<>();
        index.match(stored.topic(), stored.record(), found::add);
        return found;
    }

    private static List<Integer> asked(Set<Held> model, Stored stored) {
        TopicName topic = stored.topic();
        return model.stream().filter(held -> held.filter.matches(topic, stored.record())).map(Held::value).toList();
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        // Few different filters, so that removals meet them and several values share one.
        return RoutingArbitraries.filters().list().ofMinSize(1).ofMaxSize(12).flatMap(filters -> Combinators.combine(
            Arbitraries.of(true, true, false), Arbitraries.of(filters), Arbitraries.integers().between(0, 11))
            .as(Change::new).list().ofMaxSize(40));
    }

    @Provide
    Arbitrary<List<Stored>> records() {
        return RoutingArbitraries.records().list().ofMinSize(1).ofMaxSize(4);
    }

    @Provide
    Arbitrary<Set<SubjectPattern>> patterns() {
        return RoutingArbitraries.patterns().set().ofMaxSize(200);
    }
}
