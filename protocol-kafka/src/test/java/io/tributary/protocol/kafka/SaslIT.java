package io.tributary.protocol.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.tributary.core.model.Namespace;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.apache.kafka.common.requests.SaslHandshakeResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in with Kafka's clients, and with what no client sends. */
@NullUnmarked // what the clients give is there, or the test fails
@OwnBroker("users")
class SaslIT {
    private static final byte[] ADMIN = "\0admin\0admin-secret".getBytes(UTF_8);
    private static final byte[] ALICE = "\0alice\0alice-secret".getBytes(UTF_8);
    private static final Duration SESSION = Duration.ofMillis(1500);
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        fixture = KafkaFixture.secured(KafkaFixture.CONFIG);
        for (ScramMechanism mechanism : ScramMechanism.values()) {
            fixture.broker().broker().access().users(Namespace.DEFAULT)
                .put("alice", ScramCredential.ofPassword(mechanism, "alice-secret", ScramMechanism.MIN_ITERATIONS))
                .toCompletableFuture().join();
        }
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    void whoHasThePasswordProducesAndConsumes(String mechanism) {
        String topic = "by-" + mechanism;
        Map<String, Object> login = KafkaFixture.login(mechanism, "admin", "admin-secret");
        try (KafkaProducer<String, String> producer = fixture.producer(login)) {
            KafkaFixture.get(producer.send(new ProducerRecord<>(topic, "k", "v")));
        }
        Map<String, Object> settings = new HashMap<>(login);
        settings.put("group.id", "group-" + mechanism);
        try (KafkaConsumer<String, String> consumer = fixture.consumer(settings)) {
            consumer.subscribe(List.of(topic));
            assertThat(KafkaFixture.poll(consumer, 1)).hasSize(1);
            consumer.commitSync();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    void aStoredUserComesInByEveryMechanism(String mechanism) {
        try (Admin admin = fixture.admin(KafkaFixture.login(mechanism, "alice", "alice-secret"))) {
            assertThat(KafkaFixture.get(admin.describeCluster().nodes())).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    void whoHasNotIsTold(String mechanism) {
        for (String name : List.of("admin", "alice", "nobody")) {
            try (Admin admin = fixture.admin(KafkaFixture.login(mechanism, name, "wrong"))) {
                assertThatExceptionOfType(SaslAuthenticationException.class)
                    .isThrownBy(() -> KafkaFixture.get(admin.describeCluster().nodes()));
            }
        }
    }

    @Test
    void whoDoesNotLogInGetsNothing() throws IOException {
        try (Admin admin = fixture.admin(Map.of("default.api.timeout.ms", "2000", "request.timeout.ms", "1000"))) {
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> KafkaFixture.get(admin.describeCluster().nodes()));
        }
        try (RawKafka raw = new RawKafka(fixture.port())) {
            raw.ask(ApiVersionsResponse.class, ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
            raw.send(new byte[] {0, (byte) ApiKeys.METADATA.id, 0, 1, 0, 0, 0, 1, -1, -1, -1, -1, -1, -1});
            assertThat(raw.ends()).isTrue();
        }
    }

    @Test
    void aMechanismThatIsNotOfferedIsAnsweredWithThoseThatAre() throws IOException {
        try (KafkaFixture plainOnly = KafkaFixture.secured(KafkaFixture.CONFIG.withSecurity(
                new KafkaConfig.Security(List.of("PLAIN"), Duration.ZERO, Duration.ZERO, 1000, "DEFAULT")))) {
            try (Admin admin = plainOnly.admin(KafkaFixture.login("SCRAM-SHA-256", "admin", "admin-secret"))) {
                assertThatExceptionOfType(UnsupportedSaslMechanismException.class)
                    .isThrownBy(() -> KafkaFixture.get(admin.describeCluster().nodes()));
            }
        }
        try (RawKafka raw = new RawKafka(fixture.port())) {
            SaslHandshakeResponse response = handshake(raw, 1, "GSSAPI");
            assertThat(response.error()).isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM);
            assertThat(response.data().mechanisms()).containsExactlyElementsOf(KafkaConfig.Security.MECHANISMS);
            assertThat(raw.ends()).isTrue();
        }
    }

    private static SaslHandshakeResponse handshake(RawKafka raw, int version, String mechanism) throws IOException {
        SaslHandshakeRequestData request = new SaslHandshakeRequestData().setMechanism(mechanism);
        return raw.ask(SaslHandshakeResponse.class, ApiKeys.SASL_HANDSHAKE, version, request);
    }

    private static SaslAuthenticateResponse authenticate(RawKafka raw, byte[] token) throws IOException {
        return raw.ask(SaslAuthenticateResponse.class, ApiKeys.SASL_AUTHENTICATE, 2, new SaslAuthenticateRequestData().setAuthBytes(token));
    }

    private static MetadataResponse metadata(RawKafka raw) throws IOException {
        return raw.ask(MetadataResponse.class, ApiKeys.METADATA, 9, new MetadataRequestData().setTopics(List.of()));
    }

    @Test
    void tokensComeBareAfterAHandshakeOfVersionZero() throws IOException {
        try (RawKafka raw = new RawKafka(fixture.port())) {
            assertThat(handshake(raw, 0, "PLAIN").error()).isEqualTo(Errors.NONE);
            raw.send(ADMIN);
            assertThat(raw.receive()).isEmpty();
            assertThat(metadata(raw).brokers()).hasSize(1);
        }
        try (RawKafka raw = new RawKafka(fixture.port())) {
            handshake(raw, 0, "PLAIN");
            raw.send("\0admin\0wrong".getBytes(UTF_8));
            assertThat(raw.ends()).isTrue();
        }
    }

    @Test
    void sizesOutOfBoundsEndTheConnection() throws IOException {
        for (int size : new int[] {-1, (512 << 10) + 1, Integer.MAX_VALUE}) {
            try (RawKafka raw = new RawKafka(fixture.port())) {
                handshake(raw, 0, "PLAIN");
                raw.sendSize(size);
                assertThat(raw.ends()).isTrue();
            }
        }
        try (RawKafka raw = new RawKafka(fixture.port())) {
            handshake(raw, 1, "PLAIN");
            raw.sendSize((512 << 10) + 1);
            raw.send(new byte[] {0, (byte) ApiKeys.SASL_AUTHENTICATE.id});
            assertThat(raw.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"})
    void bytesThatAreNoTokenAreAFailedLogin(String mechanism) throws IOException {
        for (byte[] token : List.of(new byte[0], new byte[] {0, 0, 0, 0}, "n,,n=a".getBytes(UTF_8), "n,,n=a,r=\0".getBytes(UTF_8),
                "x".repeat(400_000).getBytes(UTF_8), new byte[] {-1, -2, -3})) {
            try (RawKafka raw = new RawKafka(fixture.port())) {
                handshake(raw, 1, mechanism);
                SaslAuthenticateResponse response = authenticate(raw, token);
                assertThat(response.error()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
                assertThat(raw.ends()).isTrue();
            }
        }
    }

    @Test
    void aLoginOutOfOrderIsRefused() throws IOException {
        try (RawKafka raw = new RawKafka(fixture.port())) {
            handshake(raw, 1, "PLAIN");
            assertThat(authenticate(raw, ADMIN).error()).isEqualTo(Errors.NONE);
            assertThat(authenticate(raw, ADMIN).error()).isEqualTo(Errors.ILLEGAL_SASL_STATE);
            assertThat(handshake(raw, 1, "PLAIN").error()).as("no session has an end here").isEqualTo(Errors.ILLEGAL_SASL_STATE);
            assertThat(metadata(raw).brokers()).hasSize(1);
        }
    }

    private static KafkaFixture withShortSessions() {
        return KafkaFixture.secured(KafkaFixture.CONFIG.withSecurity(
            new KafkaConfig.Security(KafkaConfig.Security.MECHANISMS, SESSION, Duration.ZERO, 1000, "DEFAULT")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-512"})
    void aClientLogsInAgainAndGoesOn(String mechanism) {
        try (KafkaFixture strict = withShortSessions();
             KafkaProducer<String, String> producer = strict.producer(KafkaFixture.login(mechanism, "admin", "admin-secret"))) {
            await().atMost(KafkaFixture.PATIENCE).until(() -> {
                KafkaFixture.get(producer.send(new ProducerRecord<>("renewed", "v")));
                return metric(producer, "successful-reauthentication-total") >= 2;
            });
            assertThat(metric(producer, "connection-count")).as("on the connections that it had").isLessThanOrEqualTo(2);
        }
    }

    private static double metric(KafkaProducer<?, ?> producer, String name) {
        return producer.metrics().values().stream().filter(metric -> metric.metricName().name().equals(name))
            .mapToDouble(metric -> (double) metric.metricValue()).sum();
    }

    @Test
    void aSessionEndsWithItsTime() throws IOException {
        try (KafkaFixture strict = withShortSessions(); RawKafka raw = new RawKafka(strict.port())) {
            handshake(raw, 1, "PLAIN");
            SaslAuthenticateResponse response = authenticate(raw, ADMIN);
            assertThat(response.sessionLifetimeMs()).isEqualTo(SESSION.toMillis());
            await().atMost(KafkaFixture.PATIENCE).until(() -> {
                try {
                    metadata(raw);
                    return false;
                } catch (IOException ended) {
                    return true;
                }
            });
        }
    }

    @Test
    void nobodyBecomesSomebodyElse() throws IOException {
        try (KafkaFixture strict = withShortSessions(); RawKafka raw = new RawKafka(strict.port())) {
            strict.broker().broker().access().users(Namespace.DEFAULT)
                .put("alice", ScramCredential.ofPassword(ScramMechanism.SCRAM_SHA_256, "alice-secret", ScramMechanism.MIN_ITERATIONS))
                .toCompletableFuture().join();
            handshake(raw, 1, "PLAIN");
            authenticate(raw, ADMIN);
            assertThat(handshake(raw, 1, "PLAIN").error()).isEqualTo(Errors.NONE);
            SaslAuthenticateResponse response = authenticate(raw, ALICE);
            assertThat(response.error()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
            assertThat(response.errorMessage()).contains("User:admin", "User:alice");
            assertThat(raw.ends()).isTrue();
        }
    }

    @Test
    void anOpenBrokerTakesAnyNameAndNone() {
        try (KafkaFixture open = new KafkaFixture();
             Admin named = open.admin(KafkaFixture.login("PLAIN", "anybody", "anything")); Admin anonymous = open.admin()) {
            assertThat(KafkaFixture.get(named.describeCluster().nodes())).hasSize(1);
            assertThat(KafkaFixture.get(anonymous.describeCluster().nodes())).hasSize(1);
        }
    }
}
