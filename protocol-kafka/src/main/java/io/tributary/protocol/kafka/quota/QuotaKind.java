package io.tributary.protocol.kafka.quota;

import org.jspecify.annotations.Nullable;

/** What there are quotas for, under Kafka's names. */
public enum QuotaKind {
    /** Bytes a second in Produce requests. */
    PRODUCE("producer_byte_rate", true),
    /** Bytes a second in Fetch responses. */
    FETCH("consumer_byte_rate", true),
    /** Per cent of one event loop's time. */
    REQUEST("request_percentage", false);

    private final String configName;
    private final boolean whole;

    QuotaKind(String configName, boolean whole) {
        this.configName = configName;
        this.whole = whole;
    }

    public String configName() {
        return configName;
    }

    /** Whether only whole numbers are quotas. */
    public boolean isWhole() {
        return whole;
    }

    /** The kind of this name, or null. */
    public static @Nullable QuotaKind find(String configName) {
        for (QuotaKind kind : values()) {
            if (kind.configName.equals(configName)) {
                return kind;
            }
        }
        return null;
    }
}
