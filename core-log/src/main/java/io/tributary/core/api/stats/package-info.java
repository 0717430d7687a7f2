/**
 * What the broker counts: values that are a moment's picture. Immutable, safe on any thread.
 */
@NullMarked
package io.tributary.core.api.stats;

import org.jspecify.annotations.NullMarked;
