package io.tributary.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterClientQuotasOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Quotas by Kafka's Admin client, and what its producers and consumers notice of them. */
@NullUnmarked // what the clients give is there, or the test fails
class QuotaIT {
    private static final String PAYLOAD = "x".repeat(10_000);
    private static KafkaFixture fixture;
    private static Admin admin;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture();
        admin = fixture.admin();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @AfterEach
    void removeQuotas() {
        Map<ClientQuotaEntity, Map<String, Double>> all = KafkaFixture.get(admin.describeClientQuotas(ClientQuotaFilter.all()).entities());
        all.forEach((entity, quotas) -> quotas.keySet().forEach(key -> alter(entity, key, null)));
    }

    private static ClientQuotaEntity entity(@Nullable String user, boolean withUser, @Nullable String clientId, boolean withClient) {
        Map<String, String> entries = new HashMap<>();
        if (withUser) {
            entries.put(ClientQuotaEntity.USER, user);
        }
        if (withClient) {
            entries.put(ClientQuotaEntity.CLIENT_ID, clientId);
        }
        return new ClientQuotaEntity(entries);
    }

    private static ClientQuotaEntity client(String id) {
        return entity(null, false, id, true);
    }

    private static void alter(ClientQuotaEntity entity, String key, @Nullable Double value) {
        ClientQuotaAlteration.Op change = new ClientQuotaAlteration.Op(key, value);
        KafkaFixture.get(admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, List.of(change)))).all());
        KafkaFixture.seen(() -> assertThat(describe(ClientQuotaFilter.all()).getOrDefault(entity, Map.of()).get(key)).isEqualTo(value));
    }

    private static double metric(Map<?, ? extends Metric> metrics, String name) {
        return metrics.values().stream().filter(metric -> metric.metricName().name().equals(name))
            .mapToDouble(metric -> (double) metric.metricValue()).filter(value -> !Double.isNaN(value)).max().orElse(0);
    }

    private static double produce(String clientId, int records) {
        try (KafkaProducer<String, String> producer = fixture.producer(Map.of("client.id", clientId, "linger.ms", "0",
                "max.in.flight.requests.per.connection", "1"))) {
            for (int i = 0; i < records; i++) {
                KafkaFixture.get(producer.send(new ProducerRecord<>("quota", 0, "k", PAYLOAD)));
            }
            return metric(producer.metrics(), "produce-throttle-time-max");
        }
    }

    @Test
    void aProducerOverItsQuotaWaits() {
        alter(client("slow"), "producer_byte_rate", 20_000.0);
        assertThat(produce("slow", 23)).as("230 kB where 200 kB pass in ten seconds, in ms").isBetween(100.0, 5000.0);
        assertThat(produce("other", 23)).isZero();
    }

    @Test
    void aConsumerOverItsQuotaWaits() {
        produce("filler", 25);
        alter(client("slow-reader"), "consumer_byte_rate", 20_000.0);
        try (KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("client.id", "slow-reader"))) {
            TopicPartition partition = new TopicPartition("quota", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            assertThat(KafkaFixture.poll(consumer, 25)).hasSizeGreaterThanOrEqualTo(25);
            assertThat(metric(consumer.metrics(), "fetch-throttle-time-max")).isBetween(1.0, 15_000.0);
        }
    }

    @Test
    void anyRequestOverTheQuotaOfTimeWaits() {
        alter(client("busy"), "request_percentage", 0.0001);
        double throttled = produce("busy", 2);
        assertThat(throttled).isBetween(1.0, 1000.0);
    }

    @Test
    void quotasAreDescribedByFilter() {
        ClientQuotaEntity both = entity("alice", true, "app", true);
        ClientQuotaEntity users = entity(null, true, null, false);
        ClientQuotaEntity app = client("app");
        alter(both, "producer_byte_rate", 1000.0);
        alter(both, "consumer_byte_rate", 2000.0);
        alter(users, "request_percentage", 12.5);
        alter(app, "consumer_byte_rate", 3000.0);
        assertThat(describe(ClientQuotaFilter.all())).isEqualTo(Map.of(
            both, Map.of("producer_byte_rate", 1000.0, "consumer_byte_rate", 2000.0), users, Map.of("request_percentage", 12.5),
            app, Map.of("consumer_byte_rate", 3000.0)));
        Collection<ClientQuotaFilterComponent> alice = List.of(ClientQuotaFilterComponent.ofEntity("user", "alice"));
        assertThat(describe(ClientQuotaFilter.contains(alice))).containsOnlyKeys(both);
        assertThat(describe(ClientQuotaFilter.containsOnly(alice))).isEmpty();
        assertThat(describe(ClientQuotaFilter.contains(List.of(ClientQuotaFilterComponent.ofDefaultEntity("user")))))
            .containsOnlyKeys(users);
        assertThat(describe(ClientQuotaFilter.contains(List.of(ClientQuotaFilterComponent.ofEntityType("client-id")))))
            .containsOnlyKeys(both, app);
        alter(both, "producer_byte_rate", null);
        assertThat(describe(ClientQuotaFilter.all()).get(both)).containsOnlyKeys("consumer_byte_rate");
    }

    private static Map<ClientQuotaEntity, Map<String, Double>> describe(ClientQuotaFilter filter) {
        return KafkaFixture.get(admin.describeClientQuotas(filter).entities());
    }

    @Test
    void whatIsNoQuotaIsNotKept() {
        assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> alter(client("c"), "nonsense", 1.0));
        for (double value : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1.5}) {
            assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> alter(client("c"), "producer_byte_rate", value));
        }
        KafkaFixture.get(admin.alterClientQuotas(List.of(new ClientQuotaAlteration(client("c"),
            List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1.0)))), new AlterClientQuotasOptions().validateOnly(true)).all());
        assertThat(describe(ClientQuotaFilter.all())).isEmpty();
    }

    @Test
    @DiffersFromKafka("changes of topics by a client have a quota too")
    void changesOfTopicsHaveNoQuota() {
        assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> alter(client("c"), "controller_mutation_rate", 1.0));
    }

    @Test
    @DiffersFromKafka("connections from an address have a quota too")
    void connectionsHaveNoQuota() {
        assertThatExceptionOfType(InvalidRequestException.class)
            .isThrownBy(() -> alter(new ClientQuotaEntity(Map.of("ip", "127.0.0.1")), "connection_creation_rate", 1.0));
    }
}
