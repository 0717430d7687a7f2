/**
 * The broker's own keyed state: tables whose truth is an internal topic and whose view is in memory. Safe on any thread; no method
 * blocks.
 */
@NullMarked
package io.tributary.core.state;

import org.jspecify.annotations.NullMarked;
