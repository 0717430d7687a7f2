package io.tributary.protocol.amqp.handler;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicConfig;
import io.tributary.protocol.amqp.translate.ExchangeSettings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Removes, before the first client, what an earlier run of the broker was to take with it. */
public final class Leftovers {
    private final Broker broker;
    private final Exchanges exchanges;
    private final ExchangeHandler exchangeHandler;

    public Leftovers(Broker broker, Exchanges exchanges, ExchangeHandler exchangeHandler) {
        this.broker = broker;
        this.exchanges = exchanges;
        this.exchangeHandler = exchangeHandler;
    }

    /** Exclusive queues' topics, exchanges that are not durable, and topics of deleted exchanges that no queue reads any more. */
    public CompletionStage<Void> remove(Namespace namespace) {
        CompletionStage<Boolean> idle = allDrained(namespace);
        CompletionStage<Void> done = CompletableFuture.completedFuture(null);
        for (Topic topic : broker.topics().list(namespace)) {
            TopicConfig config = topic.config();
            ExchangeSettings declared = ExchangeSettings.declared(config);
            if (declared != null && !declared.durable()) {
                done = done.thenCompose(before -> exchangeHandler.deleteTransient(topic.name()));
            } else if (ExchangeSettings.isMarkedCreated(config) && config.storage() == TopicConfig.Storage.MEMORY
                && !exchanges.isNeeded(topic.name())) {
                done = done.thenCompose(before -> exchanges.deleteTopic(topic.name()));
            } else if (ExchangeSettings.isMarkedDeleted(config) && !exchanges.isNeeded(topic.name())) {
                done = done.thenCombine(idle, (before, allDrained) -> allDrained)
                    .thenCompose(unused -> unused ? exchanges.deleteTopic(topic.name()) : CompletableFuture.completedFuture(null));
            }
        }
        return done;
    }

    private CompletionStage<Boolean> allDrained(Namespace namespace) {
        CompletionStage<Boolean> all = CompletableFuture.completedFuture(true);
        for (Subscription subscription : broker.subscriptions().list(namespace)) {
            all = all.thenCombine(subscription.stats(), (before, stats) -> before && stats.ready() == 0);
        }
        return all;
    }
}
