package io.tributary.core.api.stats;

/**
 * How fast a counter has been growing, per second. Counters are looked at every five seconds, so the window may be longer by that much.
 *
 * @param last10s over the last ten seconds
 * @param last60s over the last sixty seconds
 */
public record Rate(double last10s, double last60s) {
    public static final Rate NONE = new Rate(0, 0);

    public Rate plus(Rate other) {
        return new Rate(last10s + other.last10s, last60s + other.last60s);
    }
}
