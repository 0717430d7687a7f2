/**
 * Turns counters into rates. Safe on any thread.
 */
@NullMarked
package io.tributary.core.stats;

import org.jspecify.annotations.NullMarked;
