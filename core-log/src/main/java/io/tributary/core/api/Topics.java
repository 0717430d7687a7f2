package io.tributary.core.api;

import io.tributary.core.api.stats.TopicsOverview;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The topics. Look-ups read this node's view and never wait. */
public interface Topics {
    /** Fails with TOPIC_EXISTS when there is one of this name. */
    CompletionStage<Topic> create(TopicName name, TopicConfig config);

    /** The topic of this name, made with {@code config} if there is none. */
    CompletionStage<Topic> getOrCreate(TopicName name, TopicConfig config);

    /**
     * The topic of this name, made with the configured defaults if there is none and topics may be made by use; otherwise fails with
     * TOPIC_NOT_FOUND.
     */
    CompletionStage<Topic> getOrAutoCreate(TopicName name);

    @Nullable Topic find(TopicName name);

    @Nullable Topic find(UUID id);

    /** All topics of the namespace, internal ones included, by name. */
    Collection<Topic> list(Namespace namespace);

    /** The namespaces that have topics. */
    Set<Namespace> namespaces();

    /**
     * Changes the configuration; the number of partitions may only grow, the storage may not change. Fails with INVALID_ARGUMENT
     * otherwise.
     */
    CompletionStage<Topic> update(TopicName name, UnaryOperator<TopicConfig> change);

    /** Deletes the topic and its records; subscriptions lose what they had not acknowledged of it. Fails with TOPIC_NOT_FOUND. */
    CompletionStage<Void> delete(TopicName name);

    /**
     * How many there are in all namespaces, and what they hold and have taken. Waits for nothing.
     *
     * @param most how many are told of one by one
     */
    TopicsOverview overview(int most);

    /**
     * Calls the listener, one call at a time on a core thread, with the name of each topic that was created, changed or deleted after the
     * registration; which of these it was, {@link #find(TopicName)} tells.
     */
    Registration onChange(Consumer<TopicName> listener);

    /** What a topic that is made by use is created with. */
    TopicConfig defaults();
}
