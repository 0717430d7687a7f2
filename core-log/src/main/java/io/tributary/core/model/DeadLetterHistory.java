package io.tributary.core.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What ended a record so far, newest first, one event for each subscription and reason; kept in the record's headers. */
public final class DeadLetterHistory {
    /** Of a longer history the oldest events are forgotten. */
    private static final int MAX_EVENTS = 64;

    private final List<DeadLetterEvent> events;

    private DeadLetterHistory(List<DeadLetterEvent> events) {
        this.events = List.copyOf(events);
    }

    /** What the headers tell; empty for a record that nothing ended yet. */
    public static DeadLetterHistory of(Headers headers) {
        List<DeadLetterEvent> events = new ArrayList<>();
        for (Header header : headers) {
            if (header.name().equals(HeaderNames.DEAD_LETTER)) {
                DeadLetterEvent event = DeadLetterEvent.parse(header.text());
                if (event != null && events.size() < MAX_EVENTS) {
                    events.add(event);
                }
            }
        }
        return new DeadLetterHistory(events);
    }

    /** Newest first. */
    public List<DeadLetterEvent> events() {
        return events;
    }

    /** The event that came before all others, unless it is forgotten. */
    public @Nullable DeadLetterEvent first() {
        return events.stream().filter(DeadLetterEvent::first).findFirst().orElse(null);
    }

    /** Whether the record ended in this subscription before and came back without anyone having rejected it since. */
    public boolean isCycle(String subscription) {
        for (DeadLetterEvent event : events) {
            if (event.reason() == DeadLetterReason.REJECTED) {
                return false;
            }
            if (event.subscription().equals(subscription)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The headers of a copy of a record that ends now: its own without the expiration, and the history with one event more.
     *
     * @param nowMs milliseconds since the epoch
     */
    public static Headers extend(Record record, TopicName topic, String subscription, DeadLetterReason reason, long nowMs) {
        List<DeadLetterEvent> before = of(record.headers()).events;
        List<DeadLetterEvent> after = new ArrayList<>();
        after.add(new DeadLetterEvent(reason, subscription, 1, nowMs, topic.name(), record.key(),
            record.headers().text(HeaderNames.EXPIRATION), before.isEmpty()));
        for (DeadLetterEvent event : before) {
            if (event.isOf(reason, subscription)) {
                after.set(0, event.oneMore());
            } else if (after.size() < MAX_EVENTS) {
                after.add(event);
            }
        }
        Headers.Builder headers = Headers.builder();
        for (Header header : record.headers()) {
            if (!header.name().equals(HeaderNames.EXPIRATION) && !header.name().equals(HeaderNames.DEAD_LETTER)) {
                headers.add(header);
            }
        }
        after.forEach(event -> headers.add(event.toHeader()));
        return headers.build();
    }
}
