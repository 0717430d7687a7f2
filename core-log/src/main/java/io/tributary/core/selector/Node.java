package io.tributary.core.selector;

/** A part of a compiled selector: a condition or a value. */
sealed interface Node permits Condition, Operand {
}
