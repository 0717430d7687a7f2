package io.tributary.protocol.mqtt.session;

import io.tributary.core.api.Topics;
import io.tributary.core.model.Address;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.mqtt.translate.TopicFilter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The bindings that serve topic filters. Safe on any thread. */
public final class Bindings {
    private final Topics topics;

    public Bindings(Topics topics) {
        this.topics = topics;
    }

    /**
     * The binding of a filter: to the one topic that its first level names, which is made if there is none; or to all topics, when a
     * wildcard stands there, or the topic may not be made by use.
     */
    public CompletionStage<Binding> bindingFor(Namespace namespace, TopicFilter filter) {
        Filter matching = new Filter.MatchingAddress(filter.pattern());
        if (filter.beginsWithWildcard()) {
            return CompletableFuture.completedFuture(new Binding(null, matching));
        }
        TopicName topic = topic(namespace, filter);
        if (topics.find(topic) != null) {
            return CompletableFuture.completedFuture(new Binding(topic, matching));
        }
        return topics.getOrAutoCreate(topic).thenApply(made -> new Binding(topic, matching))
            .exceptionallyCompose(failure -> BrokerException.of(failure).code() == ErrorCode.TOPIC_NOT_FOUND
                ? CompletableFuture.completedFuture(new Binding(null, matching)) : CompletableFuture.failedFuture(failure));
    }

    /** The topic that the filter's first level, a literal, stands for. */
    public static TopicName topic(Namespace namespace, TopicFilter filter) {
        return Address.parse(namespace, filter.filter()).topic();
    }
}
