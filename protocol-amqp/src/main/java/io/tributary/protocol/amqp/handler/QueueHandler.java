package io.tributary.protocol.amqp.handler;

import io.tributary.core.api.Broker;
import io.tributary.core.api.ExpiredSubscription;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.Topic;
import io.tributary.core.model.BacklogLimit;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Operation;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.Method;
import io.tributary.protocol.amqp.codec.QueueMethod;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.translate.AmqpNames;
import io.tributary.protocol.amqp.translate.Bindings;
import io.tributary.protocol.amqp.translate.ExchangeSettings;
import io.tributary.protocol.amqp.translate.QueueSettings;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Declares, purges and deletes queues (section 1.7 of the reference): a queue is a subscription, with a binding of its own to the topic
 * of its name.
 */
public final class QueueHandler {
    private final Broker broker;
    private final Access access;
    private final Exchanges exchanges;
    private final Queues queues;
    private final ExchangeHandler exchangeHandler;
    private final NameSequence sequence;

    public QueueHandler(Broker broker, Access access, Exchanges exchanges, Queues queues, ExchangeHandler exchangeHandler,
                        NameSequence sequence) {
        this.broker = broker;
        this.access = access;
        this.exchanges = exchanges;
        this.queues = queues;
        this.exchangeHandler = exchangeHandler;
        this.sequence = sequence;
    }

