package io.tributary.core.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3.8.1 of the JMS 2.0 specification, and what goes beyond it. */
class SelectorTest {
    private static final Map<String, Object> MESSAGE = Map.of("size", "7", "weight", "2.5", "colour", "red", "quote", "it's", "flag",
        "true",
        "off", "false", "content-type", "text/plain", "time", 1_000L, "empty", "", "code", "007");

    private static boolean matches(String selector) {
        return Selector.parse(selector).matches(MESSAGE::get);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "size = 7", "size=7.0", "size <> 8", "size > 6", "size >= 7", "size < 7.5", "size <= 7", "7 = size", "size = '7'", "weight = 25E-1",
        "colour = 'red'", "colour <> 'blue'", "quote = 'it''s'", "empty = ''", "code = '007'", "code = 7", "size = code",
        "colour IN ('blue', 'red')", "colour NOT IN ('blue')", "colour in('red')",
        "colour LIKE 'r_d'", "colour LIKE '%d'", "colour like 're%'", "colour LIKE '%'", "colour NOT LIKE '%x%'", "empty LIKE '%'",
        "size BETWEEN 5 AND 7", "size NOT BETWEEN 8 AND 9", "size BETWEEN 6+1 AND 2*5", "not size between 1 and 2",
        "missing IS NULL", "colour IS NOT NULL",
        "size + 1 = 8", "size - 8 = -1", "size * 2 > 13", "size / 2 = 3.5 OR 7 / 2 = 3", "-size = -7", "- - size = 7", "+size = 7",
        "(size + 1) * 2 = 16", "size + 1 * 2 = 9", "1 + 2 - 3 - 4 = -4", "time = 1000", "time > 999 AND time < 1e4",
        "size = 0x7", "size = 07", "size = 7L", "time = 0X3E8", "weight = 2.5f", "weight = .25e1d", "weight > 2.",
        "flag", "flag = TRUE", "NOT off", "off = false", "flag <> FALSE", "TRUE", "flag AND NOT off", "(flag)", "NOT NOT flag",
        "size = 1 OR colour = 'red' AND flag", "(size = 1 OR colour = 'red') AND flag", "NOT (size = 1 OR size = 2)",
        "\"content-type\" = 'text/plain'", "\"colour\" = 'red'", "missing = 1 OR flag", "1 = 1", "'a' = 'a'",
        "size\n=\t7", "-9223372036854775808 < 0", "size / 0 = 1 OR flag"})
    void isTrue(String selector) {
        assertThat(matches(selector)).as(selector).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "size = 8", "size > 7", "colour = 'Red'", "colour = 'red '", "Colour = 'red'", "code = '7'",
        "colour IN ('blue')", "colour NOT IN ('red')", "colour LIKE 'r'", "colour LIKE '_'", "colour NOT LIKE 're_'", "colour LIKE 'R%'",
        "size BETWEEN 8 AND 9", "size NOT BETWEEN 5 AND 7", "colour IS NULL", "missing IS NOT NULL", "off", "FALSE", "colour", "NOT flag",
        "size + colour = 8", "size / 0 = 1", "\"content-type\" = 'text'"})
    void isNotTrue(String selector) {
        assertThat(matches(selector)).as(selector).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing = 1", "missing <> 1", "missing > 1", "missing BETWEEN 1 AND 2", "missing IN ('a')", "missing LIKE '%'",
        "missing", "missing = missing", "missing + 1 = 2", "missing = 1 AND flag", "missing = 1 OR off", "missing = TRUE",
        "size BETWEEN missing AND 9"})
    void whatIsUnknownIsNotTrueNorIsItsContrary(String selector) {
        assertThat(matches(selector)).as(selector).isFalse();
        assertThat(matches("NOT (" + selector + ")")).as("not %s", selector).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"missing = 1 AND off, false", "missing = 1 OR flag, true", "size = 1 AND missing = 1, false",
        "size BETWEEN 8 AND missing, false"})
    void unknownYieldsToWhatDecides(String selector, boolean decided) {
        assertThat(matches(selector)).isEqualTo(decided);
        assertThat(matches("NOT (" + selector + ")")).isEqualTo(!decided);
    }

    @ParameterizedTest
    @ValueSource(strings = {"colour = 7", "colour <> 7", "colour > 7", "1 = 'a'", "1 <> 'a'", "'7' = 7", "time = '1000'", "time = TRUE",
        "time LIKE '1%'", "time NOT LIKE '2%'", "time IN ('1000')", "colour = TRUE", "colour <> TRUE", "flag = 1", "colour BETWEEN 1 AND 2",
        "colour NOT BETWEEN 1 AND 2", "colour < weight"})
    void comparingUnlikeTypesIsFalse(String selector) {
        assertThat(matches(selector)).as(selector).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        " -> the selector ends too early at character 1",
        "size = -> ends too early at character 7",
        "size = = 1 -> unexpected = at character 8",
        "(size = 1 -> ends too early",
        "size = 1) -> unexpected ) at character 9",
        "size LIKE 5 -> unexpected 5 at character 11",
        "colour = \"red -> a quote that is not closed at character 10",
        "size ! 1 -> unexpected ! at character 6",
        "size = 1 colour = 2 -> unexpected colour at character 10",
        "AND -> unexpected AND at character 1",
        "5 -> a condition is expected",
        "size + 1 -> a condition is expected",
        "(size = 1) + 1 = 2 -> a value is expected",
        "(a = 1) = (b = 1) -> a value is expected",
        "5 LIKE '5' -> an identifier is expected at character 1",
        "'a' IS NULL -> an identifier is expected",
        "5 IN ('5') -> an identifier",
        "colour > 'a' -> a number is expected at character 10",
        "TRUE + 1 = 2 -> a number is expected",
        "colour IN () -> unexpected )",
        "colour IN (1) -> unexpected 1 at character 12",
        "size = 9223372036854775808 -> too large at character 8",
        "size = 1e999 -> too large at character 8",
        "size = 08 -> octal",
        "colour LIKE 'a!b' ESCAPE '!' -> followed by",
        "a LIKE '%' ESCAPE 'xx' -> one",
        "a LIKE 'x!' ESCAPE '!' -> followed by",
        "NULL = 1 -> unexpected NULL",
        "size == 7 -> unexpected =",
        "a.b = 1 -> unexpected ."})
    void tellsWhatIsWrongAndWhere(String example) {
        String[] parts = example.split(" ?-> ", 2);
        assertThatThrownBy(() -> Selector.parse(parts[0])).isInstanceOf(SelectorException.class).hasMessageContaining(parts[1]);
    }

    @ParameterizedTest
    @CsvSource({"a!_b, a_b, true", "a!_b, axb, false", "!%%, %x, true", "!%%, x, false", "a!!b, a!b, true", "_, 😀, true", "__, 😀, false",
        "%a%b%, xxaxxbxx, true", "%a%b, abba, false", "a%a, a, false", "%%%, '', true", "'', '', true", "'', a, false", "_%, '', false",
        "%ab, aab, true", "%_b_%, abc, true", "x%y%z, xyyz, true", "x%y%z, xzy, false"})
    void likeTakesWildcardsAndEscapes(String pattern, String text, boolean matches) {
        assertThat(Selector.parse("a LIKE '" + pattern + "' ESCAPE '!'").matches(name -> text)).isEqualTo(matches);
    }

    @Test
    void likeWithManyWildcardsEndsInTime() {
        Selector hostile = Selector.parse("a LIKE '" + "%a".repeat(2000) + "%b'");
        String text = "a".repeat(Selector.MAX_VALUE_LENGTH);
        assertThat(hostile.matches(name -> text)).isFalse();
    }

    @Test
    void aPropertyThatIsTooLongCountsAsAbsent() {
        assertThat(Selector.parse("a IS NULL").matches(name -> "a".repeat(Selector.MAX_VALUE_LENGTH + 1))).isTrue();
        assertThat(Selector.parse("a IS NOT NULL").matches(name -> "a".repeat(Selector.MAX_VALUE_LENGTH))).isTrue();
    }

    @Test
    void refusesWhatIsTooLong() {
        String longest = "a = '" + "x".repeat(Selector.MAX_LENGTH - 6) + "'";
        assertThat(Selector.parse(longest).text()).hasSize(Selector.MAX_LENGTH);
        assertThatThrownBy(() -> Selector.parse(longest + " ")).isInstanceOf(SelectorException.class).hasMessageContaining("at most");
    }

    @Test
    void refusesWhatIsNestedTooDeeplyAndTakesWhatIsLong() {
        String nested = "(".repeat(Selector.MAX_DEPTH) + "a = 1" + ")".repeat(Selector.MAX_DEPTH);
        assertThat(Selector.parse(nested).matches(name -> "1")).isTrue();
        assertThatThrownBy(() -> Selector.parse("(" + nested + ")")).hasMessageContaining("parentheses");
        assertThatThrownBy(() -> Selector.parse("(".repeat(Selector.MAX_LENGTH))).hasMessageContaining("parentheses");
        assertThat(Selector.parse("NOT ".repeat(4001) + "a=1").matches(name -> "2")).isTrue();
        assertThat(Selector.parse("-".repeat(16001) + "a=1").matches(name -> "-1")).isTrue();
        String chain = IntStream.range(1000, 2000).mapToObj(i -> "a=" + i).collect(Collectors.joining(" OR "));
        assertThat(Selector.parse(chain).matches(name -> "1999")).isTrue();
        String sum = "1+".repeat(8000) + "1=a";
        assertThat(Selector.parse(sum).matches(name -> "8001")).isTrue();
    }

    @Test
    void asksForEachPropertyOnce() {
        StringBuilder asked = new StringBuilder();
        Selector.parse("a = 1 OR a = 2 OR b = 3 OR a = 4").matches(name -> {
            asked.append(name);
            return null;
        });
        assertThat(asked).hasToString("ab");
    }

    @ParameterizedTest
    @CsvSource({"7, true", "+7, true", "7.0, true", "7., true", "70e-1, true", "' 7', false", "7d, false", "0x7, false", "NaN, false",
        "7e, false",
        "., false", "-, false", "'', false", "--7, false", "9999999999999999999999, false"})
    void readsDecimalNumbersFromProperties(String text, boolean isSeven) {
        assertThat(Selector.parse("a = 7").matches(name -> text)).isEqualTo(isSeven);
    }

    @Test
    void selectorsAreEqualByTheirText() {
        assertThat(Selector.parse("a = 1")).isEqualTo(Selector.parse("a = 1")).hasSameHashCodeAs(Selector.parse("a = 1"))
            .isNotEqualTo(Selector.parse("a = 2")).hasToString("a = 1");
    }

    @Test
    void tellsWhatAMessageMustHave() {
        assertThat(Selector.parse("a = 'x' AND 'y' = b AND (c IN ('1', '2') AND d > 5)").required())
            .isEqualTo(Map.of("a", Set.of("x"), "b", Set.of("y"), "c", Set.of("1", "2")));
        for (String none : List.of("a <> 'x'", "a = 'x' OR b = 'y'", "NOT a = 'x'", "a NOT IN ('x')", "a = 5", "a = b", "a LIKE 'x'")) {
            assertThat(Selector.parse(none).required()).as(none).isEmpty();
        }
    }
}
