package io.tributary.protocol.kafka.coordinator;

import io.tributary.core.api.StateTable;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.kafka.share.ShareSettings;
import io.tributary.protocol.kafka.share.ShareSubscriptions;
import io.tributary.protocol.kafka.translate.StoredConfigs;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.jspecify.annotations.Nullable;

/** The configs that clients have given to groups (resource GROUP, KIP-848, KIP-932), kept in a state table. Safe on any thread. */
public final class GroupConfigs {
    /** The state table's name. */
    static final String TABLE = "kafka-group-configs";
    /** Committed records only: the one level there is. */
    private static final String READ_COMMITTED = "read_committed";
    /** What is enforced. Anything else is refused. */
    private static final Set<String> ENFORCED = new TreeSet<>(Set.of(
        GroupConfig.CONSUMER_SESSION_TIMEOUT_MS_CONFIG, GroupConfig.CONSUMER_HEARTBEAT_INTERVAL_MS_CONFIG,
        GroupConfig.STREAMS_SESSION_TIMEOUT_MS_CONFIG, GroupConfig.STREAMS_HEARTBEAT_INTERVAL_MS_CONFIG,
        GroupConfig.STREAMS_NUM_STANDBY_REPLICAS_CONFIG,
        GroupConfig.SHARE_SESSION_TIMEOUT_MS_CONFIG, GroupConfig.SHARE_HEARTBEAT_INTERVAL_MS_CONFIG,
        GroupConfig.SHARE_RECORD_LOCK_DURATION_MS_CONFIG, GroupConfig.SHARE_DELIVERY_COUNT_LIMIT_CONFIG,
        GroupConfig.SHARE_PARTITION_MAX_RECORD_LOCKS_CONFIG, GroupConfig.SHARE_AUTO_OFFSET_RESET_CONFIG,
        GroupConfig.SHARE_ISOLATION_LEVEL_CONFIG, GroupConfig.SHARE_RENEW_ACKNOWLEDGE_ENABLE_CONFIG,
        GroupConfig.ERRORS_DEADLETTERQUEUE_TOPIC_NAME_CONFIG, GroupConfig.ERRORS_DEADLETTERQUEUE_COPY_RECORD_ENABLE_CONFIG));

    private final StateTable table;
    private final Namespace namespace;
    private final String prefix;
    private final GroupCoordinatorConfig groupDefaults;
    private final ShareGroupConfig shareDefaults;
    private final GroupCoordinator coordinator;
    private final ShareSubscriptions subscriptions;

    GroupConfigs(StateTable table, Namespace namespace, GroupCoordinatorConfig groupDefaults, ShareGroupConfig shareDefaults,
                 GroupCoordinator coordinator, ShareSubscriptions subscriptions) {
        this.table = table;
        this.namespace = namespace;
        this.prefix = namespace + "/";
        this.groupDefaults = groupDefaults;
        this.shareDefaults = shareDefaults;
        this.coordinator = coordinator;
        this.subscriptions = subscriptions;
    }

    /** Tells the coordinator what was kept. */
    void load() {
        table.forEach(prefix, (key, value) -> tell(key.substring(prefix.length()), StoredConfigs.decode(value)));
    }

    private void tell(String group, Map<String, String> values) {
        Properties properties = new Properties();
        properties.putAll(values);
        coordinator.updateGroupConfig(group, properties);
    }

    /** The names of groups that have configs. */
    public Set<String> groups() {
        Set<String> groups = new TreeSet<>();
        table.forEach(prefix, (key, value) -> groups.add(key.substring(prefix.length())));
        return groups;
    }

    /** What was set for a group, by name. */
    public Map<String, String> of(String group) {
        byte[] value = table.get(prefix + group);
        return value == null ? Map.of() : StoredConfigs.decode(value);
    }

