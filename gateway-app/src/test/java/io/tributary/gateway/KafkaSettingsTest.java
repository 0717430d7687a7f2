package io.tributary.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import io.tributary.gateway.config.TributaryProperties;
import io.tributary.protocol.kafka.KafkaConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The settings below {@code tributary.kafka} and {@code tributary.topics}: defaults, values, and what is refused with which words. */
class KafkaSettingsTest {
    private static TributaryProperties properties(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>();
        settings.forEach((key, value) -> all.put("tributary." + key, value));
        return new Binder(new MapConfigurationPropertySource(all)).bindOrCreate("tributary", Bindable.of(TributaryProperties.class));
    }

    private static KafkaConfig config(Map<String, String> settings) {
        return KafkaSettings.of(properties(settings));
    }

    @Test
    void withoutSettingsTheDefaultsHold() {
        KafkaConfig.Security noKeys = new KafkaConfig.Security(List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
            KafkaConfig.Security.DEFAULT.maxSession(), KafkaConfig.Security.DEFAULT.failureDelay(),
            KafkaConfig.Security.DEFAULT.maxTokenBytes(), KafkaConfig.Security.DEFAULT.principalRules());
        assertThat(config(Map.of())).isEqualTo(KafkaConfig.DEFAULT.withSecurity(noKeys));
        assertThat(properties(Map.of()).topics().defaults()).isEqualTo(TopicConfig.ofPartitions(1));
    }

    @Test
    void limitsAreTaken() {
        KafkaConfig config = config(Map.of("kafka.max-request-size", "2MB", "kafka.max-fetch-size", "3MB", "kafka.fetch-sessions", "7",
            "kafka.max-idle", "90s"));
        assertThat(config.maxRequestBytes()).isEqualTo(2 << 20);
        assertThat(config.fetchMaxBytes()).isEqualTo(3 << 20);
        assertThat(config.fetchSessions()).isEqualTo(7);
        assertThat(config.maxIdle()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void whatTheGroupCoordinatorGoesByIsTaken() {
        KafkaConfig.Groups groups = config(Map.of("kafka.groups.offsets-partitions", "3", "kafka.groups.threads", "2",
            "kafka.groups.initial-rebalance-delay", "1s", "kafka.groups.min-session-timeout", "2s",
            "kafka.groups.max-session-timeout", "3m", "kafka.groups.max-size", "4", "kafka.groups.offsets-retention", "5d",
            "kafka.groups.max-metadata-size", "6KB")).groups();
        assertThat(groups).isEqualTo(new KafkaConfig.Groups(3, 2, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofMinutes(3), 4,
            Duration.ofDays(5), 6 << 10, KafkaConfig.Membership.DEFAULT, KafkaConfig.Streams.DEFAULT, KafkaConfig.Shares.DEFAULT));
    }

    @Test
    void whatTheOtherKindsOfGroupsGoByIsTaken() {
        KafkaConfig.Groups groups = config(Map.of("kafka.consumer-groups.session-timeout", "10s",
            "kafka.consumer-groups.min-session-timeout", "5s", "kafka.consumer-groups.heartbeat-interval", "1s",
            "kafka.consumer-groups.min-heartbeat", "500ms", "kafka.streams-groups.max-size", "8",
            "kafka.streams-groups.standby-replicas", "1", "kafka.share-groups.lock", "40s", "kafka.share-groups.delivery-limit", "9"))
            .groups();
        assertThat(groups.consumers()).isEqualTo(new KafkaConfig.Membership(Duration.ofSeconds(10), Duration.ofSeconds(1),
            Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofMillis(500), Duration.ofSeconds(15), 100_000));
        assertThat(groups.streams().members().maxSize()).isEqualTo(8);
        assertThat(groups.streams().standbyReplicas()).isEqualTo(1);
        assertThat(groups.shares().lock()).isEqualTo(Duration.ofSeconds(40));
        assertThat(groups.shares().deliveryLimit()).isEqualTo(9);
    }

    @Test
    void whatTransactionsGoByIsTaken() {
        assertThat(config(Map.of("kafka.transactions.state-partitions", "2", "kafka.transactions.max-timeout", "1m",
            "kafka.transactions.timeout-check", "1s", "kafka.transactions.id-expiration", "1d",
            "kafka.transactions.expiration-check", "10m", "kafka.transactions.max-ids", "10")).transactions())
            .isEqualTo(new KafkaConfig.Transactions(2, Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofDays(1),
                Duration.ofMinutes(10), 10));
    }

    @Test
    void theTopicOfTelemetryIsTaken() {
        assertThat(config(Map.of("kafka.telemetry.topic", "metrics", "kafka.telemetry.max-push-size", "64KB")).telemetry())
            .isEqualTo(new KafkaConfig.Telemetry("metrics", 64 << 10));
    }

    @Test
    void whatTopicsAreMadeWithIsTaken() {
        TopicConfig topics = properties(Map.of("topics.partitions", "3", "topics.retention", "-1", "topics.retention-size", "1GB",
            "topics.segment-size", "1MB", "topics.segment-age", "2h", "topics.max-batch-size", "10KB")).topics().defaults();
        assertThat(topics).isEqualTo(TopicConfig.ofPartitions(3).withRetention(new Retention(Retention.Kind.TIME_AND_SIZE, -1, 1L << 30))
            .withSegmentBytes(1 << 20).withSegmentMs(2 * 60 * 60 * 1000).withMaxBatchBytes(10 << 10));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "kafka.groups.max-size                    | 0      | it may be 1 to 1000000",
        "kafka.groups.max-session-timeout         | 1s     | it may be 6s to 1d",
        "kafka.groups.offsets-retention           | 59s    | it may be 60s to 3650d",
        "kafka.groups.max-metadata-size           | 2MB    | it may be 0MB to 1MB",
        "kafka.consumer-groups.session-timeout    | 61s    | it may be 45s to 60s",
        "kafka.consumer-groups.heartbeat-interval | 1500ms | is 1500ms; it may be 5s to 15s",
        "kafka.streams-groups.standby-replicas    | 3      | it may be 0 to 2",
        "kafka.share-groups.delivery-limit        | 11     | it may be 2 to 10",
        "kafka.share-groups.max-sessions          | 199    | it may be 200 to 1000000",
        "kafka.transactions.max-timeout           | 21d    | it may be 1ms to 20d",
        "kafka.fetch-sessions                     | -1     | it may be 0 to 1000000",
        "kafka.max-request-size                   | 2GB    | it may be 1KB to 1024MB",
        "kafka.telemetry.topic                    | __own  | is '__own'; it has 1 to 249 of A-Z, a-z, 0-9, ., _ and -, and no __ first",
        "topics.retention                         | -2     | it may be 1ms to 36500d",
        "topics.segment-size                      | 1KB    | it may be 16KB to 1024MB"})
    void aValueOutOfItsBoundsIsRefusedInOneLine(String key, String value, String bounds) {
        Throwable failure = catchThrowable(() -> config(Map.of(key, value)));
        assertThat(StartFailure.describe(failure)).startsWith("tributary." + key + " is ").endsWith(bounds);
    }

    @Test
    void heartbeatsThatAreNotMoreOftenThanSessionsEndAreRefused() {
        Throwable failure = catchThrowable(() -> config(Map.of("kafka.consumer-groups.session-timeout", "10s",
            "kafka.consumer-groups.min-session-timeout", "5s", "kafka.consumer-groups.heartbeat-interval", "12s")));
        assertThat(Objects.requireNonNull(StartFailure.describe(failure)))
            .contains("tributary.kafka contradict each other", "group.consumer.heartbeat.interval.ms");
    }
}
