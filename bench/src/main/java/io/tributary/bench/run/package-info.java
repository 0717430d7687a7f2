/**
 * Starts the contestants of a comparison, lets the load generators loose on them in turn, and reports. Runs on the main thread.
 */
@NullMarked
package io.tributary.bench.run;

import org.jspecify.annotations.NullMarked;
