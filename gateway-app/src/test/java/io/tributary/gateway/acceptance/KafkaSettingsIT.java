package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigType;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The gateway's settings of Kafka's protocol hold, and clients are shown them under Kafka's names. */
@NullUnmarked // what the clients give in maps is there, or the test fails
class KafkaSettingsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static TributaryServer server;
    private static Endpoints at;

    @BeforeAll
    static void start() {
        server = TributaryServer.start("--tributary.kafka.groups.max-session-timeout=20s", "--tributary.kafka.groups.offsets-partitions=2",
            "--tributary.kafka.consumer-groups.max-session-timeout=2m", "--tributary.kafka.transactions.state-partitions=2",
            "--tributary.kafka.transactions.max-timeout=30s", "--tributary.kafka.max-fetch-size=4MB", "--tributary.kafka.fetch-sessions=17",
            "--tributary.topics.retention=2h", "--tributary.topics.max-batch-size=10KB", "--tributary.topics.partitions=3");
        at = server.endpoints();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Config describe(ConfigResource resource) throws Exception {
        try (Admin admin = KafkaClients.admin(at)) {
            return admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeDocumentation(true)).all()
                .get(30, TimeUnit.SECONDS).get(resource);
        }
    }

    @Test
    void theBrokerShowsThemUnderKafkasNames() throws Exception {
        Config broker = describe(new ConfigResource(ConfigResource.Type.BROKER, "0"));
        Map<String, String> expected = new HashMap<>(Map.of("group.max.session.timeout.ms", "20000", "offsets.topic.num.partitions", "2",
            "group.consumer.max.session.timeout.ms", "120000", "transaction.max.timeout.ms", "30000", "fetch.max.bytes", "4194304",
            "max.incremental.fetch.session.cache.slots", "17", "log.retention.ms", "7200000", "message.max.bytes", "10240",
            "num.partitions", "3", "transaction.state.log.num.partitions", "2"));
        expected.forEach((name, value) -> assertThat(broker.get(name)).as(name).satisfies(entry -> {
            assertThat(entry.value()).isEqualTo(value);
            assertThat(entry.source()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
        }));
        ConfigEntry untouched = broker.get("group.streams.session.timeout.ms");
        assertThat(untouched.value()).isEqualTo("45000");
        assertThat(untouched.source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
        assertThat(untouched.type()).isEqualTo(ConfigType.INT);
        assertThat(untouched.documentation()).isNotEmpty();
    }

    @Test
    void topicsAreMadeWithThem() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(at, Map.of())) {
            producer.send(new ProducerRecord<>("by-use", new byte[100])).get(30, TimeUnit.SECONDS);
            assertThat(producer.partitionsFor("by-use")).hasSize(3);
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("by-use", new byte[20_000])).get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class).hasCauseInstanceOf(RecordTooLargeException.class);
        }
        ConfigEntry retention = describe(new ConfigResource(ConfigResource.Type.TOPIC, "by-use")).get("retention.ms");
        assertThat(retention.value()).isEqualTo("7200000");
        assertThat(retention.isDefault()).isTrue();
    }

    @Test
    void aMemberCannotStayAwayForLonger() throws Exception {
        KafkaClients.createTopic(at, "sessions", 1);
        Map<String, Object> settings = Map.of("bootstrap.servers", at.bootstrap(), "group.id", "patient", "session.timeout.ms", 21_000);
        try (KafkaConsumer<byte[], byte[]> consumer =
                 new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("sessions"));
            assertThatThrownBy(() -> consumer.poll(PATIENCE)).isInstanceOf(InvalidSessionTimeoutException.class);
        }
    }

    @Test
    void aTransactionCannotTakeLonger() {
        try (KafkaProducer<byte[], byte[]> producer =
                 KafkaClients.producer(at, Map.of("transactional.id", "slow", "transaction.timeout.ms", 31_000))) {
            assertThatThrownBy(producer::initTransactions).isInstanceOf(KafkaException.class)
                .hasMessageContaining("transaction.max.timeout.ms");
        }
    }
}
