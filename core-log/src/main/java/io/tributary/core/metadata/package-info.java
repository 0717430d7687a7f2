/**
 * Where topics, subscriptions and bindings are written down: few, small, precious entries. Safe on any thread.
 */
@NullMarked
package io.tributary.core.metadata;

import org.jspecify.annotations.NullMarked;
