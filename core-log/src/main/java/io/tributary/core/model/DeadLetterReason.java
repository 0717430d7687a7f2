package io.tributary.core.model;

import org.jspecify.annotations.Nullable;

/** Why a record ended unacknowledged. */
public enum DeadLetterReason {
    /** Its time to live was over. */
    EXPIRED("expired"),
    /** A consumer rejected it. */
    REJECTED("rejected"),
    /** It came back too often. */
    DELIVERY_LIMIT("delivery-limit"),
    /** The subscription was over its length. */
    MAX_LENGTH("maxlen");

    private final String text;

    DeadLetterReason(String text) {
        this.text = text;
    }

    /** As it is written in headers. */
    public String text() {
        return text;
    }

    /** The inverse of {@link #text}; null for a text that is none of them. */
    public static @Nullable DeadLetterReason of(String text) {
        for (DeadLetterReason reason : values()) {
            if (reason.text.equals(text)) {
                return reason;
            }
        }
        return null;
    }
}
