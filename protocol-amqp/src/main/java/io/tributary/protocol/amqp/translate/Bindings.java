package io.tributary.protocol.amqp.translate;

import io.tributary.core.model.Address;
import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldValue;
import io.tributary.protocol.amqp.codec.ReplyCode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** AMQP's bindings as the core's. */
public final class Bindings {
    private static final String ONE = "*";
    private static final String MANY = "#";
    private static final String X_MATCH = "x-match";

    private Bindings() {
    }

    /** What a binding to an exchange of this type takes; fails with PRECONDITION_FAILED for bad arguments. */
    public static Filter filter(ExchangeType type, String routingKey, FieldTable arguments) {
        return switch (type) {
            case DIRECT -> new Filter.ExactSubject(routingKey);
            case FANOUT -> new Filter.All();
            case TOPIC -> new Filter.MatchingSubject(SubjectPattern.parse(routingKey, '.', ONE, MANY));
            case HEADERS -> headers(arguments);
        };
    }

    /** A binding to {@code amq.topic}, over every topic. */
    public static Binding ofAddresses(String routingKey) {
        return new Binding(null, new Filter.MatchingAddress(addressPattern(routingKey)));
    }

    /** As {@link #ofAddresses}, over the one topic that the pattern's first word names; null when that word is a wildcard. */
    public static @Nullable Binding ofOneAddress(Namespace namespace, String routingKey) {
        SubjectPattern pattern = addressPattern(routingKey);
        if (pattern.beginsWithWildcard()) {
            return null;
        }
        TopicName topic = Address.parse(namespace, AmqpNames.swapSeparators(routingKey)).topic();
        return new Binding(topic, new Filter.MatchingAddress(pattern));
    }

    /** What the queue named like this topic takes of it without having been bound. */
    public static Binding implicit(TopicName topic, boolean exchangeDeclared) {
        return new Binding(topic, exchangeDeclared ? new Filter.Unkeyed() : new Filter.All());
    }

    private static SubjectPattern addressPattern(String routingKey) {
        return SubjectPattern.parse(AmqpNames.swapSeparators(routingKey), Address.SEPARATOR, ONE, MANY);
    }

    /** RabbitMQ's rules: fields that begin with {@code x-} count only for the two {@code -with-x} kinds; a void asks for presence. */
    private static Filter headers(FieldTable arguments) {
        FieldValue match = arguments.get(X_MATCH);
        String kind = match == null ? "all" : FieldText.toText(match);
        boolean all = kind.equals("all") || kind.equals("all-with-x");
        if (!all && !kind.equals("any") && !kind.equals("any-with-x")) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED,
                "invalid x-match field value '" + kind + "'; expected all, any, all-with-x or any-with-x");
        }
        boolean withX = kind.endsWith("-with-x");
        Map<String, @Nullable String> expected = new LinkedHashMap<>();
        for (FieldTable.Entry entry : arguments.entries()) {
            String name = entry.name();
            if (!name.equals(X_MATCH) && (withX || !name.startsWith("x-"))) {
                // As the header of a message with this value is stored, and read as text.
                byte[] stored = FieldText.toBytes(entry.value());
                expected.put(HeaderNames.escape(name), stored == null ? null : new String(stored, StandardCharsets.UTF_8));
            }
        }
        return new Filter.MatchingHeaders(all, expected);
    }
}
