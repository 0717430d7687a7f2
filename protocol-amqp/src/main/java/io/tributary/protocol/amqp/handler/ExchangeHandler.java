package io.tributary.protocol.amqp.handler;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.SubscriptionStats;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Binding;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Operation;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ExchangeMethod;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.Method;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.translate.AmqpNames;
import io.tributary.protocol.amqp.translate.Bindings;
import io.tributary.protocol.amqp.translate.ExchangeSettings;
import io.tributary.protocol.amqp.translate.ExchangeType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The exchange class (section 1.6 of the reference): a declared exchange is a topic with attributes. */
public final class ExchangeHandler {
    private final Broker broker;
    private final Access access;
    private final Exchanges exchanges;
    private final NameSequence sequence;

    public ExchangeHandler(Broker broker, Access access, Exchanges exchanges, NameSequence sequence) {
        this.broker = broker;
        this.access = access;
        this.exchanges = exchanges;
        this.sequence = sequence;
    }

    /** Declares an exchange, or adopts a topic that another protocol made. */
    public CompletionStage<Method> declare(Client client, ExchangeMethod.Declare method) {
        String name = method.exchange();
        refuseDefault(name);
        if (method.passive()) {
            exchanges.require(client, name);
            return CompletableFuture.completedFuture(new ExchangeMethod.DeclareOk());
        }
        boolean delayed = method.exchangeType().equals(ExchangeSettings.DELAYED_TYPE);
        ExchangeType type = delayed ? delayedType(method.arguments()) : ExchangeType.find(method.exchangeType());
        if (type == null) {
            throw new AmqpException(ReplyCode.COMMAND_INVALID, "unknown exchange type '" + method.exchangeType() + "'");
        }
        refuseArguments(method.arguments(), delayed);
        ExchangeSettings wanted = new ExchangeSettings(type, method.durable(), method.autoDelete(), method.internal(), delayed);
        TopicName topicName = client.topic(name);
        if (topicName.isInternal()) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED, "exchange name '" + name + "' begins with the server's own prefix '__'");
        }
        if (exchanges.isPredeclared(name)) {
            requireEquivalent(client, name, exchanges.require(client, name), wanted);
            return CompletableFuture.completedFuture(new ExchangeMethod.DeclareOk());
        }
        access.toExchange(client, Operation.CREATE, name);
        return sequence.run(topicName, () -> declareInTurn(client, name, topicName, wanted))
            .thenApply(done -> new ExchangeMethod.DeclareOk());
    }

    /** Ends an exchange; its topic goes too if a declaration made it and nothing else needs it. */
    public CompletionStage<Method> delete(Client client, ExchangeMethod.Delete method) {
        String name = method.exchange();
        refuseDefault(name);
        refuseReserved(name);
        access.toExchange(client, Operation.DELETE, name);
        TopicName topicName = client.topic(name);
        return sequence.run(topicName, () -> {
            if (method.ifUnused() && !exchanges.boundQueues(topicName).isEmpty()) {
                throw new AmqpException(ReplyCode.PRECONDITION_FAILED, client.describe("exchange", name) + " in use");
            }
            return deleteInTurn(topicName);
        }).thenApply(done -> new ExchangeMethod.DeleteOk());
    }

    /** After a queue was unbound: deletes the exchange if it is auto-delete and that was its last binding. */
    CompletionStage<Void> deleteIfAbandoned(TopicName topicName) {
        if (!isAutoDelete(topicName)) {
            return CompletableFuture.completedFuture(null);
        }
        return sequence.run(topicName, () -> isAutoDelete(topicName) && exchanges.boundQueues(topicName).isEmpty()
            ? deleteInTurn(topicName) : CompletableFuture.completedFuture(null));
    }

    /** Exchanges that are not durable end with the broker: removes those that an earlier run left. */
    CompletionStage<Void> deleteTransient(TopicName topicName) {
        return sequence.run(topicName, () -> {
            ExchangeSettings settings = declared(topicName);
            return settings == null || settings.durable() ? CompletableFuture.completedFuture(null) : deleteInTurn(topicName);
        });
    }

    private boolean isAutoDelete(TopicName topicName) {
        ExchangeSettings settings = declared(topicName);
        return settings != null && settings.autoDelete();
    }

    private @Nullable ExchangeSettings declared(TopicName topicName) {
        Topic topic = broker.topics().find(topicName);
        return topic == null ? null : ExchangeSettings.declared(topic.config());
    }

    private CompletionStage<Void> declareInTurn(Client client, String name, TopicName topicName, ExchangeSettings wanted) {
        Topic topic = broker.topics().find(topicName);
        ExchangeSettings declared = declared(topicName);
        if (declared != null) {
            requireEquivalent(client, name, declared, wanted);
            return CompletableFuture.completedFuture(null);
        }
        if (topic == null) {
            refuseReserved(name);
            return broker.topics().create(topicName, wanted.addTo(exchanges.configForDeclaration())).thenApply(made -> null);
        }
        if (topic.config().storage() == TopicConfig.Storage.MEMORY) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED,
                "'" + name + "' is the name of an exclusive queue, whose records are kept in memory only");
        }
        return broker.topics().update(topicName, wanted::addTo).thenCompose(updated -> narrowImplicit(topicName));
    }

    /** The queue of the same name has taken all of the topic so far; from now on only what has no routing key. */
    private CompletionStage<Void> narrowImplicit(TopicName topicName) {
        return replaceImplicit(topicName, Bindings.implicit(topicName, false), Bindings.implicit(topicName, true));
    }

    /** The new binding is in force before the old one ends, so that no record falls between them. */
    private CompletionStage<Void> replaceImplicit(TopicName topicName, Binding from, Binding to) {
        Subscription queue = broker.subscriptions().find(
            new SubscriptionName(topicName.namespace(), AmqpNames.ofTopic(topicName)));
        if (queue == null || !queue.bindings().contains(from)) {
            return CompletableFuture.completedFuture(null);
        }
        return queue.bind(to, StartPosition.LATEST).thenCompose(bound -> queue.unbind(from));
    }

    private CompletionStage<Void> deleteInTurn(TopicName topicName) {
        Topic topic = broker.topics().find(topicName);
        if (topic == null || ExchangeSettings.declared(topic.config()) == null) {
            return CompletableFuture.completedFuture(null);
        }
        List<Subscription> bound = exchanges.boundQueues(topicName);
        CompletionStage<Void> unbound = CompletableFuture.completedFuture(null);
        for (Subscription queue : bound) {
            for (Binding binding : Exchanges.bindings(queue, topicName)) {
                unbound = unbound.thenCompose(before -> queue.unbind(binding));
            }
        }
        return unbound
            .thenCompose(done -> replaceImplicit(topicName, Bindings.implicit(topicName, true), Bindings.implicit(topicName, false)))
            .thenCompose(done -> dispose(topic, bound));
    }

    private CompletionStage<Void> dispose(Topic topic, List<Subscription> formerlyBound) {
        TopicName name = topic.name();
        if (!ExchangeSettings.isMarkedCreated(topic.config()) || exchanges.isNeeded(name)) {
            return broker.topics().update(name, ExchangeSettings::removeFrom).thenApply(updated -> null);
        }
        CompletionStage<Boolean> drained = CompletableFuture.completedFuture(true);
        for (Subscription queue : formerlyBound) {
            drained = drained.thenCombine(queue.stats(), (all, stats) -> all && isDrained(stats));
        }
        return drained.thenCompose(all -> all ? exchanges.deleteTopic(name)
            : broker.topics().update(name, ExchangeSettings::markDeleted).thenApply(updated -> null));
    }

    private static boolean isDrained(SubscriptionStats stats) {
        return stats.ready() == 0 && stats.outstanding() == 0;
    }

    private static void requireEquivalent(Client client, String name, ExchangeSettings current, ExchangeSettings wanted) {
        String exchange = client.describe("exchange", name);
        Equivalence.require(exchange, "type", wanted.declaredType(), current.declaredType());
        Equivalence.require(exchange, ExchangeSettings.DELAYED_TYPE_ARGUMENT, wanted.type().text(), current.type().text());
        Equivalence.require(exchange, "durable", wanted.durable(), current.durable());
        Equivalence.require(exchange, "auto_delete", wanted.autoDelete(), current.autoDelete());
        Equivalence.require(exchange, "internal", wanted.internal(), current.internal());
    }

    private static void refuseDefault(String name) {
        if (name.equals(AmqpNames.DEFAULT_EXCHANGE)) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED, "operation not permitted on the default exchange");
        }
    }

    private static void refuseReserved(String name) {
        if (name.startsWith(AmqpNames.RESERVED_PREFIX)) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED, "exchange name '" + name + "' contains reserved prefix 'amq.*'");
        }
    }

    /** How an exchange routes that delays; the argument is required, as by RabbitMQ's plugin. */
    private static ExchangeType delayedType(FieldTable arguments) {
        String text = arguments.text(ExchangeSettings.DELAYED_TYPE_ARGUMENT);
        ExchangeType type = text == null ? null : ExchangeType.find(text);
        if (type == null) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED,
                "invalid argument: '" + ExchangeSettings.DELAYED_TYPE_ARGUMENT + "' must be an existing exchange type");
        }
        return type;
    }

    private static void refuseArguments(FieldTable arguments, boolean delayed) {
        for (FieldTable.Entry entry : arguments.entries()) {
            if (delayed && entry.name().equals(ExchangeSettings.DELAYED_TYPE_ARGUMENT)) {
                continue;
            }
            if (entry.name().equals("alternate-exchange") || entry.name().startsWith("x-")) {
                throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "exchange argument '" + entry.name() + "' is not implemented");
            }
        }
    }
}
