package io.tributary.bench.run;

import java.util.List;

/**
 * Who is compared, and how.
 *
 * @param contestants the peer first; the others are reported as ratios to it
 */
record Comparison(String name, List<Contestant> contestants, List<Setting> settings) {
    Comparison {
        contestants = List.copyOf(contestants);
        settings = List.copyOf(settings);
    }

    Contestant peer() {
        return contestants.get(0);
    }
}
