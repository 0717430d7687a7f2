package io.tributary.core.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SelectorFuzzTest {
    /** Whatever is read is compiled or refused, and what is compiled can be evaluated. */
    @Property(tries = 5000)
    void anyTextIsASelectorOrIsRefused(@ForAll("texts") String text) {
        Selector selector;
        try {
            selector = Selector.parse(text);
        } catch (SelectorException refused) {
            assertThat(refused.getMessage()).contains("at character ");
            return;
        }
        boolean plain = selector.matches(name -> name.equals("a") ? "5" : null);
        boolean contrary = Selector.parse("NOT (" + text + "\n)").matches(name -> name.equals("a") ? "5" : null);
        if (plain && contrary) {
            fail("both true: %s", text);
        }
    }

    @Property(tries = 5000)
    void likeIsWhatTheRegularExpressionIs(@ForAll("patterns") String pattern, @ForAll("patterns") String text) {
        String expression = pattern.replace("%", ".*").replace("_", ".");
        assertThat(LikePattern.of(pattern, -1, 0).matches(text)).isEqualTo(Pattern.matches(expression, text));
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> words = Arbitraries.of("a", "b", "a", "\"q\"", "'t'", "'%'", "'", "\"", "1", "2.5", "9999999999999999999",
            "0x", "(", ")",
            "(", ")", "=", "<>", "<", ">=", "+", "-", "*", "/", ",", "AND", "or", "NOT", "not", "BETWEEN", "IN", "LIKE", "ESCAPE",
            "IS", "NULL",
            "TRUE", "false", ".", "é", "\u0000", "😀");
        return words.list().ofMaxSize(14).map(list -> String.join(" ", list));
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.strings().withChars("ab_%").ofMaxLength(9);
    }
}
