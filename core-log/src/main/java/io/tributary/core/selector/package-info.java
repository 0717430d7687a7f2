/**
 * Message selectors: SQL-92 conditions in the syntax of the JMS specification, over named properties. A compiled selector is immutable
 * and safe on any thread.
 */
@NullMarked
package io.tributary.core.selector;

import org.jspecify.annotations.NullMarked;
