/**
 * Retained values: a compacted topic for each namespace that holds the last record of each address, and a view of it that finds them. Safe
 * on any thread; the view is changed by one thread of its own and read by the threads for reading.
 */
@NullMarked
package io.tributary.core.retained;

import org.jspecify.annotations.NullMarked;
