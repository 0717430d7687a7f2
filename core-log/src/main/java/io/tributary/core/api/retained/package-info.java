/**
 * Retained values: the last record of each address. Safe on any thread; no method blocks.
 */
@NullMarked
package io.tributary.core.api.retained;

import org.jspecify.annotations.NullMarked;
