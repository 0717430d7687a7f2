/**
 * The lexer and parser of selectors, generated from {@code Selector.g4}. A parser is for one thread; what parsers share is safe.
 */
@NullMarked
package io.tributary.core.selector.grammar;

import org.jspecify.annotations.NullMarked;
