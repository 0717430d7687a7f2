package io.tributary.protocol.amqp.translate;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How an exchange routes (section 3.1.3 of the specification). */
public enum ExchangeType {
    DIRECT, FANOUT, TOPIC, HEADERS;

    /** As clients write it: {@code direct}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type of this name, or null. */
    public static @Nullable ExchangeType find(String text) {
        for (ExchangeType type : values()) {
            if (type.text().equals(text)) {
                return type;
            }
        }
        return null;
    }
}
