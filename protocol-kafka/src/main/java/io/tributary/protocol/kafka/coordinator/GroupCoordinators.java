package io.tributary.protocol.kafka.coordinator;

import io.tributary.core.api.Broker;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.share.ShareSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.jspecify.annotations.Nullable;

/** The group coordinators, one a namespace, each started when it is first needed. */
public final class GroupCoordinators {
    private final Broker broker;
    private final Map<String, String> settings;
    private final TransactionCoordinators transactions;
    private final Map<Namespace, Running> running = new HashMap<>();
    private boolean stopped;

    /**
     * None yet.
     *
     * @param settings     of Kafka's group coordinator, by Kafka's names
     * @param transactions that offsets may be committed in
     */
    public GroupCoordinators(Broker broker, Map<String, String> settings, TransactionCoordinators transactions) {
        this.broker = broker;
        this.settings = Map.copyOf(settings);
        this.transactions = transactions;
    }

    private record Running(GroupCoordinatorHost host, CompletionStage<GroupCoordinator> coordinator) {
    }

    /** The topic that keeps a namespace's groups and committed offsets. */
    static TopicName offsetsTopic(Namespace namespace) {
        return new TopicName(namespace, Topic.GROUP_METADATA_TOPIC_NAME);
    }

    /** Starts the namespace's coordinator if it has something to load, so that it is there when clients come back. */
    public void resume(Namespace namespace) {
        if (broker.topics().find(offsetsTopic(namespace)) != null) {
            of(namespace);
        }
    }

    /** The namespace's coordinator. Fails with COORDINATOR_NOT_AVAILABLE, which clients take for "try again". */
    public CompletionStage<GroupCoordinator> of(Namespace namespace) {
        Running found = find(namespace);
        if (found == null) {
            return CompletableFuture.failedFuture(new CoordinatorNotAvailableException("the broker is stopping"));
        }
        return found.coordinator();
    }

    /** The namespaces whose coordinators have been started. */
    synchronized Set<Namespace> running() {
        return Set.copyOf(running.keySet());
    }

    /** The configs of the namespace's groups. Fails as {@link #of} does. */
    public CompletionStage<GroupConfigs> configs(Namespace namespace) {
        Running found = find(namespace);
        return found == null
            ? CompletableFuture.failedFuture(new CoordinatorNotAvailableException("the broker is stopping"))
            : found.coordinator().thenCompose(ready -> found.host().configs());
    }

    /** What holds for a share group. Fails as {@link #of} does. */
    public CompletionStage<ShareSettings> shareSettings(Namespace namespace, String group) {
        return configs(namespace).thenApply(configs -> configs.shareSettings(group));
    }

    private synchronized @Nullable Running find(Namespace namespace) {
        Running found = running.get(namespace);
        boolean failed = found != null && found.coordinator().toCompletableFuture().isCompletedExceptionally();
        if (stopped || found != null && !failed) {
            return stopped ? null : found;
        }
        if (found != null) {
            found.host().stop();
        }
        GroupCoordinatorHost host = new GroupCoordinatorHost(broker, namespace, settings, transactions);
        CompletionStage<GroupCoordinator> coordinator = host.start().handle((service, failure) -> {
            if (failure != null) {
                throw new CoordinatorNotAvailableException("the group coordinator did not start", failure);
            }
            return service;
        });
        Running started = new Running(host, coordinator);
        running.put(namespace, started);
        return started;
    }

    /** Ends them all. */
    public synchronized CompletionStage<Void> stop() {
        stopped = true;
        CompletableFuture<?>[] stopping = running.values().stream().map(each -> each.host().stop().toCompletableFuture())
            .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(stopping);
    }
}
