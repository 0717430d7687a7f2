package io.tributary.protocol.mqtt.translate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFilterTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "/", "a/+", "+", "#", "+/+", "a//b", "/#", "+/a/#", "a*b", "$SYS/#", "$share/g/a/#"})
    void takesWellFormedFilters(String text) {
        assertThat(TopicFilter.parse(text)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a#", "a/#/b", "#/", "a+", "+a", "a/b+/c", "$share/g", "$share//a", "$share/g/", "$share/g+/a",
        "$share/g/a+"})
    void refusesOthers(String text) {
        assertThat(TopicFilter.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"a/#, a, true", "a/#, a/b/c, true", "a/+, a, false", "a/+, a/, true", "+, a, true", "+, /a, false", "#, $SYS/x, false",
        "+/x, $SYS/x, false", "$SYS/#, $SYS/x, true", "a/*, a/b, false", "a/*, a/*, true"})
    void matchesAsTheSpecificationSays(String filter, String path, boolean expected) {
        TopicFilter parsed = TopicFilter.parse(filter);
        assertThat(parsed).isNotNull();
        assertThat(parsed.matches(path)).isEqualTo(expected);
    }

    @Test
    void splitsASharedFilter() {
        TopicFilter parsed = TopicFilter.parse("$share/group/a/+");
        assertThat(parsed).isNotNull();
        assertThat(parsed.group()).isEqualTo("group");
        assertThat(parsed.filter()).isEqualTo("a/+");
        assertThat(parsed.matches("a/b")).isTrue();
    }
}
