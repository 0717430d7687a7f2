package io.tributary.protocol.amqp.translate;

import io.tributary.core.model.DeadLetterEvent;
import io.tributary.core.model.DeadLetterHistory;
import io.tributary.core.model.Subject;
import io.tributary.core.model.TopicNameEscaping;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What ended a message before, in the headers in which RabbitMQ 3.13 tells it. */
final class DeathHeaders {
    private static final String X_DEATH = "x-death";
    private static final String FIRST = "x-first-death-";
    private static final String LAST = "x-last-death-";
    private static final Set<String> NAMES = Set.of(X_DEATH, FIRST + "reason", FIRST + "queue", FIRST + "exchange", LAST + "reason",
        LAST + "queue", LAST + "exchange");
    private static final long MS_PER_SECOND = 1000;

    private DeathHeaders() {
    }

    /** Whether a header of this name is the server's in a message that has such a history. */
    static boolean isOne(String name) {
        return NAMES.contains(name);
    }

    static void put(FieldTable.Builder out, DeadLetterHistory history) {
        List<FieldValue> deaths = new ArrayList<>();
        for (DeadLetterEvent event : history.events()) {
            deaths.add(new FieldValue.Table(table(event)));
        }
        out.put(X_DEATH, new FieldValue.Array(deaths));
        DeadLetterEvent first = history.first();
        if (first != null) {
            putShort(out, FIRST, first);
        }
        putShort(out, LAST, history.events().get(0));
    }

    private static void putShort(FieldTable.Builder out, String prefix, DeadLetterEvent event) {
        out.put(prefix + "reason", reason(event)).put(prefix + "queue", event.subscription()).put(prefix + "exchange", exchange(event));
    }

    private static FieldTable table(DeadLetterEvent event) {
        FieldTable.Builder out = FieldTable.builder().put("count", new FieldValue.Int64(event.count())).put("reason", reason(event))
            .put("queue", event.subscription()).put("time", new FieldValue.Timestamp(event.time() / MS_PER_SECOND))
            .put("exchange", exchange(event)).put("routing-keys", new FieldValue.Array(List.of(FieldValue.of(routingKey(event)))));
        String expiration = event.expiration();
        return expiration == null ? out.build() : out.put("original-expiration", expiration).build();
    }

    private static String reason(DeadLetterEvent event) {
        return event.reason().text().replace('-', '_');
    }

    /** As in a delivery's envelope: a record without a key came through the default exchange. */
    private static String exchange(DeadLetterEvent event) {
        return Subject.ofKey(event.key()) == null ? AmqpNames.DEFAULT_EXCHANGE : TopicNameEscaping.unescape(event.topic());
    }

    private static String routingKey(DeadLetterEvent event) {
        String subject = Subject.ofKey(event.key());
        return subject == null ? TopicNameEscaping.unescape(event.topic()) : subject;
    }
}
