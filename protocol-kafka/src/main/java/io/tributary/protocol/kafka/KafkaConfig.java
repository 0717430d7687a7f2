package io.tributary.protocol.kafka;

import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.kafka.coordinator.EveryPartitionAssignor;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionSettings;
import io.tributary.protocol.kafka.sasl.SaslSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.jspecify.annotations.Nullable;

/**
 * The limits and settings of the Kafka protocol. The names in parentheses are Kafka's, under which clients see them.
 *
 * @param maxRequestBytes        a Produce request (socket.request.max.bytes); a larger one closes the connection
 * @param maxControlRequestBytes any other request; a larger one closes the connection
 * @param maxInFlightRequests    of one connection; with more in flight it is not read
 * @param maxInFlightBytes       the requests in flight of one connection; with more it is not read
 * @param fetchMaxBytes          records in one Fetch response (fetch.max.bytes), unless its first batch is larger
 * @param fetchSessions          of all clients (max.incremental.fetch.session.cache.slots); without one a client fetches in full
 * @param autoCreateTopics       whether Metadata may make topics (auto.create.topics.enable); the core must allow it too
 * @param stallTimeout           a request that has begun, and the first of a connection, must go on within this time
 * @param maxIdle                a connection without requests is closed after this time (connections.max.idle.ms)
 * @param drainTimeout           how long a stop waits for requests in flight
 * @param groups                 of the group coordinator
 * @param transactions           of the transaction coordinator
 * @param security               how clients say who they are
 * @param telemetry              what clients measure of themselves
 */
