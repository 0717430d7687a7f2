package io.tributary.core.model;

import io.tributary.core.selector.Selector;
import org.jspecify.annotations.Nullable;

/**
 * What the identifiers of a selector mean for a record: the names that JMS gives a message's fields, four of ours that begin with
 * {@code $}, and for any other name the last header of that name as text. What a record does not have is null.
 */
record RecordProperties(TopicName topic, Record record) implements Selector.Properties {
    @Override
    public @Nullable Object get(String name) {
        return switch (name) {
            case "$topic" -> topic.name();
            case "$subject" -> record.subject();
            case "$address" -> Address.path(topic, record.key());
            case "$timestamp", "JMSTimestamp" -> record.timestamp();
            case "JMSDeliveryMode" -> deliveryMode();
            default -> record.headers().text(headerOf(name));
        };
    }

    /** Whether the identifier means a header's text as it stands. */
    static boolean isHeader(String name) {
        return switch (name) {
            case "$topic", "$subject", "$address", "$timestamp", "JMSTimestamp", "JMSDeliveryMode" -> false;
            default -> true;
        };
    }

    /** The header that an identifier means. */
    static String headerOf(String name) {
        return switch (name) {
            case "JMSMessageID" -> HeaderNames.MESSAGE_ID;
            case "JMSCorrelationID" -> HeaderNames.CORRELATION_ID;
            case "JMSPriority" -> HeaderNames.PRIORITY;
            case "JMSType" -> HeaderNames.TYPE;
            default -> name;
        };
    }

    /** By JMS's names, which a selector compares it with. */
    private @Nullable String deliveryMode() {
        String mode = record.headers().text(HeaderNames.DELIVERY_MODE);
        return "2".equals(mode) ? "PERSISTENT" : "1".equals(mode) ? "NON_PERSISTENT" : null;
    }
}
