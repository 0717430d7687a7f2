package io.tributary.protocol.kafka.share;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.Subscriptions;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.jspecify.annotations.Nullable;

/**
 * A share group is the queue subscription of its name: one that another protocol made is used as it is, and gets a binding for each topic
 * that the group's members subscribe to; otherwise it is made, and then is the group's own. What is acknowledged is known to the
 * subscription alone. Bindings stay when no member subscribes to their topic any more, so that nothing is lost between two members; they
 * go with the group.
 */
public final class ShareSubscriptions {
    /** Kept with subscriptions that a share group made. */
    private static final String OWN_ATTRIBUTE = "kafka.share-group";
    /** Names that begin so are sessions, and nobody else's. */
    private static final String MQTT_SESSIONS = "mqtt/";

    private final Subscriptions subscriptions;
    private final Topics topics;

    public ShareSubscriptions(Broker broker) {
        this.subscriptions = broker.subscriptions();
        this.topics = broker.topics();
    }

    private static SubscriptionName nameOf(Namespace namespace, String group) {
        if (group.startsWith(MQTT_SESSIONS)) {
            throw new InvalidGroupIdException("names that begin with " + MQTT_SESSIONS + " are those of MQTT sessions");
        }
        return new SubscriptionName(namespace, group);
    }

    /** Fails with INVALID_GROUP_ID, or the core's INVALID_ARGUMENT, for what cannot be the name of a share group. */
    public static void check(Namespace namespace, String group) {
        nameOf(namespace, group);
    }

    /** The group's subscription, or null when it has none. */
    public @Nullable Subscription find(Namespace namespace, String group) {
        return subscriptions.find(nameOf(namespace, group));
    }

    /** The group's subscription, made if need be, with all records of these topics coming into it. */
    public CompletionStage<Subscription> bind(Namespace namespace, String group, Collection<TopicName> topics, ShareSettings settings) {
        return findOrCreate(nameOf(namespace, group), settings).thenCompose(subscription -> {
            List<Binding> known = subscription.bindings();
            return all(topics.stream().map(ShareSubscriptions::allOf).filter(wanted -> !known.contains(wanted))
                .map(wanted -> bind(subscription, wanted, settings))).thenApply(done -> subscription);
        });
    }

    private CompletionStage<Void> bind(Subscription subscription, Binding wanted, ShareSettings settings) {
        Long time = settings.startTime();
        TopicName topic = wanted.topic();
        if (time == null || topic == null) {
            return subscription.bind(wanted, settings.start());
        }
        Map<PartitionId, Long> from = new ConcurrentHashMap<>();
        return all(partitions(topic).stream().map(partition -> partition.lookUpTimestamp(time).thenAccept(found -> {
            if (found.found()) {
                from.put(partition.id(), found.offset());
            }
        }))).thenCompose(found -> subscription.bind(wanted, from));
    }

    private CompletionStage<Subscription> findOrCreate(SubscriptionName name, ShareSettings settings) {
        Subscription found = subscriptions.find(name);
        if (found != null) {
            return CompletableFuture.completedFuture(found);
        }
        return subscriptions.create(name, config(name.namespace(), settings), List.of(), settings.start()).exceptionallyCompose(failure -> {
            BrokerException cause = BrokerException.of(failure);
            Subscription other = cause.code() == ErrorCode.SUBSCRIPTION_EXISTS ? subscriptions.find(name) : null;
            return other == null ? CompletableFuture.failedFuture(cause) : CompletableFuture.completedFuture(other);
        });
    }

    private static SubscriptionConfig config(Namespace namespace, ShareSettings settings) {
        DeliveryPolicy policy = DeliveryPolicy.NONE.withMaxDeliveries(settings.deliveryLimit());
        if (!settings.deadLetterTopic().isEmpty()) {
            policy = policy.withDeadLetter(DeadLetterTarget.ToTopic.ownKey(new TopicName(namespace, settings.deadLetterTopic())));
        }
        return new SubscriptionConfig(true, Map.of(OWN_ATTRIBUTE, "true")).withPolicy(policy);
    }

    private static Binding allOf(TopicName topic) {
        return new Binding(topic, new Filter.All());
    }

    private static boolean isOwn(Subscription subscription) {
        return subscription.config().attributes().containsKey(OWN_ATTRIBUTE);
    }

    /**
     * The group is done with these topics, and has no members: they leave its own subscription with all that waits of them; with the last
     * topic that goes. A subscription of another protocol is left alone. Fails with NON_EMPTY_GROUP when anybody else consumes it.
     */
    public CompletionStage<Void> forget(Namespace namespace, String group, Set<TopicName> named) {
        Subscription found = find(namespace, group);
        if (found == null || !isOwn(found)) {
            return CompletableFuture.completedFuture(null);
        }
        Set<TopicName> bound = topicsOf(found);
        if (named.isEmpty() && !bound.isEmpty()) {
            // Topics that are gone have left the subscription by themselves.
            return CompletableFuture.completedFuture(null);
        }
        if (named.containsAll(bound)) {
            return subscriptions.delete(found.name()).thenApply(ready -> null);
        }
        Map<PartitionId, Long> ends = new HashMap<>();
        named.forEach(topic -> partitions(topic).forEach(partition -> ends.put(partition.id(), Long.MAX_VALUE)));
        // Once more when it is no longer fed, for what came meanwhile.
        return seek(found, ends).thenCompose(passed -> all(named.stream().map(topic -> found.unbind(allOf(topic)))))
            .thenCompose(unbound -> seek(found, ends));
    }

    /**
     * Begins anew in these partitions: all before the offset counts as acknowledged, and nothing from there on as delivered. Topics that
     * are new to the group are bound. Fails with NON_EMPTY_GROUP when anybody consumes the group's subscription.
     */
    public CompletionStage<Void> seek(Namespace namespace, String group, Map<PartitionId, Long> offsets, ShareSettings settings) {
        Set<TopicName> topics = offsets.keySet().stream().map(PartitionId::topic).collect(Collectors.toSet());
        return findOrCreate(nameOf(namespace, group), settings).thenCompose(subscription -> {
            Set<TopicName> bound = topicsOf(subscription);
            return all(topics.stream().filter(topic -> !bound.contains(topic))
                .map(topic -> subscription.bind(allOf(topic), StartPosition.LATEST))).thenCompose(done -> seek(subscription, offsets));
        });
    }

    private static CompletionStage<Void> seek(Subscription subscription, Map<PartitionId, Long> offsets) {
        return subscription.seek(offsets).exceptionallyCompose(failure -> {
            BrokerException cause = BrokerException.of(failure);
            return CompletableFuture.failedFuture(cause.code() == ErrorCode.SUBSCRIPTION_IN_USE
                ? new GroupNotEmptyException("the group's subscription has consumers") : cause);
        });
    }

    private List<Partition> partitions(TopicName topic) {
        Topic found = topics.find(topic);
        return found == null ? List.of() : found.partitions();
    }

    private static CompletableFuture<Void> all(Stream<CompletionStage<Void>> stages) {
        return CompletableFuture.allOf(stages.map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new));
    }

    private static Set<TopicName> topicsOf(Subscription subscription) {
        return subscription.bindings().stream().map(Binding::topic).collect(Collectors.toCollection(HashSet::new));
    }
}
