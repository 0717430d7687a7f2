package io.tributary.protocol.amqp.handler;

import io.tributary.core.api.Broker;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Address;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Subject;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Operation;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.BasicMethod;
import io.tributary.protocol.amqp.codec.ContentProperties;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.translate.AmqpNames;
import io.tributary.protocol.amqp.translate.DelayHeader;
import io.tributary.protocol.amqp.translate.ExchangeSettings;
import io.tributary.protocol.amqp.translate.MessageHeaders;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Decides where a message that is published goes (sections 1.8.3.6 of the reference and 3.1.3 of the specification). */
public final class PublishHandler {
    private final Broker broker;
    private final Access access;
    private final Exchanges exchanges;

    public PublishHandler(Broker broker, Access access, Exchanges exchanges) {
        this.broker = broker;
        this.access = access;
        this.exchanges = exchanges;
    }

    /**
     * Where a message goes.
     *
     * @param topic  null when no queue could take it
     * @param key    the routing key as the record's key; null through the default exchange
     * @param delays whether the message may ask to wait
     */
    public record Target(@Nullable TopicName topic, byte @Nullable [] key, boolean delays) {
        static final Target NOWHERE = new Target(null, null, false);
    }

    /** Finds the topic, which is made if the address space asks for it; a stage that is complete already in all other cases. */
    public CompletionStage<Target> target(Client client, BasicMethod.Publish method) {
        if (method.immediate()) {
            throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "immediate=true");
        }
        String exchange = method.exchange();
        if (exchange.equals(AmqpNames.DEFAULT_EXCHANGE)) {
            return CompletableFuture.completedFuture(queueTarget(client, method.routingKey()));
        }
        if (exchange.equals(AmqpNames.ADDRESS_EXCHANGE)) {
            return addressTarget(client, method.routingKey());
        }
        ExchangeSettings settings = exchanges.require(client, exchange);
        access.toExchange(client, Operation.WRITE, exchange);
        if (settings.internal()) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED,
                "cannot publish to internal " + client.describe("exchange", exchange));
        }
        byte[] key = Subject.toKey(method.routingKey());
        TopicName topicName = client.topic(exchange);
        if (broker.topics().find(topicName) != null) {
            return CompletableFuture.completedFuture(new Target(topicName, key, settings.delayed()));
        }
        return exchanges.topicOf(client, exchange).thenApply(topic -> new Target(topic.name(), key, settings.delayed()));
    }

    /** The record to store; fails with PRECONDITION_FAILED or NOT_IMPLEMENTED when the message's properties forbid it. */
    public PublishRequest request(Client client, TopicName topicName, Target target, BasicMethod.Publish method,
                                  ContentProperties properties, byte[] body) {
        check(client, properties);
        OptionalLong delayMs = target.delays() ? DelayHeader.delayMs(properties) : OptionalLong.empty();
        Headers headers = MessageHeaders.toHeaders(
            delayMs.isPresent() ? DelayHeader.negated(properties, delayMs.getAsLong()) : properties);
        Topic topic = broker.topics().find(topicName);
        if (topic != null && body.length > topic.config().maxBatchBytes()) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "message size " + body.length
                + " is larger than the largest batch of topic '" + topicName.name() + "', " + topic.config().maxBatchBytes());
        }
        PublishRequest.Durability durability =
            properties.persistent() ? PublishRequest.Durability.DURABLE : PublishRequest.Durability.RELAXED;
        return new PublishRequest(topicName, PublishRequest.ANY_PARTITION, client.connectionId().hashCode(), target.key(), body,
            headers, PublishRequest.NOW, durability, method.mandatory(),
            delayMs.isPresent() ? System.currentTimeMillis() + delayMs.getAsLong() : PublishRequest.AT_ONCE);
    }

    private Target queueTarget(Client client, String queue) {
        TopicName topicName = AmqpNames.findTopic(client.namespace(), queue);
        if (topicName == null) {
            return Target.NOWHERE;
        }
        Topic topic = broker.topics().find(topicName);
        if (topic == null || topicName.isInternal() || ExchangeSettings.isMarkedDeleted(topic.config())) {
            return Target.NOWHERE;
        }
        // The topic may be there for an exchange of this name only, whose queues must not see what was meant for a queue.
        boolean exchangeOnly = ExchangeSettings.declared(topic.config()) != null
            && broker.subscriptions().find(client.subscription(queue)) == null;
        if (exchangeOnly) {
            return Target.NOWHERE;
        }
        access.toExchange(client, Operation.WRITE, queue);
        return new Target(topicName, null, false);
    }

    private CompletionStage<Target> addressTarget(Client client, String routingKey) {
        Address address = Address.parse(client.namespace(), AmqpNames.swapSeparators(routingKey));
        TopicName topicName = address.topic();
        access.toTopic(client, Operation.WRITE, topicName.name());
        Target target = new Target(topicName, Subject.toKey(address.subject()), false);
        if (broker.topics().find(topicName) != null) {
            return CompletableFuture.completedFuture(target);
        }
        return broker.topics().getOrAutoCreate(topicName).thenApply(topic -> target);
    }

    private static void check(Client client, ContentProperties properties) {
        String userId = properties.userId();
        if (userId != null && !userId.equals(client.principal().name())) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "user_id property set to '" + userId
                + "' but authenticated user was '" + client.principal().name() + "'");
        }
        String expiration = properties.expiration();
        if (expiration != null && !isMilliseconds(expiration)) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "invalid expiration '" + expiration + "'");
        }
        FieldTable headers = properties.headers();
        if (headers != null && (headers.get("CC") != null || headers.get("BCC") != null)) {
            throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "CC and BCC headers (sender-selected distribution) are not implemented");
        }
    }

    private static boolean isMilliseconds(String text) {
        if (text.isEmpty() || text.length() > 10) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
