package io.tributary.protocol.kafka.share;

import io.tributary.core.api.Subscription;
import io.tributary.core.api.Subscriptions;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.InvalidRequestException;
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

    public ShareSubscriptions(Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
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
            CompletableFuture<?>[] binding = topics.stream().map(ShareSubscriptions::allOf).filter(wanted -> !known.contains(wanted))
                .map(wanted -> subscription.bind(wanted, settings.start()).toCompletableFuture()).toArray(CompletableFuture[]::new);
            return CompletableFuture.allOf(binding).thenApply(done -> subscription);
        });
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
     * The group is done with these topics, and has no members: if they are all that its own subscription has, that goes. A subscription
     * of another protocol is left alone. Fails with INVALID_REQUEST when only some of the topics are named, for what waits in a
     * subscription can be dropped as a whole only.
     */
    public CompletionStage<Void> forget(Namespace namespace, String group, Set<TopicName> topics) {
        Subscription found = find(namespace, group);
        if (found == null || !isOwn(found)) {
            return CompletableFuture.completedFuture(null);
        }
        if (topics.isEmpty() && !topicsOf(found).isEmpty()) {
            // Topics that are gone have left the subscription by themselves.
            return CompletableFuture.completedFuture(null);
        }
        if (!topics.containsAll(topicsOf(found))) {
            return CompletableFuture.failedFuture(new InvalidRequestException(
                "the group's subscription has other topics too, and can be forgotten as a whole only: name all of " + topicsOf(found)));
        }
        return subscriptions.delete(found.name()).thenApply(ready -> null);
    }

    /**
     * Begins anew with all topics, at their beginning or at their end; what was acknowledged is forgotten. Fails with INVALID_REQUEST
     * when the group's subscription has other topics or is another protocol's, and with NON_EMPTY_GROUP when anybody consumes it.
     */
    public CompletionStage<Void> restart(Namespace namespace, String group, Set<TopicName> topics, StartPosition start,
                                         ShareSettings settings) {
        Subscription found = find(namespace, group);
        if (found == null) {
            return findOrCreate(nameOf(namespace, group), settings).thenCompose(made -> bindAll(made, topics, start));
        }
        if (!isOwn(found) || !topics.equals(topicsOf(found))) {
            return CompletableFuture.failedFuture(new InvalidRequestException(
                "a group can be reset with all its topics only, and if its subscription is no other protocol's"));
        }
        // As they are now: a subscription that is deleted has none.
        List<Binding> bindings = found.bindings();
        return found.stats().thenCompose(stats -> {
            if (stats.consumers() > 0) {
                throw new GroupNotEmptyException("the group's subscription has consumers");
            }
            return subscriptions.delete(found.name());
        }).thenCompose(deleted -> subscriptions.create(found.name(), found.config(), bindings, start)).thenApply(made -> null);
    }

    private static CompletionStage<Void> bindAll(Subscription subscription, Set<TopicName> topics, StartPosition start) {
        return CompletableFuture.allOf(topics.stream().map(topic -> subscription.bind(allOf(topic), start).toCompletableFuture())
            .toArray(CompletableFuture[]::new));
    }

    private static Set<TopicName> topicsOf(Subscription subscription) {
        return subscription.bindings().stream().map(Binding::topic).collect(Collectors.toCollection(HashSet::new));
    }
}
