/**
 * The HTTP API: a Spring configuration that the gateway imports, and its bounds. Immutable once started.
 */
@NullMarked
package io.tributary.protocol.http;

import org.jspecify.annotations.NullMarked;