    /**
     * Declares a queue.
     *
     * @param serverNamed whether the name was made by the server, for this declaration
     */
    public CompletionStage<Method> declare(Client client, QueueMethod.Declare method, boolean serverNamed) {
        String name = method.queue();
        if (method.passive()) {
            Subscription queue = queues.require(client, name);
            queue.touch();
            return declareOk(name, queue);
        }
        String description = client.describe("queue", name);
        QueueSettings wanted = QueueArguments.settings(client, method, description);
        access.toQueue(client, Operation.CREATE, name);
        checkDeadLetters(client, name, wanted.policy().deadLetter());
        TopicName topicName = client.topic(name);
        if (!serverNamed) {
            // The queue takes what is published to the topic of its name, by whatever protocol.
            access.toTopic(client, Operation.READ, name);
        }
        if (topicName.isInternal()) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED, "queue name '" + name + "' begins with the server's own prefix '__'");
        }
        return sequence.run(topicName, () -> {
            Subscription existing = queues.find(client, name);
            if (existing != null) {
                requireEquivalent(description, QueueSettings.of(existing.config()), wanted, existing);
                existing.touch();
                return adopt(existing, topicName).thenCompose(done -> declareOk(name, existing));
            }
            if (!serverNamed && name.startsWith(AmqpNames.RESERVED_PREFIX)) {
                throw new AmqpException(ReplyCode.ACCESS_REFUSED, "queue name '" + name + "' contains reserved prefix 'amq.*'");
            }
            return create(client, name, topicName, wanted).thenApply(made -> new QueueMethod.DeclareOk(name, 0, 0));
        });
    }

    /** Drops what is ready. */
    public CompletionStage<Method> purge(Client client, QueueMethod.Purge method) {
        return queues.requireReadable(client, method.queue()).purge().thenApply(QueueMethod.PurgeOk::new);
    }

    /** Deletes a queue; one that is not there is deleted already. */
    public CompletionStage<Method> delete(Client client, QueueMethod.Delete method) {
        String name = method.queue();
        Subscription queue = queues.find(client, name);
        if (queue == null) {
            return CompletableFuture.completedFuture(new QueueMethod.DeleteOk(0));
        }
        access.toQueue(client, Operation.DELETE, name);
        if (!method.ifUnused() && !method.ifEmpty()) {
            return delete(queue.name()).thenApply(QueueMethod.DeleteOk::new);
        }
        return queue.stats().thenCompose(stats -> {
            if (method.ifUnused() && stats.consumers() > 0) {
                throw new AmqpException(ReplyCode.PRECONDITION_FAILED, client.describe("queue", name) + " in use");
            }
            if (method.ifEmpty() && stats.ready() > 0) {
                throw new AmqpException(ReplyCode.PRECONDITION_FAILED, client.describe("queue", name) + " not empty");
            }
            return delete(queue.name());
        }).thenApply(QueueMethod.DeleteOk::new);
    }

    /** Deletes the queue whatever it holds; completes with the number of ready messages, 0 if it is gone already. */
    public CompletionStage<Long> delete(SubscriptionName name) {
        TopicName topicName = AmqpNames.topic(name.namespace(), name.name());
        Set<TopicName> boundTo = new LinkedHashSet<>();
        return sequence.run(topicName, () -> {
            Subscription queue = broker.subscriptions().find(name);
            if (queue == null) {
                return CompletableFuture.completedFuture(0L);
            }
            boundTo.addAll(boundTo(queue.bindings(), topicName));
            return broker.subscriptions().delete(name).exceptionally(QueueHandler::zeroIfGone)
                .thenCompose(count -> disposeOfTopic(topicName).thenApply(done -> count));
        }).thenCompose(count -> tidyExchanges(boundTo).thenApply(done -> count));
    }

    /** The queue expired: what belongs to it goes with it. */
    public CompletionStage<Void> expired(ExpiredSubscription queue) {
        if (!QueueSettings.isQueue(queue.config())) {
            return CompletableFuture.completedFuture(null);
        }
        TopicName topicName = AmqpNames.topic(queue.name().namespace(), queue.name().name());
        Set<TopicName> boundTo = boundTo(queue.bindings(), topicName);
        // Another queue of this name may be there by now.
        return sequence.run(topicName, () -> exchanges.isNeeded(topicName) ? CompletableFuture.<Void>completedFuture(null)
            : disposeOfTopic(topicName)).thenCompose(done -> tidyExchanges(boundTo));
    }

    /** After a consumer has gone: deletes the queue if it is auto-delete and that was the last. */
    public CompletionStage<Void> deleteIfAbandoned(SubscriptionName name) {
        Subscription queue = broker.subscriptions().find(name);
        if (queue == null || !QueueSettings.of(queue.config()).autoDelete()) {
            return CompletableFuture.completedFuture(null);
        }
        return queue.stats().thenCompose(stats -> stats.consumers() == 0 ? delete(name) : CompletableFuture.completedFuture(0L))
            .thenApply(count -> null);
    }

    private static Set<TopicName> boundTo(List<Binding> bindings, TopicName own) {
        Set<TopicName> topics = new LinkedHashSet<>();
        for (Binding binding : bindings) {
            TopicName topic = binding.topic();
            if (topic != null && !topic.equals(own)) {
                topics.add(topic);
            }
        }
        return topics;
    }

    private CompletionStage<Method> declareOk(String name, Subscription queue) {
        return queue.stats().thenApply(stats -> new QueueMethod.DeclareOk(name, stats.ready(), stats.consumers()));
    }

    private CompletionStage<Subscription> create(Client client, String name, TopicName topicName, QueueSettings wanted) {
        TopicConfig config = exchanges.configForDeclaration();
        TopicConfig forTopic = wanted.exclusive() ? config.withStorage(TopicConfig.Storage.MEMORY) : config;
        return broker.topics().getOrCreate(topicName, forTopic).thenCompose(topic ->
            broker.subscriptions().create(client.subscription(name), wanted.toConfig(), List.of(implicit(topic)), StartPosition.LATEST));
    }

    /** A subscription that another protocol made becomes reachable through the default exchange as well. */
    private CompletionStage<Void> adopt(Subscription existing, TopicName topicName) {
        if (QueueSettings.isQueue(existing.config())) {
            return CompletableFuture.completedFuture(null);
        }
        return broker.topics().getOrCreate(topicName, exchanges.configForDeclaration())
            .thenCompose(topic -> existing.bind(implicit(topic), StartPosition.LATEST));
    }

    private static Binding implicit(Topic topic) {
        return Bindings.implicit(topic.name(), ExchangeSettings.declared(topic.config()) != null);
    }

    /** The queue's own topic goes with it if a declaration made it and nothing else needs it. */
    private CompletionStage<Void> disposeOfTopic(TopicName topicName) {
        Topic topic = broker.topics().find(topicName);
        if (topic == null || !ExchangeSettings.isMarkedCreated(topic.config()) || ExchangeSettings.declared(topic.config()) != null) {
            return CompletableFuture.completedFuture(null);
        }
        // Nobody else may feed from an exclusive queue's topic, so that its end does not cost a look at every subscription.
        boolean exclusive = topic.config().storage() == TopicConfig.Storage.MEMORY;
        return !exclusive && exchanges.isNeeded(topicName) ? CompletableFuture.completedFuture(null) : exchanges.deleteTopic(topicName);
    }

    private CompletionStage<Void> tidyExchanges(Set<TopicName> topics) {
        CompletionStage<Void> done = CompletableFuture.completedFuture(null);
        for (TopicName topic : topics) {
            done = done.thenCompose(before -> exchangeHandler.deleteIfAbandoned(topic));
        }
        return done;
    }

    private static long zeroIfGone(Throwable failure) {
        BrokerException cause = BrokerException.of(failure);
        if (cause.code() != ErrorCode.SUBSCRIPTION_NOT_FOUND) {
            throw cause;
        }
        return 0;
    }

    private static void requireEquivalent(String queue, QueueSettings current, QueueSettings wanted, Subscription existing) {
        Equivalence.require(queue, "durable", wanted.durable(), current.durable());
        if (QueueSettings.isQueue(existing.config())) {
            if (wanted.exclusive() != current.exclusive()) {
                throw new AmqpException(ReplyCode.RESOURCE_LOCKED, "cannot obtain exclusive access to locked " + queue
                    + ". It could be originally declared on another connection or the exclusive property value does not match that of "
                    + "the original declaration.");
            }
            Equivalence.require(queue, "auto_delete", wanted.autoDelete(), current.autoDelete());
            Equivalence.require(queue, "x-queue-type", wanted.type(), current.type());
            requireEquivalent(queue, current.policy(), wanted.policy());
            requireEquivalent(queue, current.limit(), wanted.limit());
        }
    }

    private static void requireEquivalent(String queue, DeliveryPolicy current, DeliveryPolicy wanted) {
        Equivalence.requireArgument(queue, QueueArguments.MESSAGE_TTL, wanted.messageTtl(), current.messageTtl());
        Equivalence.requireArgument(queue, QueueArguments.EXPIRES, wanted.expires(), current.expires());
        Equivalence.requireArgument(queue, QueueArguments.DEAD_LETTER_EXCHANGE, wanted.deadLetter(), current.deadLetter());
        Equivalence.requireArgument(queue, QueueArguments.DELIVERY_LIMIT, wanted.maxDeliveries(), current.maxDeliveries());
        Equivalence.requireArgument(queue, QueueArguments.SINGLE_ACTIVE, wanted.dispatch(), current.dispatch());
        Equivalence.requireArgument(queue, QueueArguments.MAX_PRIORITY, wanted.maxPriority(), current.maxPriority());
    }

    private static void requireEquivalent(String queue, BacklogLimit current, BacklogLimit wanted) {
        Equivalence.requireArgument(queue, QueueArguments.MAX_LENGTH, wanted.maxRecords(), current.maxRecords());
        Equivalence.requireArgument(queue, QueueArguments.MAX_BYTES, wanted.maxBytes(), current.maxBytes());
        Equivalence.requireArgument(queue, QueueArguments.OVERFLOW, wanted.overflow(), current.overflow());
    }

    /** As RabbitMQ does: who declares where dead letters go must be allowed to read what ends and to write it there. */
    private void checkDeadLetters(Client client, String queue, @Nullable DeadLetterTarget target) {
        if (target == null) {
            return;
        }
        access.toQueue(client, Operation.READ, queue);
        if (target instanceof DeadLetterTarget.ToTopic to) {
            access.toTopic(client, Operation.WRITE, to.topic().name());
        } else {
            access.toAnyTopic(client, Operation.WRITE);
        }
    }
}
