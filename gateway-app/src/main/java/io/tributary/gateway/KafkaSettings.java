package io.tributary.gateway;

import io.tributary.gateway.config.ConfigurationException;
import io.tributary.gateway.config.KafkaProperties;
import io.tributary.gateway.config.TributaryProperties;
import io.tributary.protocol.kafka.KafkaConfig;
import java.util.List;

/** The settings of Kafka's protocol as it takes them. */
final class KafkaSettings {
    private static final String OAUTHBEARER = "OAUTHBEARER";

    private KafkaSettings() {
    }

    /** Fails with ConfigurationException where settings contradict each other. */
    static KafkaConfig of(TributaryProperties properties) {
        KafkaProperties kafka = properties.kafka();
        KafkaConfig.Security security = security(properties);
        try {
            return KafkaConfig.DEFAULT.withAutoCreateTopics(properties.topics().autoCreate())
                .withSecurity(security)
                .withMaxRequestBytes((int) Math.min(Integer.MAX_VALUE, kafka.maxRequestSize().toBytes()))
                .withFetches((int) Math.min(Integer.MAX_VALUE, kafka.maxFetchSize().toBytes()), kafka.fetchSessions())
                .withTimeouts(KafkaConfig.DEFAULT.stallTimeout(), kafka.maxIdle())
                .withGroups(groups(kafka))
                .withTransactions(transactions(kafka.transactions()))
                .withTelemetry(new KafkaConfig.Telemetry(kafka.telemetry().topic(), (int) kafka.telemetry().maxPushSize().toBytes()));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("the settings below tributary.kafka contradict each other: " + e.getMessage(), e);
        }
    }

    private static KafkaConfig.Security security(TributaryProperties properties) {
        KafkaConfig.Security defaults = KafkaConfig.Security.DEFAULT;
        List<String> mechanisms = properties.kafka().saslMechanisms();
        if (mechanisms == null) {
            mechanisms = defaults.mechanisms().stream()
                .filter(each -> properties.security().oauth().isOn() || !each.equals(OAUTHBEARER)).toList();
        }
        try {
            return new KafkaConfig.Security(mechanisms, properties.kafka().maxSession(), defaults.failureDelay(),
                defaults.maxTokenBytes(), properties.kafka().principalMappingRules());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("tributary.kafka.sasl-mechanisms or principal-mapping-rules: " + e.getMessage(), e);
        }
    }

    private static KafkaConfig.Groups groups(KafkaProperties kafka) {
        KafkaProperties.Groups groups = kafka.groups();
        KafkaProperties.StreamsGroups streams = kafka.streamsGroups();
        KafkaProperties.ShareGroups shares = kafka.shareGroups();
        return new KafkaConfig.Groups(groups.offsetsPartitions(), groups.threads(), groups.initialRebalanceDelay(),
            groups.minSessionTimeout(), groups.maxSessionTimeout(), groups.maxSize(), groups.offsetsRetention(),
            (int) groups.maxMetadataSize().toBytes(), members(kafka.consumerGroups()),
            new KafkaConfig.Streams(members(streams.members()), streams.initialRebalanceDelay(), streams.standbyReplicas(),
                streams.maxStandbyReplicas()),
            new KafkaConfig.Shares(shares.lock(), shares.heartbeatInterval(), shares.deliveryLimit(), shares.maxLocks(), shares.maxSize(),
                shares.maxSessions()));
    }

    private static KafkaConfig.Membership members(KafkaProperties.Members members) {
        return new KafkaConfig.Membership(members.sessionTimeout(), members.heartbeatInterval(), members.minSessionTimeout(),
            members.maxSessionTimeout(), members.minHeartbeat(), members.maxHeartbeat(), members.maxSize());
    }

    private static KafkaConfig.Transactions transactions(KafkaProperties.Transactions transactions) {
        return new KafkaConfig.Transactions(transactions.statePartitions(), transactions.maxTimeout(), transactions.timeoutCheck(),
            transactions.idExpiration(), transactions.expirationCheck(), transactions.maxIds());
    }
}
