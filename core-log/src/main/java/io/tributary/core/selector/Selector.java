package io.tributary.core.selector;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A compiled message selector: the syntax and the three-valued logic of section 3.8.1 of the JMS 2.0 specification. Immutable; two are
 * equal if their texts are.
 *
 * <p>Properties have no types of their own where the specification's have: text takes the type that it is compared with, so
 * {@code size > 5} takes a message whose {@code size} reads {@code 7}, and {@code size = '7'} takes it too. Beyond the specification an
 * identifier may be written in double quotes, {@code "content-type"}, with a quote in it doubled.
 *
 * <p>An evaluation takes time in proportion to the selector's length, and for each LIKE to the product of pattern and text.
 */
public final class Selector {
    /** Characters of a selector. */
    public static final int MAX_LENGTH = 16 << 10;
    /** Parentheses within one another. */
    public static final int MAX_DEPTH = 100;
    /** Characters of a property; a longer one counts as absent. */
    public static final int MAX_VALUE_LENGTH = 32 << 10;

    private final String text;
    private final Condition condition;
    private final int properties;

    private Selector(String text, Condition condition, int properties) {
        this.text = text;
        this.condition = condition;
        this.properties = properties;
    }

    /** A message's properties by name. */
    @FunctionalInterface
    public interface Properties {
        /** A Long, Double or Boolean, or a String whose type depends on its use; null when there is none. */
        @Nullable Object get(String name);
    }

    /** Compiles a selector. Fails with {@link SelectorException}, also for one that is too long or too deeply nested. */
    public static Selector parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new SelectorException("a selector has at most " + MAX_LENGTH + " characters");
        }
        SelectorCompiler compiler = new SelectorCompiler();
        Condition condition = compiler.compile(text);
        return new Selector(text, condition, compiler.properties());
    }

    /** Whether the condition is true of the message; not if it is unknown. */
    public boolean matches(Properties message) {
        return condition.test(new Values(message, properties)) == Truth.TRUE;
    }

    /**
     * Properties that a message must have for the condition to be true, each with the texts one of which it then is. Found where the
     * condition says {@code name = 'text'} or {@code name IN ('text', ...)}, alone or with more that AND joins; empty if it does not.
     */
    public Map<String, Set<String>> required() {
        Map<String, Set<String>> required = new LinkedHashMap<>();
        require(condition, required);
        return required;
    }

    private static void require(Condition condition, Map<String, Set<String>> required) {
        if (condition instanceof Condition.And and) {
            and.parts().forEach(part -> require(part, required));
        } else if (condition instanceof Condition.In in && !in.negated()) {
            required.put(in.property().name(), in.texts());
        } else if (condition instanceof Comparison comparison && comparison.operator() == Comparison.Operator.EQUAL) {
            require(comparison.left(), comparison.right(), required);
            require(comparison.right(), comparison.left(), required);
        }
    }

    private static void require(Operand one, Operand other, Map<String, Set<String>> required) {
        if (one instanceof Operand.Property property && other instanceof Operand.Literal literal
            && literal.constant() instanceof String constant) {
            required.put(property.name(), Set.of(constant));
        }
    }

    public String text() {
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Selector that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
