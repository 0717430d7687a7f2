/**
 * What can be set, as records that refuse wrong values; docs/configuration.md lists every key. Immutable, safe on any thread.
 */
@NullMarked
package io.tributary.gateway.config;

import org.jspecify.annotations.NullMarked;
