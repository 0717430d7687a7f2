/** Spans of time as clients write them. Values and pure functions, safe on any thread. */
@NullMarked
package io.tributary.core.model.time;

import org.jspecify.annotations.NullMarked;
