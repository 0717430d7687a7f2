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
            case "JMSMessageID" -> header(HeaderNames.MESSAGE_ID);
            case "JMSCorrelationID" -> header(HeaderNames.CORRELATION_ID);
            case "JMSPriority" -> header(HeaderNames.PRIORITY);
            case "JMSType" -> header(HeaderNames.TYPE);
            case "JMSDeliveryMode" -> deliveryMode();
            default -> header(name);
        };
    }

    private @Nullable String header(String name) {
        return record.headers().text(name);
    }

    /** By JMS's names, which a selector compares it with. */
    private @Nullable String deliveryMode() {
        String mode = header(HeaderNames.DELIVERY_MODE);
        return "2".equals(mode) ? "PERSISTENT" : "1".equals(mode) ? "NON_PERSISTENT" : null;
    }
}
