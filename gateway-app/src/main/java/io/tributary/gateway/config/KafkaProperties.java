package io.tributary.gateway.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Everything under {@code tributary.kafka}: ports, who comes in by them, limits, and what the coordinators go by. What one setting means
 * for another is checked where {@code KafkaConfig} is made of them.
 *
 * @param enabled               whether any port is opened
 * @param port                  0 for any free one; not opened if there are listeners
 * @param listeners             ports in its place
 * @param saslMechanisms        that clients may log in by; null for all that there is something for
 * @param maxSession            after which who has logged in must do so again; 0 for never
 * @param principalMappingRules how a name is made of a certificate's, as Kafka's ssl.principal.mapping.rules
 * @param maxRequestSize        of a Produce request; a larger one closes the connection
 * @param maxFetchSize          of the records in one Fetch response, unless its first batch is larger
 * @param fetchSessions         of all clients; 0 for full fetches only
 * @param maxIdle               after which a connection without requests is closed
 * @param groups                all groups, and what concerns classic ones only
 * @param consumerGroups        of the new protocol (KIP-848)
 */
public record KafkaProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("9092") int port,
        @DefaultValue List<ListenerProperties> listeners,
        @Nullable List<String> saslMechanisms,
        @DefaultValue("0") Duration maxSession,
        @DefaultValue("DEFAULT") String principalMappingRules,
        @DefaultValue("100MB") DataSize maxRequestSize,
        @DefaultValue("55MB") DataSize maxFetchSize,
        @DefaultValue("1000") int fetchSessions,
        @DefaultValue("10m") Duration maxIdle,
        @DefaultValue Groups groups,
        @DefaultValue Members consumerGroups,
        @DefaultValue StreamsGroups streamsGroups,
        @DefaultValue ShareGroups shareGroups,
        @DefaultValue Transactions transactions,
        @DefaultValue Telemetry telemetry) {
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration YEARS = Duration.ofDays(3_650);
    private static final int MAX_PARTITIONS = 1_000;
    private static final int MANY = 1_000_000;

    /** Refuses what is out of its bounds. */
    public KafkaProperties {
        TributaryProperties.requirePort("tributary.kafka.port", port);
        ListenerProperties.check("kafka", listeners, true);
        TributaryProperties.require(!maxSession.isNegative(), "tributary.kafka.max-session is " + maxSession + "; it may not be negative");
        Bounds.size("tributary.kafka.max-request-size", maxRequestSize, DataSize.ofKilobytes(1), DataSize.ofMegabytes(1024));
        Bounds.size("tributary.kafka.max-fetch-size", maxFetchSize, DataSize.ofKilobytes(1), DataSize.ofMegabytes(1024));
        Bounds.number("tributary.kafka.fetch-sessions", fetchSessions, 0, MANY);
        Bounds.time("tributary.kafka.max-idle", maxIdle, SECOND, DAY);
        consumerGroups.check("tributary.kafka.consumer-groups.");
        streamsGroups.members().check("tributary.kafka.streams-groups.");
    }

    /**
     * Groups of all kinds.
     *
     * @param offsetsPartitions     of the topic of committed offsets, when it is made
     * @param threads               that run groups; 0 for one a processor, four at most
     * @param initialRebalanceDelay how long a new classic group waits for more members
     * @param minSessionTimeout     the shortest that a classic member may ask for
     * @param maxSessionTimeout     the longest
     * @param maxSize               members of a classic group
     * @param offsetsRetention      how long the offsets of an empty group are kept
     * @param maxMetadataSize       of the text that is committed with an offset
     */
    public record Groups(@DefaultValue("50") int offsetsPartitions, @DefaultValue("0") int threads,
                         @DefaultValue("0s") Duration initialRebalanceDelay, @DefaultValue("6s") Duration minSessionTimeout,
                         @DefaultValue("30m") Duration maxSessionTimeout, @DefaultValue("100000") int maxSize,
                         @DefaultValue("7d") Duration offsetsRetention, @DefaultValue("4KB") DataSize maxMetadataSize) {
        private static final int MAX_THREADS = 64;
        private static final int DEFAULT_THREADS = 4;

        public Groups {
            Bounds.number("tributary.kafka.groups.offsets-partitions", offsetsPartitions, 1, MAX_PARTITIONS);
            Bounds.number("tributary.kafka.groups.threads", threads, 0, MAX_THREADS);
            Bounds.time("tributary.kafka.groups.initial-rebalance-delay", initialRebalanceDelay, Duration.ZERO, HOUR);
            Bounds.time("tributary.kafka.groups.min-session-timeout", minSessionTimeout, MILLISECOND, DAY);
            Bounds.time("tributary.kafka.groups.max-session-timeout", maxSessionTimeout, minSessionTimeout, DAY);
            Bounds.number("tributary.kafka.groups.max-size", maxSize, 1, MANY);
            Bounds.time("tributary.kafka.groups.offsets-retention", offsetsRetention, Duration.ofMinutes(1), YEARS);
            Bounds.size("tributary.kafka.groups.max-metadata-size", maxMetadataSize, DataSize.ofBytes(0), DataSize.ofMegabytes(1));
            if (threads == 0) {
                threads = Math.min(DEFAULT_THREADS, Runtime.getRuntime().availableProcessors());
            }
        }
    }

    /**
     * When members count as gone, and how many there may be. A group's own configs must be within the bounds.
     *
     * @param sessionTimeout    without a heartbeat
     * @param heartbeatInterval what members are told
     * @param minSessionTimeout the shortest that a group may have
     * @param maxSessionTimeout the longest
     * @param minHeartbeat      the shortest interval that a group may have
     * @param maxHeartbeat      the longest
     * @param maxSize           members of a group
     */
    public record Members(@DefaultValue("45s") Duration sessionTimeout, @DefaultValue("5s") Duration heartbeatInterval,
                          @DefaultValue("45s") Duration minSessionTimeout, @DefaultValue("60s") Duration maxSessionTimeout,
                          @DefaultValue("5s") Duration minHeartbeat, @DefaultValue("15s") Duration maxHeartbeat,
                          @DefaultValue("100000") int maxSize) {
        void check(String prefix) {
            Bounds.time(prefix + "min-session-timeout", minSessionTimeout, MILLISECOND, DAY);
            Bounds.time(prefix + "max-session-timeout", maxSessionTimeout, minSessionTimeout, DAY);
            Bounds.time(prefix + "session-timeout", sessionTimeout, minSessionTimeout, maxSessionTimeout);
            Bounds.time(prefix + "min-heartbeat", minHeartbeat, MILLISECOND, DAY);
            Bounds.time(prefix + "max-heartbeat", maxHeartbeat, minHeartbeat, DAY);
            Bounds.time(prefix + "heartbeat-interval", heartbeatInterval, minHeartbeat, maxHeartbeat);
            Bounds.number(prefix + "max-size", maxSize, 1, MANY);
        }
    }

    /**
     * Streams groups (KIP-1071); the first seven as in {@link Members}.
     *
     * @param initialRebalanceDelay how long a new group waits for more members
     * @param standbyReplicas       of a task, unless the group says otherwise
     * @param maxStandbyReplicas    that a group may ask for
     */
    public record StreamsGroups(@DefaultValue("45s") Duration sessionTimeout, @DefaultValue("5s") Duration heartbeatInterval,
                                @DefaultValue("45s") Duration minSessionTimeout, @DefaultValue("60s") Duration maxSessionTimeout,
                                @DefaultValue("5s") Duration minHeartbeat, @DefaultValue("15s") Duration maxHeartbeat,
                                @DefaultValue("100000") int maxSize, @DefaultValue("3s") Duration initialRebalanceDelay,
                                @DefaultValue("0") int standbyReplicas, @DefaultValue("2") int maxStandbyReplicas) {
        private static final int MOST = 100;

        public StreamsGroups {
            Bounds.time("tributary.kafka.streams-groups.initial-rebalance-delay", initialRebalanceDelay, Duration.ZERO, HOUR);
            Bounds.number("tributary.kafka.streams-groups.max-standby-replicas", maxStandbyReplicas, 0, MOST);
            Bounds.number("tributary.kafka.streams-groups.standby-replicas", standbyReplicas, 0, maxStandbyReplicas);
        }

        public Members members() {
            return new Members(sessionTimeout, heartbeatInterval, minSessionTimeout, maxSessionTimeout, minHeartbeat, maxHeartbeat,
                maxSize);
        }
    }

    /**
     * Share groups (KIP-932).
     *
     * @param lock              how long a member has a record
     * @param heartbeatInterval what members are told
     * @param deliveryLimit     after as many deliveries a record that comes back ends
     * @param maxLocks          records that one member may have
     * @param maxSize           members of a group
     * @param maxSessions       of all connections together
     */
    public record ShareGroups(@DefaultValue("30s") Duration lock, @DefaultValue("5s") Duration heartbeatInterval,
                              @DefaultValue("5") int deliveryLimit, @DefaultValue("2000") int maxLocks,
                              @DefaultValue("200") int maxSize, @DefaultValue("2000") int maxSessions) {
        private static final int MOST_DELIVERIES = 10;
        private static final int FEWEST_LOCKS = 100;
        private static final int MOST_LOCKS = 4_000;
        private static final int MOST_MEMBERS = 1_000;

        public ShareGroups {
            Bounds.time("tributary.kafka.share-groups.lock", lock, SECOND, HOUR);
            Bounds.time("tributary.kafka.share-groups.heartbeat-interval", heartbeatInterval, MILLISECOND, Duration.ofSeconds(15));
            Bounds.number("tributary.kafka.share-groups.delivery-limit", deliveryLimit, 2, MOST_DELIVERIES);
            Bounds.number("tributary.kafka.share-groups.max-locks", maxLocks, FEWEST_LOCKS, MOST_LOCKS);
            Bounds.number("tributary.kafka.share-groups.max-size", maxSize, 1, MOST_MEMBERS);
            Bounds.number("tributary.kafka.share-groups.max-sessions", maxSessions, maxSize, MANY);
        }
    }

    /**
     * Transactions.
     *
     * @param statePartitions of the topic of their state, when it is made
     * @param maxTimeout      the longest that a producer may ask for
     * @param timeoutCheck    how often overdue ones are looked for
     * @param idExpiration    how long an unused transactional id is remembered
     * @param expirationCheck how often unused ones are looked for
     * @param maxIds          transactional ids of a namespace
     */
    public record Transactions(@DefaultValue("50") int statePartitions, @DefaultValue("15m") Duration maxTimeout,
                               @DefaultValue("10s") Duration timeoutCheck, @DefaultValue("7d") Duration idExpiration,
                               @DefaultValue("1h") Duration expirationCheck, @DefaultValue("1000000") int maxIds) {
        private static final int MOST_IDS = 100_000_000;

        public Transactions {
            Bounds.number("tributary.kafka.transactions.state-partitions", statePartitions, 1, MAX_PARTITIONS);
            Bounds.time("tributary.kafka.transactions.max-timeout", maxTimeout, MILLISECOND, Duration.ofDays(20));
            Bounds.time("tributary.kafka.transactions.timeout-check", timeoutCheck, MILLISECOND, DAY);
            Bounds.time("tributary.kafka.transactions.id-expiration", idExpiration, SECOND, YEARS);
            Bounds.time("tributary.kafka.transactions.expiration-check", expirationCheck, MILLISECOND, DAY);
            Bounds.number("tributary.kafka.transactions.max-ids", maxIds, 1, MOST_IDS);
        }
    }

    /**
     * What clients measure of themselves.
     *
     * @param topic       that keeps it, in each namespace; null for none, and then clients are told that nobody takes it
     * @param maxPushSize of a push, packed and unpacked
     */
    public record Telemetry(@Nullable String topic, @DefaultValue("1MB") DataSize maxPushSize) {
        public Telemetry {
            TributaryProperties.require(topic == null || topic.matches("[A-Za-z0-9._-]{1,249}") && !topic.startsWith("__"),
                "tributary.kafka.telemetry.topic is '" + topic + "'; it has 1 to 249 of A-Z, a-z, 0-9, ., _ and -, and no __ first");
            Bounds.size("tributary.kafka.telemetry.max-push-size", maxPushSize, DataSize.ofKilobytes(1), DataSize.ofMegabytes(8));
        }
    }
}
