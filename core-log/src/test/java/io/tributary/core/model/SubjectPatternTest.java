package io.tributary.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SubjectPatternTest {
    @Test
    void aLiteralThatReadsAsAWildcardEqualsNone() {
        SubjectPattern literal = SubjectPattern.parse("a/*/#", '/', "+", "##");
        SubjectPattern wild = SubjectPattern.parse("a/*/#", '/', "*", "#");
        assertThat(literal).isNotEqualTo(wild);
        SubjectPattern same = SubjectPattern.parse("a/+/-", '/', "+", "-");
        assertThat(wild).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(wild.matches("a/b/c")).isTrue();
        assertThat(literal.matches("a/b/c")).isFalse();
        assertThat(literal.matches("a/*/#")).isTrue();
    }

    @Test
    void manyWildcardsAgainstALongTextEndInTime() {
        SubjectPattern hostile = SubjectPattern.parse("#.a.".repeat(60) + "b", '.', "*", "#");
        assertThat(hostile.matches("a.".repeat(5000) + "c")).isFalse();
        assertThat(hostile.matches("a.".repeat(5000) + "b")).isTrue();
    }
}
