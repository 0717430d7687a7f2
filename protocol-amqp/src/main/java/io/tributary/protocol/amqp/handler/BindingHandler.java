package io.tributary.protocol.amqp.handler;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Operation;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.Method;
import io.tributary.protocol.amqp.codec.QueueMethod;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.translate.AmqpNames;
import io.tributary.protocol.amqp.translate.Bindings;
import io.tributary.protocol.amqp.translate.ExchangeSettings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Binds queues to exchanges and unbinds them (section 1.7 of the reference). */
public final class BindingHandler {
    private final Broker broker;
    private final Access access;
    private final Exchanges exchanges;
    private final Queues queues;
    private final ExchangeHandler exchangeHandler;
    private final NameSequence sequence;

    public BindingHandler(Broker broker, Access access, Exchanges exchanges, Queues queues, ExchangeHandler exchangeHandler,
                          NameSequence sequence) {
        this.broker = broker;
        this.access = access;
        this.exchanges = exchanges;
        this.queues = queues;
        this.exchangeHandler = exchangeHandler;
        this.sequence = sequence;
    }

    /** Binds; a binding that is there already is as good. */
    public CompletionStage<Method> bind(Client client, QueueMethod.Bind method) {
        refuseDefault(method.exchange());
        Subscription queue = queues.require(client, method.queue());
        access.toQueue(client, Operation.WRITE, method.queue());
        ExchangeSettings settings = exchanges.require(client, method.exchange());
        if (method.exchange().equals(AmqpNames.ADDRESS_EXCHANGE)) {
            return bindAddresses(client, queue, method.routingKey());
        }
        access.toExchange(client, Operation.READ, method.exchange());
        Filter filter = Bindings.filter(settings.type(), method.routingKey(), method.arguments());
        // In turn with the exchange's deletion, so that the binding is either seen by it or refused.
        return sequence.run(client.topic(method.exchange()), () -> exchanges.topicOf(client, method.exchange()).thenCompose(topic ->
            queue.bind(new Binding(topic.name(), filter), StartPosition.LATEST))).thenApply(done -> new QueueMethod.BindOk());
    }

    /** Unbinds; a binding that is not there is unbound already. */
    public CompletionStage<Method> unbind(Client client, QueueMethod.Unbind method) {
        refuseDefault(method.exchange());
        Subscription queue = queues.require(client, method.queue());
        access.toQueue(client, Operation.WRITE, method.queue());
        ExchangeSettings settings = exchanges.require(client, method.exchange());
        if (method.exchange().equals(AmqpNames.ADDRESS_EXCHANGE)) {
            return unbindAddresses(client, queue, method.routingKey());
        }
        access.toExchange(client, Operation.READ, method.exchange());
        TopicName topic = client.topic(method.exchange());
        Binding binding = new Binding(topic, Bindings.filter(settings.type(), method.routingKey(), method.arguments()));
        return queue.unbind(binding).thenCompose(done -> exchangeHandler.deleteIfAbandoned(topic))
            .thenApply(done -> new QueueMethod.UnbindOk());
    }

    /** Over one topic if the pattern names it, which is then made as a publication would make it; else, or if it may not, over all. */
    private CompletionStage<Method> bindAddresses(Client client, Subscription queue, String routingKey) {
        Binding one = Bindings.ofOneAddress(client.namespace(), routingKey);
        TopicName topic = one == null ? null : one.topic();
        if (one == null || topic == null) {
            access.toAnyTopic(client, Operation.READ);
            return bindLatest(queue, Bindings.ofAddresses(routingKey));
        }
        access.toTopic(client, Operation.READ, topic.name());
        return broker.topics().getOrAutoCreate(topic).handle((made, failure) -> {
            if (failure != null && BrokerException.of(failure).code() != ErrorCode.TOPIC_NOT_FOUND) {
                throw BrokerException.of(failure);
            }
            return failure == null ? one : Bindings.ofAddresses(routingKey);
        }).thenCompose(binding -> bindLatest(queue, binding));
    }

    private static CompletionStage<Method> bindLatest(Subscription queue, Binding binding) {
        return queue.bind(binding, StartPosition.LATEST).thenApply(done -> new QueueMethod.BindOk());
    }

    private static CompletionStage<Method> unbindAddresses(Client client, Subscription queue, String routingKey) {
        Binding one = Bindings.ofOneAddress(client.namespace(), routingKey);
        CompletionStage<Void> first = one == null ? CompletableFuture.completedFuture(null) : queue.unbind(one);
        return first.thenCompose(done -> queue.unbind(Bindings.ofAddresses(routingKey))).thenApply(done -> new QueueMethod.UnbindOk());
    }

    private static void refuseDefault(String exchange) {
        if (exchange.equals(AmqpNames.DEFAULT_EXCHANGE)) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED, "operation not permitted on the default exchange");
        }
    }
}
