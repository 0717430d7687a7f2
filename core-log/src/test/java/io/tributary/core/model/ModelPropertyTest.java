package io.tributary.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;

class ModelPropertyTest {
    @Property
    void addressesAreInvertible(@ForAll("paths") String path) {
        assertThat(Address.parse(Namespace.DEFAULT, path).path()).isEqualTo(path);
    }

    @Property
    void escapedNamesAreLegalAndInvertible(@ForAll("names") String name) {
        String escaped = TopicNameEscaping.escape(name);
        assertThat(TopicName.isLegal(escaped)).isTrue();
        assertThat(TopicNameEscaping.unescape(escaped)).isEqualTo(name);
    }

    @Property
    void headerNamesAreInvertible(@ForAll @StringLength(max = 20) String name) {
        assertThat(HeaderNames.unescape(HeaderNames.escape(name))).isEqualTo(name);
        assertThat(HeaderNames.unescape(HeaderNames.escape(HeaderNames.ESCAPE_PREFIX + name))).isEqualTo(HeaderNames.ESCAPE_PREFIX + name);
    }

    @Property(tries = 5000)
    void patternsMatchAsTheirDefinitionSays(@ForAll("patterns") String pattern, @ForAll("texts") String text) {
        boolean expected = matchesByDefinition(split(pattern), split(text));
        assertThat(SubjectPattern.parse(pattern, '.', "*", "#").matches(text)).as("%s against %s", pattern, text).isEqualTo(expected);
    }

    private static boolean matchesByDefinition(List<String> pattern, List<String> words) {
        if (pattern.isEmpty()) {
            return words.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.get(0).equals("#")) {
            return matchesByDefinition(rest, words) || !words.isEmpty() && matchesByDefinition(pattern, words.subList(1, words.size()));
        }
        return !words.isEmpty() && (pattern.get(0).equals("*") || pattern.get(0).equals(words.get(0)))
            && matchesByDefinition(rest, words.subList(1, words.size()));
    }

    private static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf('.'); end >= 0; end = text.indexOf('.', start)) {
            words.add(text.substring(start, end));
            start = end + 1;
        }
        words.add(text.substring(start));
        return words;
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.strings().withChars("a/b.$ _mqt-ü").ofMaxLength(12);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().withChars("_x5FAb.:/ü ").ofMinLength(1).ofMaxLength(20);
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.of("a", "b", "*", "#", "").list().ofMinSize(1).ofMaxSize(5).map(words -> String.join(".", words));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("a", "b", "").list().ofMinSize(1).ofMaxSize(5).map(words -> String.join(".", words));
    }
}
