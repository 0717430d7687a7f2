package io.tributary.core.selector;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value: a Long, Double, Boolean or text, or null where there is none. */
sealed interface Operand extends Node permits Operand.Literal, Operand.Property, Operand.Negated, Operand.Arithmetic {
    @Nullable Object value(Values values);

    /** The value as a number; null when it is none. A property's text is read, a text in the selector is not. */
    default @Nullable Number number(Object value) {
        if (value instanceof String text) {
            return this instanceof Property ? NumberText.read(text) : null;
        }
        return value instanceof Number number ? number : null;
    }

    /** A property's value as a boolean; null when it is none. */
    static @Nullable Boolean truth(Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        return "true".equals(value) ? Boolean.TRUE : "false".equals(value) ? Boolean.FALSE : null;
    }

    /** What the selector itself says. */
    record Literal(Object constant) implements Operand {
        @Override
        public Object value(Values values) {
            return constant;
        }
    }

    /**
     * A property of the message.
     *
     * @param slot its place among the selector's properties
     */
    record Property(String name, int slot) implements Operand {
        @Override
        public @Nullable Object value(Values values) {
            return values.get(slot, name);
        }
    }

    /** The value as a number; null when there is none, or it is not a number. */
    default @Nullable Number number(Values values) {
        Object value = value(values);
        return value == null ? null : number(value);
    }

    record Negated(Operand operand) implements Operand {
        @Override
        public @Nullable Object value(Values values) {
            Number number = operand.number(values);
            if (number == null) {
                return null;
            }
            return number instanceof Long whole ? (Object) (-whole) : (Object) (-number.doubleValue());
        }
    }

    /**
     * Java's arithmetic, from the left: whole numbers wrap around. Null where an operand is no number, and for what has no result.
     *
     * @param operators one of {@code +-*}{@code /} before each operand but the first; not nested, for a chain may be long
     */
    record Arithmetic(List<Operand> operands, String operators) implements Operand {
        @Override
        public @Nullable Object value(Values values) {
            Number result = operands.get(0).number(values);
            for (int i = 1; i < operands.size() && result != null; i++) {
                Number next = operands.get(i).number(values);
                if (next == null) {
                    return null;
                }
                char operator = operators.charAt(i - 1);
                result = result instanceof Long x && next instanceof Long y ? exact(operator, x, y)
                    : approximate(operator, result.doubleValue(), next.doubleValue());
            }
            return result;
        }

        private static @Nullable Number exact(char operator, long x, long y) {
            if (operator == '/' && y == 0) {
                return null;
            }
            return switch (operator) {
                case '+' -> x + y;
                case '-' -> x - y;
                case '*' -> x * y;
                default -> x / y;
            };
        }

        private static @Nullable Number approximate(char operator, double x, double y) {
            double result = switch (operator) {
                case '+' -> x + y;
                case '-' -> x - y;
                case '*' -> x * y;
                default -> x / y;
            };
            return Double.isNaN(result) ? null : (Number) result;
        }
    }
}