    /** What holds for a group, as far as it can be set: by name, whether or not it was set. */
    public Map<String, String> inForce(String group) {
        ShareSettings share = shareSettings(group);
        Map<String, String> all = new TreeMap<>();
        all.put(GroupConfig.CONSUMER_SESSION_TIMEOUT_MS_CONFIG, Integer.toString(groupDefaults.consumerGroupSessionTimeoutMs()));
        all.put(GroupConfig.CONSUMER_HEARTBEAT_INTERVAL_MS_CONFIG, Integer.toString(groupDefaults.consumerGroupHeartbeatIntervalMs()));
        all.put(GroupConfig.STREAMS_SESSION_TIMEOUT_MS_CONFIG, Integer.toString(groupDefaults.streamsGroupSessionTimeoutMs()));
        all.put(GroupConfig.STREAMS_HEARTBEAT_INTERVAL_MS_CONFIG, Integer.toString(groupDefaults.streamsGroupHeartbeatIntervalMs()));
        all.put(GroupConfig.STREAMS_NUM_STANDBY_REPLICAS_CONFIG, Integer.toString(groupDefaults.streamsGroupNumStandbyReplicas()));
        all.put(GroupConfig.SHARE_SESSION_TIMEOUT_MS_CONFIG, Integer.toString(groupDefaults.shareGroupSessionTimeoutMs()));
        all.put(GroupConfig.SHARE_HEARTBEAT_INTERVAL_MS_CONFIG, Integer.toString(groupDefaults.shareGroupHeartbeatIntervalMs()));
        all.put(GroupConfig.SHARE_RECORD_LOCK_DURATION_MS_CONFIG, Long.toString(share.lock().toMillis()));
        all.put(GroupConfig.SHARE_DELIVERY_COUNT_LIMIT_CONFIG, Integer.toString(share.deliveryLimit()));
        all.put(GroupConfig.SHARE_PARTITION_MAX_RECORD_LOCKS_CONFIG, Integer.toString(share.maxLocks()));
        all.put(GroupConfig.SHARE_AUTO_OFFSET_RESET_CONFIG, GroupConfig.SHARE_AUTO_OFFSET_RESET_DEFAULT);
        all.put(GroupConfig.SHARE_ISOLATION_LEVEL_CONFIG, READ_COMMITTED);
        all.put(GroupConfig.SHARE_RENEW_ACKNOWLEDGE_ENABLE_CONFIG, Boolean.toString(share.renews()));
        all.put(GroupConfig.ERRORS_DEADLETTERQUEUE_TOPIC_NAME_CONFIG, share.deadLetterTopic());
        all.put(GroupConfig.ERRORS_DEADLETTERQUEUE_COPY_RECORD_ENABLE_CONFIG, "true");
        all.putAll(of(group));
        return all;
    }

    public ShareSettings shareSettings(String group) {
        return ShareSettings.of(coordinator.groupConfig(group), shareDefaults);
    }

    /**
     * Sets and removes. Completes when that is durable and in force.
     *
     * @param changes null to remove
     * @return fails with INVALID_CONFIG, and then changes nothing
     */
    public CompletionStage<Void> change(String group, Map<String, @Nullable String> changes, boolean validateOnly) {
        Map<String, String> values = new TreeMap<>(of(group));
        changes.forEach((name, value) -> {
            if (value == null) {
                values.remove(name);
            } else {
                values.put(name, value);
            }
        });
        try {
            check(values);
            checkPolicy(group, values);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (validateOnly) {
            return CompletableFuture.completedFuture(null);
        }
        CompletionStage<Void> kept =
            values.isEmpty() ? table.delete(prefix + group) : table.put(prefix + group, StoredConfigs.encode(values));
        return kept.thenRun(() -> tell(group, values));
    }

    private void check(Map<String, String> values) {
        for (String name : values.keySet()) {
            if (!ENFORCED.contains(name)) {
                throw new InvalidConfigurationException("groups have no config " + name + " here; there are " + ENFORCED);
            }
        }
        GroupConfig.validate(values, groupDefaults, shareDefaults);
        String deadLetters = values.getOrDefault(GroupConfig.ERRORS_DEADLETTERQUEUE_TOPIC_NAME_CONFIG, "");
        if (!deadLetters.isEmpty() && new TopicName(namespace, deadLetters).isInternal()) {
            throw new InvalidConfigurationException("dead letters do not go to the broker's own topics");
        }
        String copies = values.get(GroupConfig.ERRORS_DEADLETTERQUEUE_COPY_RECORD_ENABLE_CONFIG);
        if (copies != null && !Boolean.parseBoolean(copies)) {
            throw new InvalidConfigurationException("a dead letter has its record's content");
        }
        String isolation = values.get(GroupConfig.SHARE_ISOLATION_LEVEL_CONFIG);
        if (isolation != null && !isolation.equals(READ_COMMITTED)) {
            throw new InvalidConfigurationException("share groups are given what is committed: the isolation level is " + READ_COMMITTED);
        }
    }

    /** What a subscription is made with stays for its life. */
    private void checkPolicy(String group, Map<String, String> values) {
        Map<String, String> before = of(group);
        for (String name : List.of(GroupConfig.SHARE_DELIVERY_COUNT_LIMIT_CONFIG, GroupConfig.ERRORS_DEADLETTERQUEUE_TOPIC_NAME_CONFIG)) {
            if (!Objects.equals(before.get(name), values.get(name)) && subscriptions.find(namespace, group) != null) {
                throw new InvalidConfigurationException(
                    name + " holds from a group's first use on. The group has its subscription already");
            }
        }
    }
}
