/**
 * What the gateway counts, for Micrometer. Read by the thread that scrapes.
 */
@NullMarked
package io.tributary.gateway.metrics;

import org.jspecify.annotations.NullMarked;
