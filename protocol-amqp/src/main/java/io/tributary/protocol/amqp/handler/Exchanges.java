package io.tributary.protocol.amqp.handler;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.translate.AmqpNames;
import io.tributary.protocol.amqp.translate.ExchangeSettings;
import io.tributary.protocol.amqp.translate.ExchangeType;
import io.tributary.protocol.amqp.translate.QueueSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Finds exchanges among the topics, and who is bound to them. */
public final class Exchanges {
    /** The exchanges that are always there; their topics are made on first use. {@code amq.topic} has none: it is a view. */
    private static final Map<String, ExchangeSettings> PREDECLARED = Map.of(
        "amq.direct", new ExchangeSettings(ExchangeType.DIRECT, true, false, false),
        "amq.fanout", new ExchangeSettings(ExchangeType.FANOUT, true, false, false),
        "amq.headers", new ExchangeSettings(ExchangeType.HEADERS, true, false, false),
        "amq.match", new ExchangeSettings(ExchangeType.HEADERS, true, false, false),
        AmqpNames.ADDRESS_EXCHANGE, new ExchangeSettings(ExchangeType.TOPIC, true, false, false));
    /** What a batch has beside the body: headers and framing. */
    private static final int BATCH_OVERHEAD = 1 << 20;

    private final Broker broker;
    private final TopicConfig created;

    /** Topics that are created here take bodies of up to {@code maxBodyBytes}. */
    public Exchanges(Broker broker, int maxBodyBytes) {
        this.broker = broker;
        this.created = ExchangeSettings.markCreated(TopicConfig.ofPartitions(1).withRetention(Retention.UNTIL_CONSUMED)
            .withMaxBatchBytes((int) Math.min(Integer.MAX_VALUE, (long) maxBodyBytes + BATCH_OVERHEAD)));
    }

    /** What a declaration creates a topic with: one partition, for the order of a queue is the order of publishing. */
    TopicConfig configForDeclaration() {
        return created;
    }

    boolean isPredeclared(String exchange) {
        return PREDECLARED.containsKey(exchange);
    }

    /** The exchange of this name, declared or a topic of another protocol; null when there is none. */
    @Nullable ExchangeSettings find(Client client, String exchange) {
        ExchangeSettings predeclared = PREDECLARED.get(exchange);
        if (predeclared != null) {
            return predeclared;
        }
        Topic topic = broker.topics().find(client.topic(exchange));
        return topic == null || topic.name().isInternal() ? null : ExchangeSettings.of(topic.config());
    }

    /** As {@link #find}; fails with NOT_FOUND. */
    ExchangeSettings require(Client client, String exchange) {
        ExchangeSettings settings = find(client, exchange);
        if (settings == null) {
            throw new AmqpException(ReplyCode.NOT_FOUND, "no " + client.describe("exchange", exchange));
        }
        return settings;
    }

    /** The topic of an exchange that {@link #find} found, made if it is a predeclared one that was not used yet. */
    CompletionStage<Topic> topicOf(Client client, String exchange) {
        TopicName name = client.topic(exchange);
        Topic topic = broker.topics().find(name);
        if (topic != null) {
            return CompletableFuture.completedFuture(topic);
        }
        ExchangeSettings predeclared = PREDECLARED.get(exchange);
        if (predeclared == null) {
            return CompletableFuture.failedFuture(
                new AmqpException(ReplyCode.NOT_FOUND, "no " + client.describe("exchange", exchange)));
        }
        return broker.topics().getOrCreate(name, predeclared.addTo(created));
    }

    /** The AMQP queues that were bound to the exchange of this topic. */
    List<Subscription> boundQueues(TopicName topic) {
        List<Subscription> bound = new ArrayList<>();
        for (Subscription subscription : broker.subscriptions().list(topic.namespace())) {
            if (QueueSettings.isQueue(subscription.config()) && !bindings(subscription, topic).isEmpty()) {
                bound.add(subscription);
            }
        }
        return bound;
    }

    /** The bindings that AMQP clients made between an exchange and a queue: neither the implicit one nor those of {@code amq.topic}. */
    static List<Binding> bindings(Subscription queue, TopicName exchange) {
        boolean sameName = queue.name().name().equals(AmqpNames.ofTopic(exchange));
        List<Binding> found = new ArrayList<>();
        for (Binding binding : queue.bindings()) {
            boolean implicit = binding.filter() instanceof Filter.Unkeyed || sameName && binding.filter() instanceof Filter.All;
            if (exchange.equals(binding.topic()) && !implicit && !(binding.filter() instanceof Filter.MatchingAddress)) {
                found.add(binding);
            }
        }
        return found;
    }

    /** Whether any subscription, of whatever protocol, is fed by this very topic. */
    boolean isNeeded(TopicName topic) {
        for (Subscription subscription : broker.subscriptions().list(topic.namespace())) {
            for (Binding binding : subscription.bindings()) {
                if (topic.equals(binding.topic())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Deletes a topic; one that is gone already is as good. */
    CompletionStage<Void> deleteTopic(TopicName topic) {
        return broker.topics().delete(topic).handle((nothing, failure) -> {
            if (failure != null && BrokerException.of(failure).code() != ErrorCode.TOPIC_NOT_FOUND) {
                throw BrokerException.of(failure);
            }
            return null;
        });
    }
}
