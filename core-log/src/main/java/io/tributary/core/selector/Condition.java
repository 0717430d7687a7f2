package io.tributary.core.selector;

import java.util.List;
import java.util.Set;

/** What is true, false or unknown of a message. */
sealed interface Condition extends Node permits Condition.And, Condition.Or, Condition.Not, Condition.Constant, Condition.IsTrue,
    Condition.IsNull, Condition.In, Condition.Like, Comparison {
    Truth test(Values values);

    /** The least of the parts: false before unknown before true. */
    record And(List<Condition> parts) implements Condition {
        @Override
        public Truth test(Values values) {
            Truth least = Truth.TRUE;
            for (Condition part : parts) {
                Truth truth = part.test(values);
                if (truth == Truth.FALSE) {
                    return Truth.FALSE;
                }
                if (truth == Truth.UNKNOWN) {
                    least = Truth.UNKNOWN;
                }
            }
            return least;
        }
    }

    /** The greatest of the parts. */
    record Or(List<Condition> parts) implements Condition {
        @Override
        public Truth test(Values values) {
            Truth greatest = Truth.FALSE;
            for (Condition part : parts) {
                Truth truth = part.test(values);
                if (truth == Truth.TRUE) {
                    return Truth.TRUE;
                }
                if (truth == Truth.UNKNOWN) {
                    greatest = Truth.UNKNOWN;
                }
            }
            return greatest;
        }
    }

    record Not(Condition part) implements Condition {
        @Override
        public Truth test(Values values) {
            return part.test(values).negated();
        }
    }

    record Constant(boolean value) implements Condition {
        @Override
        public Truth test(Values values) {
            return Truth.of(value);
        }
    }

    /** A property alone, which stands for a boolean. */
    record IsTrue(Operand.Property property) implements Condition {
        @Override
        public Truth test(Values values) {
            Object value = property.value(values);
            return value == null ? Truth.UNKNOWN : Truth.of(Boolean.TRUE.equals(Operand.truth(value)));
        }
    }

    record IsNull(Operand.Property property) implements Condition {
        @Override
        public Truth test(Values values) {
            return Truth.of(property.value(values) == null);
        }
    }

    record In(Operand.Property property, Set<String> texts, boolean negated) implements Condition {
        @Override
        public Truth test(Values values) {
            Object value = property.value(values);
            if (value == null) {
                return Truth.UNKNOWN;
            }
            return Truth.of(value instanceof String text && texts.contains(text) != negated);
        }
    }

    record Like(Operand.Property property, LikePattern pattern, boolean negated) implements Condition {
        @Override
        public Truth test(Values values) {
            Object value = property.value(values);
            if (value == null) {
                return Truth.UNKNOWN;
            }
            return Truth.of(value instanceof String text && pattern.matches(text) != negated);
        }
    }
}
