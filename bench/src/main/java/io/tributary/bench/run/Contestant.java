package io.tributary.bench.run;

import java.util.Map;

/**
 * A server that takes part.
 *
 * @param name        as the report calls it
 * @param starter     its script below {@code bench/peers}
 * @param portOffset  from the port that the starter is given to the one that is measured
 * @param environment for the starter
 */
record Contestant(String name, String starter, int portOffset, Map<String, String> environment) {
}
