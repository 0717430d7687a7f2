package io.tributary.core.selector;

import org.jspecify.annotations.Nullable;

/**
 * Two values compared (JMS 2.0 section 3.8.1.1). With a null on either side it is unknown; for values of unlike types it is false. The text
 * of a property takes the type of the other side, and between two properties it is a number if both are. Only numbers have an order.
 */
record Comparison(Operator operator, Operand left, Operand right) implements Condition {
    enum Operator {
        EQUAL, UNEQUAL, LESS, AT_MOST, GREATER, AT_LEAST;

        boolean isOrder() {
            return this != EQUAL && this != UNEQUAL;
        }

        static Operator of(String text) {
            return switch (text) {
                case "=" -> EQUAL;
                case "<>" -> UNEQUAL;
                case "<" -> LESS;
                case "<=" -> AT_MOST;
                case ">" -> GREATER;
                case ">=" -> AT_LEAST;
                default -> throw new IllegalArgumentException(text);
            };
        }
    }

    @Override
    public Truth test(Values values) {
        Object a = left.value(values);
        Object b = right.value(values);
        if (a == null || b == null) {
            return Truth.UNKNOWN;
        }
        boolean numbers = a instanceof Number || b instanceof Number || operator.isOrder();
        boolean properties = left instanceof Operand.Property && right instanceof Operand.Property;
        if (numbers || properties) {
            Number x = left.number(a);
            Number y = right.number(b);
            if (x != null && y != null) {
                return Truth.of(compares(x, y));
            }
            if (numbers) {
                return Truth.FALSE;
            }
        }
        if (a instanceof Boolean || b instanceof Boolean) {
            return equality(left instanceof Operand.Property ? Operand.truth(a) : a,
                right instanceof Operand.Property ? Operand.truth(b) : b);
        }
        return equality(a, b);
    }

    private Truth equality(@Nullable Object a, @Nullable Object b) {
        if (a == null || b == null || a.getClass() != b.getClass()) {
            return Truth.FALSE;
        }
        return Truth.of(a.equals(b) == (operator == Operator.EQUAL));
    }

    private boolean compares(Number x, Number y) {
        if (x instanceof Long a && y instanceof Long b) {
            return holds(Long.compare(a, b));
        }
        double a = x.doubleValue();
        double b = y.doubleValue();
        return holds(a < b ? -1 : a > b ? 1 : 0);
    }

    private boolean holds(int order) {
        return switch (operator) {
            case EQUAL -> order == 0;
            case UNEQUAL -> order != 0;
            case LESS -> order < 0;
            case AT_MOST -> order <= 0;
            case GREATER -> order > 0;
            case AT_LEAST -> order >= 0;
        };
    }
}
