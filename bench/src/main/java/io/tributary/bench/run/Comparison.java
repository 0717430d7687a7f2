package io.tributary.bench.run;

import java.util.List;

/**
 * Who is compared, how, and by which load generator.
 *
 * @param contestants the peer first; the others are reported as ratios to it
 * @param load        the main class of the load generator
 */
record Comparison(String name, List<Contestant> contestants, Class<?> load, List<Setting> settings) {
    Comparison {
        contestants = List.copyOf(contestants);
        settings = List.copyOf(settings);
    }

    Contestant peer() {
        return contestants.get(0);
    }
}