public record KafkaConfig(int maxRequestBytes, int maxControlRequestBytes, int maxInFlightRequests, int maxInFlightBytes,
                          int fetchMaxBytes, int fetchSessions, boolean autoCreateTopics, Duration stallTimeout, Duration maxIdle,
                          Duration drainTimeout, Groups groups, Transactions transactions, Security security, Telemetry telemetry) {
    /** The defaults, which are Kafka's where Kafka has them. */
    public static final KafkaConfig DEFAULT = new KafkaConfig(100 << 20, 16 << 20, 64, 32 << 20, 55 << 20, 1000, true,
        Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofSeconds(3), Groups.DEFAULT, Transactions.DEFAULT, Security.DEFAULT,
        Telemetry.OFF);

    /**
     * The settings of the group coordinator.
     *
     * @param offsetsPartitions     of the topic of committed offsets when it is made (offsets.topic.num.partitions)
     * @param threads               that run groups (group.coordinator.threads)
     * @param initialRebalanceDelay how long a new classic group waits for more members (group.initial.rebalance.delay.ms)
     * @param minSessionTimeout     of classic members (group.min.session.timeout.ms)
     * @param maxSessionTimeout     of classic members (group.max.session.timeout.ms)
     * @param maxSize               members of a classic group (group.max.size)
     * @param offsetsRetention      how long offsets of an empty group are kept; whole minutes (offsets.retention.minutes)
     * @param maxMetadataBytes      of an offset's metadata text (offset.metadata.max.bytes)
     * @param consumers             of groups of the new protocol (KIP-848)
     * @param streams               of streams groups
     * @param shares                of share groups
     */
    public record Groups(int offsetsPartitions, int threads, Duration initialRebalanceDelay, Duration minSessionTimeout,
                         Duration maxSessionTimeout, int maxSize, Duration offsetsRetention, int maxMetadataBytes, Membership consumers,
                         Streams streams, Shares shares) {
        public static final Groups DEFAULT = new Groups(50, Math.min(4, Runtime.getRuntime().availableProcessors()), Duration.ZERO,
            Duration.ofSeconds(6), Duration.ofMinutes(30), 100_000, Duration.ofDays(7), 4096);

        public Groups {
            Check.require(offsetsPartitions > 0 && threads > 0 && maxSize > 0 && maxMetadataBytes >= 0, "group settings must be positive");
            Check.require(!initialRebalanceDelay.isNegative() && offsetsRetention.toMinutes() > 0, "group times must be positive");
            Check.require(minSessionTimeout.compareTo(maxSessionTimeout) <= 0, "the shortest session timeout is over the longest");
        }

        /** With the defaults for the other kinds of groups, and as many members in one of the new protocol. */
        public Groups(int offsetsPartitions, int threads, Duration initialRebalanceDelay, Duration minSessionTimeout,
                      Duration maxSessionTimeout, int maxSize, Duration offsetsRetention, int maxMetadataBytes) {
            this(offsetsPartitions, threads, initialRebalanceDelay, minSessionTimeout, maxSessionTimeout, maxSize, offsetsRetention,
                maxMetadataBytes, Membership.DEFAULT.withMaxSize(maxSize), Streams.DEFAULT, Shares.DEFAULT);
        }

        public Groups withShares(Shares value) {
            return new Groups(offsetsPartitions, threads, initialRebalanceDelay, minSessionTimeout, maxSessionTimeout, maxSize,
                offsetsRetention, maxMetadataBytes, consumers, streams, value);
        }

        /** Fails with IllegalArgumentException for what Kafka's coordinator would not start with. */
        private void check() {
            try {
                Map<String, String> names = toKafkaNames();
                GroupCoordinatorConfig.fromProps(names);
                ShareGroupConfig.fromProps(names);
            } catch (ConfigException | IllegalArgumentException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }

        /** By Kafka's names. */
        Map<String, String> toKafkaNames() {
            Map<String, String> names = new TreeMap<>(shares.toKafkaNames());
            names.putAll(consumers.toKafkaNames("group.consumer."));
            names.putAll(streams.toKafkaNames());
            names.put("offsets.topic.num.partitions", Integer.toString(offsetsPartitions));
            names.put("group.coordinator.threads", Integer.toString(threads));
            names.put("group.initial.rebalance.delay.ms", Long.toString(initialRebalanceDelay.toMillis()));
            names.put("group.min.session.timeout.ms", Long.toString(minSessionTimeout.toMillis()));
            names.put("group.max.session.timeout.ms", Long.toString(maxSessionTimeout.toMillis()));
            names.put("group.max.size", Integer.toString(maxSize));
            names.put("offsets.retention.minutes", Long.toString(offsetsRetention.toMinutes()));
            names.put("offset.metadata.max.bytes", Integer.toString(maxMetadataBytes));
            return names;
        }
    }

    /**
     * When the members of a kind of group count as gone, and how many there may be. What a group's own configs say must be within the
     * bounds. The names are Kafka's behind {@code group.consumer.} or {@code group.streams.}.
     *
     * @param session      without a heartbeat (session.timeout.ms); from minSession to maxSession
     * @param heartbeat    how far heartbeats are apart (heartbeat.interval.ms); less than session, from minHeartbeat to maxHeartbeat
     * @param minSession   the shortest session of a group (min.session.timeout.ms)
     * @param maxSession   the longest (max.session.timeout.ms)
     * @param minHeartbeat the shortest interval of a group (min.heartbeat.interval.ms)
     * @param maxHeartbeat the longest (max.heartbeat.interval.ms)
     * @param maxSize      members of a group (max.size)
     */
    public record Membership(Duration session, Duration heartbeat, Duration minSession, Duration maxSession, Duration minHeartbeat,
                             Duration maxHeartbeat, int maxSize) {
        public static final Membership DEFAULT = new Membership(Duration.ofSeconds(45), Duration.ofSeconds(5), Duration.ofSeconds(45),
            Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofSeconds(15), 100_000);

        public Membership withMaxSize(int value) {
            return new Membership(session, heartbeat, minSession, maxSession, minHeartbeat, maxHeartbeat, value);
        }

        /** By Kafka's names. */
        Map<String, String> toKafkaNames(String prefix) {
            Map<String, String> names = new TreeMap<>();
            names.put(prefix + "session.timeout.ms", Long.toString(session.toMillis()));
            names.put(prefix + "heartbeat.interval.ms", Long.toString(heartbeat.toMillis()));
            names.put(prefix + "min.session.timeout.ms", Long.toString(minSession.toMillis()));
            names.put(prefix + "max.session.timeout.ms", Long.toString(maxSession.toMillis()));
            names.put(prefix + "min.heartbeat.interval.ms", Long.toString(minHeartbeat.toMillis()));
            names.put(prefix + "max.heartbeat.interval.ms", Long.toString(maxHeartbeat.toMillis()));
            names.put(prefix + "max.size", Integer.toString(maxSize));
            return names;
        }
    }

    /**
     * The settings of streams groups (KIP-1071).
     *
     * @param initialRebalanceDelay how long a new group waits for more members (group.streams.initial.rebalance.delay.ms)
     * @param standbyReplicas       of a task, unless the group says otherwise (group.streams.num.standby.replicas)
     * @param maxStandbyReplicas    that a group may ask for (group.streams.max.standby.replicas)
     */
    public record Streams(Membership members, Duration initialRebalanceDelay, int standbyReplicas, int maxStandbyReplicas) {
        public static final Streams DEFAULT = new Streams(Membership.DEFAULT, Duration.ofSeconds(3), 0, 2);

        /** By Kafka's names. */
        Map<String, String> toKafkaNames() {
            Map<String, String> names = new TreeMap<>(members.toKafkaNames("group.streams."));
            names.put("group.streams.initial.rebalance.delay.ms", Long.toString(initialRebalanceDelay.toMillis()));
            names.put("group.streams.num.standby.replicas", Integer.toString(standbyReplicas));
            names.put("group.streams.max.standby.replicas", Integer.toString(maxStandbyReplicas));
            return names;
        }
    }

    /**
     * The settings of the transaction coordinator.
     *
     * @param statePartitions of the topic of transactions when it is made (transaction.state.log.num.partitions)
     * @param maxTimeout      the longest transaction.timeout.ms that a producer may have (transaction.max.timeout.ms)
     * @param timeoutCheck    how often overdue transactions are looked for
     *                        (transaction.abort.timed.out.transaction.cleanup.interval.ms)
     * @param idExpiration    how long an unused transactional id is remembered (transactional.id.expiration.ms)
     * @param expirationCheck how often unused ones are looked for (transaction.remove.expired.transaction.cleanup.interval.ms)
     * @param maxIds          transactional ids of a namespace
     */
    public record Transactions(int statePartitions, Duration maxTimeout, Duration timeoutCheck, Duration idExpiration,
                               Duration expirationCheck, int maxIds) {
        public static final Transactions DEFAULT = new Transactions(50, Duration.ofMinutes(15), Duration.ofSeconds(10), Duration.ofDays(7),
            Duration.ofHours(1), 1_000_000);

        public Transactions {
            Check.require(statePartitions > 0 && maxIds > 0, "transaction settings must be positive");
            Check.require(Check.isPositive(maxTimeout) && Check.isPositive(timeoutCheck) && Check.isPositive(idExpiration)
                && Check.isPositive(expirationCheck), "transaction times must be positive");
            Check.require(maxTimeout.toMillis() < Integer.MAX_VALUE, "a transaction's time is a number of 31 bits");
        }

        TransactionSettings toSettings() {
            return new TransactionSettings(statePartitions, maxTimeout, timeoutCheck, idExpiration, expirationCheck, maxIds);
        }

        /** By Kafka's names. */
        Map<String, String> toKafkaNames() {
            Map<String, String> names = new TreeMap<>();
            names.put("transaction.state.log.num.partitions", Integer.toString(statePartitions));
            names.put("transaction.max.timeout.ms", Long.toString(maxTimeout.toMillis()));
            names.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", Long.toString(timeoutCheck.toMillis()));
            names.put("transactional.id.expiration.ms", Long.toString(idExpiration.toMillis()));
            names.put("transaction.remove.expired.transaction.cleanup.interval.ms", Long.toString(expirationCheck.toMillis()));
            return names;
        }
    }

    /**
     * The settings of share groups (KIP-932).
     *
     * @param lock          how long a member has a record (group.share.record.lock.duration.ms)
     * @param heartbeat     how often members tell that they live (group.share.heartbeat.interval.ms)
     * @param deliveryLimit after as many deliveries a record that comes back ends (group.share.delivery.count.limit); 2 to 10
     * @param maxLocks      records that one member may have (group.share.partition.max.record.locks); 100 to 4000
     * @param maxSize       members of a group (group.share.max.size); 1 to 1000
     * @param maxSessions   of all connections together (group.share.max.share.sessions); maxSize or more
     */
    public record Shares(Duration lock, Duration heartbeat, int deliveryLimit, int maxLocks, int maxSize, int maxSessions) {
        /** What a group may ask for, unless the broker's own setting is beyond. */
        private static final Duration SHORTEST_LOCK = Duration.ofSeconds(15);
        private static final Duration LONGEST_LOCK = Duration.ofSeconds(60);
        public static final Shares DEFAULT = new Shares(Duration.ofSeconds(30), Duration.ofSeconds(5), 5, 2000, 200, 2000);

        public Shares {
            Check.require(lock.toMillis() >= 1000 && lock.compareTo(Duration.ofHours(1)) <= 0, "a record's lock takes a second to an hour");
            Check.require(heartbeat.toMillis() > 0, "heartbeats are some time apart");
            Check.require(deliveryLimit >= 2 && deliveryLimit <= 10, "records of share groups are delivered 2 to 10 times at most");
            Check.require(maxLocks >= 100 && maxLocks <= 4000, "a member of a share group has 100 to 4000 records at most");
            Check.require(maxSize > 0 && maxSize <= 1000, "a share group has 1 to 1000 members at most");
            Check.require(maxSessions >= maxSize, "there are fewer share sessions than one group may have members");
        }

        /** By Kafka's names. */
        Map<String, String> toKafkaNames() {
            Map<String, String> names = new TreeMap<>();
            names.put("group.share.record.lock.duration.ms", Long.toString(lock.toMillis()));
            names.put("group.share.min.record.lock.duration.ms", Long.toString(Math.min(SHORTEST_LOCK.toMillis(), lock.toMillis())));
            names.put("group.share.max.record.lock.duration.ms", Long.toString(Math.max(LONGEST_LOCK.toMillis(), lock.toMillis())));
            names.put("group.share.heartbeat.interval.ms", Long.toString(heartbeat.toMillis()));
            names.put("group.share.min.heartbeat.interval.ms", Long.toString(heartbeat.toMillis()));
            names.put("group.share.delivery.count.limit", Integer.toString(deliveryLimit));
            names.put("group.share.partition.max.record.locks", Integer.toString(maxLocks));
            names.put("group.share.max.size", Integer.toString(maxSize));
            names.put("group.share.max.share.sessions", Integer.toString(maxSessions));
            names.put("group.share.assignors", EveryPartitionAssignor.class.getName());
            return names;
        }
    }

    /**
     * How clients say who they are.
     *
     * @param mechanisms     of SASL (sasl.enabled.mechanisms)
     * @param maxSession     after which a client that logged in must do so again; zero for never (connections.max.reauth.ms)
     * @param failureDelay   how late a failed login is told (connection.failed.authentication.delay.ms)
     * @param maxTokenBytes  of a request while the client is not known (sasl.server.max.receive.size)
     * @param principalRules how a name is made of a certificate's (ssl.principal.mapping.rules)
     */
    public record Security(List<String> mechanisms, Duration maxSession, Duration failureDelay, int maxTokenBytes, String principalRules) {
        public static final List<String> MECHANISMS = List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER");
        public static final Security DEFAULT = new Security(MECHANISMS, Duration.ZERO, Duration.ofMillis(100), 512 << 10, "DEFAULT");

        public Security {
            mechanisms = List.copyOf(mechanisms);
            Check.require(MECHANISMS.containsAll(mechanisms), "the mechanisms are " + MECHANISMS);
            Check.require(!maxSession.isNegative() && !failureDelay.isNegative() && maxTokenBytes > 0, "login settings must be positive");
            SslPrincipalMapper.fromRules(principalRules);
        }

        SaslSettings toSettings() {
            return new SaslSettings(mechanisms, maxSession, failureDelay, maxTokenBytes);
        }

        /** By Kafka's names. */
        Map<String, String> toKafkaNames() {
            return Map.of("sasl.enabled.mechanisms", String.join(",", mechanisms),
                "connections.max.reauth.ms", Long.toString(maxSession.toMillis()),
                "connection.failed.authentication.delay.ms", Long.toString(failureDelay.toMillis()),
                "sasl.server.max.receive.size", Integer.toString(maxTokenBytes),
                "ssl.principal.mapping.rules", principalRules);
        }
    }

    /**
     * What clients measure of themselves and push (KIP-714).
     *
     * @param topic    that keeps it, in each namespace; null for no telemetry, and then its APIs are not advertised
     * @param maxBytes of a push, packed and unpacked (telemetry.max.bytes); at most 8 MiB
     */
    public record Telemetry(@Nullable String topic, int maxBytes) {
        public static final Telemetry OFF = new Telemetry(null, 1 << 20);

        public Telemetry {
            Check.require(maxBytes > 0 && maxBytes <= 8 << 20, "a push has 1 byte to 8 MiB at most");
            Check.require(topic == null || !new TopicName(Namespace.DEFAULT, topic).isInternal(),
                "the names of topics that begin with __ are kept for the broker");
        }
    }

    /** Refuses values out of bounds with IllegalArgumentException. */
    public KafkaConfig {
        Check.require(maxRequestBytes > 0 && maxControlRequestBytes > 0 && fetchMaxBytes > 0, "size limits must be positive");
        Check.require(maxInFlightRequests > 0 && maxInFlightBytes > 0, "in-flight limits must be positive");
        Check.require(fetchSessions >= 0, "the number of fetch sessions must not be negative");
        Check.require(!stallTimeout.isNegative() && !stallTimeout.isZero() && !maxIdle.isNegative() && !maxIdle.isZero()
            && !drainTimeout.isNegative(), "timeouts must be positive");
        groups.check();
    }

    public KafkaConfig withMaxRequestBytes(int value) {
        return new KafkaConfig(value, maxControlRequestBytes, maxInFlightRequests, maxInFlightBytes, fetchMaxBytes, fetchSessions,
            autoCreateTopics, stallTimeout, maxIdle, drainTimeout, groups, transactions, security, telemetry);
    }

    public KafkaConfig withMaxInFlightRequests(int value) {
        return new KafkaConfig(maxRequestBytes, maxControlRequestBytes, value, maxInFlightBytes, fetchMaxBytes, fetchSessions,
            autoCreateTopics, stallTimeout, maxIdle, drainTimeout, groups, transactions, security, telemetry);
    }

    public KafkaConfig withFetches(int maxBytes, int sessions) {
        return new KafkaConfig(maxRequestBytes, maxControlRequestBytes, maxInFlightRequests, maxInFlightBytes, maxBytes, sessions,
            autoCreateTopics, stallTimeout, maxIdle, drainTimeout, groups, transactions, security, telemetry);
    }

    public KafkaConfig withTimeouts(Duration stall, Duration idle) {
        return new KafkaConfig(maxRequestBytes, maxControlRequestBytes, maxInFlightRequests, maxInFlightBytes, fetchMaxBytes,
            fetchSessions, autoCreateTopics, stall, idle, drainTimeout, groups, transactions, security, telemetry);
    }

    public KafkaConfig withAutoCreateTopics(boolean value) {
        return new KafkaConfig(maxRequestBytes, maxControlRequestBytes, maxInFlightRequests, maxInFlightBytes, fetchMaxBytes,
            fetchSessions, value, stallTimeout, maxIdle, drainTimeout, groups, transactions, security, telemetry);
    }

    public KafkaConfig withGroups(Groups value) {
        return new KafkaConfig(maxRequestBytes, maxControlRequestBytes, maxInFlightRequests, maxInFlightBytes, fetchMaxBytes,
            fetchSessions, autoCreateTopics, stallTimeout, maxIdle, drainTimeout, value, transactions, security, telemetry);
    }

    public KafkaConfig withTransactions(Transactions value) {
        return new KafkaConfig(maxRequestBytes, maxControlRequestBytes, maxInFlightRequests, maxInFlightBytes, fetchMaxBytes,
            fetchSessions, autoCreateTopics, stallTimeout, maxIdle, drainTimeout, groups, value, security, telemetry);
    }

    public KafkaConfig withSecurity(Security value) {
        return new KafkaConfig(maxRequestBytes, maxControlRequestBytes, maxInFlightRequests, maxInFlightBytes, fetchMaxBytes,
            fetchSessions, autoCreateTopics, stallTimeout, maxIdle, drainTimeout, groups, transactions, value, telemetry);
    }

    public KafkaConfig withTelemetry(Telemetry value) {
        return new KafkaConfig(maxRequestBytes, maxControlRequestBytes, maxInFlightRequests, maxInFlightBytes, fetchMaxBytes,
            fetchSessions, autoCreateTopics, stallTimeout, maxIdle, drainTimeout, groups, transactions, security, value);
    }

    /** All settings that have a name in Kafka, by that name. */
    Map<String, String> toKafkaNames() {
        Map<String, String> names = new TreeMap<>(groups.toKafkaNames());
        names.putAll(security.toKafkaNames());
        names.putAll(transactions.toKafkaNames());
        names.put("telemetry.max.bytes", Integer.toString(telemetry.maxBytes()));
        names.put("socket.request.max.bytes", Integer.toString(maxRequestBytes));
        names.put("fetch.max.bytes", Integer.toString(fetchMaxBytes));
        names.put("max.incremental.fetch.session.cache.slots", Integer.toString(fetchSessions));
        names.put("auto.create.topics.enable", Boolean.toString(autoCreateTopics));
        names.put("connections.max.idle.ms", Long.toString(maxIdle.toMillis()));
        names.put("default.replication.factor", "1");
        names.put("offsets.topic.replication.factor", "1");
        names.put("transaction.state.log.replication.factor", "1");
        names.put("transaction.state.log.min.isr", "1");
        names.put("delete.topic.enable", "true");
        return names;
    }

    /** Apart, because the settings within are also used before this class is: its defaults are made of theirs. */
    private static final class Check {
        static boolean isPositive(Duration duration) {
            return !duration.isNegative() && !duration.isZero();
        }

        static void require(boolean holds, String message) {
            if (!holds) {
                throw new IllegalArgumentException(message);
            }
        }
    }
}
