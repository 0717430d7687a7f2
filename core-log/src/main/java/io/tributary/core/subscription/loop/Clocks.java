package io.tributary.core.subscription.loop;

import java.util.function.LongSupplier;

/**
 * The time.
 *
 * @param nanos  from any origin and never going back, as {@link System#nanoTime}
 * @param millis since the epoch; may be set
 */
public record Clocks(LongSupplier nanos, LongSupplier millis) {
}
