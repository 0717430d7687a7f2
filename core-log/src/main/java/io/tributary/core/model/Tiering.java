package io.tributary.core.model;

/**
 * Whether a topic's sealed segments are stored in the broker's object store too, and how long their local files stay then. What has passed
 * the {@link Retention} is removed from both.
 *
 * @param enabled       Kafka's {@code remote.storage.enable}; once it is off again nothing more is stored, and what is stays readable
 * @param localMaxAgeMs milliseconds ({@code local.retention.ms}); {@link Retention#UNLIMITED} or {@link #AS_TOTAL}
 * @param localMaxBytes of one partition ({@code local.retention.bytes}); {@link Retention#UNLIMITED} or {@link #AS_TOTAL}
 */
public record Tiering(boolean enabled, long localMaxAgeMs, long localMaxBytes) {
    /** As long, or as much, as the retention says. */
    public static final long AS_TOTAL = -2;
    public static final Tiering OFF = new Tiering(false, AS_TOTAL, AS_TOTAL);

    /** Refuses values out of bounds with {@link ErrorCode#INVALID_ARGUMENT}. */
    public Tiering {
        if (localMaxAgeMs < AS_TOTAL || localMaxBytes < AS_TOTAL) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a local retention is a number from 0 on, -1 for any, or -2");
        }
    }

    public Tiering withEnabled(boolean value) {
        return new Tiering(value, localMaxAgeMs, localMaxBytes);
    }

    public Tiering withLocalMaxAgeMs(long value) {
        return new Tiering(enabled, value, localMaxBytes);
    }

    public Tiering withLocalMaxBytes(long value) {
        return new Tiering(enabled, localMaxAgeMs, value);
    }

    /** How long local files stay, given the topic's retention. */
    public Retention local(Retention total) {
        return new Retention(total.kind(), localMaxAgeMs == AS_TOTAL ? total.maxAgeMs() : localMaxAgeMs,
            localMaxBytes == AS_TOTAL ? total.maxBytes() : localMaxBytes);
    }
}
