/**
 * The server process: wires the broker to its protocols, starts and ends it. Runs on the main thread and the thread that a termination
 * signal starts.
 */
@NullMarked
package io.tributary.gateway;

import org.jspecify.annotations.NullMarked;
