package io.tributary.core.model;

/**
 * How long a topic keeps its records. Whole segments are removed, so a record may stay longer than asked, never shorter.
 *
 * @param maxAgeMs milliseconds; {@link #UNLIMITED} for ever
 * @param maxBytes of one partition; {@link #UNLIMITED} for any number
 */
public record Retention(Kind kind, long maxAgeMs, long maxBytes) {
    public static final long UNLIMITED = -1;
    /** Removed once every subscription of the topic has acknowledged them; what an AMQP declaration creates. */
    public static final Retention UNTIL_CONSUMED = new Retention(Kind.UNTIL_CONSUMED, UNLIMITED, UNLIMITED);
    /** Kafka's default: seven days, any size. */
    public static final Retention DEFAULT = new Retention(Kind.TIME_AND_SIZE, 7L * 24 * 60 * 60 * 1000, UNLIMITED);
    public static final Retention FOREVER = new Retention(Kind.TIME_AND_SIZE, UNLIMITED, UNLIMITED);

    /** The two ways. */
    public enum Kind { TIME_AND_SIZE, UNTIL_CONSUMED }
}
