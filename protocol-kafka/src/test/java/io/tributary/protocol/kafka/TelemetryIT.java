package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsResponseData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.GetTelemetrySubscriptionsResponse;
import org.apache.kafka.common.requests.PushTelemetryResponse;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.MetricsData;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients are asked for what they measure, and what they push is in a topic (KIP-714). */
@NullUnmarked // what the clients give in maps is there, or the test fails
@OwnBroker("a topic for telemetry, where Kafka needs a plugin")
class TelemetryIT {
    private static final String TOPIC = "client-metrics";
    private static final int MAX_BYTES = 100_000;
    private static final String TERMINATING = "terminating";
    private static KafkaFixture fixture;
    private static Admin admin;
    private static KafkaConsumer<String, byte[]> reader;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture(KafkaFixture.CONFIG.withTelemetry(new KafkaConfig.Telemetry(TOPIC, MAX_BYTES)));
        admin = fixture.admin();
        fixture.createTopic("work", 1);
        reader = fixture.closing(new KafkaConsumer<>(Map.of("bootstrap.servers", fixture.bootstrap(), "enable.metrics.push", "false",
            "allow.auto.create.topics", "false", "fetch.max.wait.ms", "20"), new StringDeserializer(), new ByteArrayDeserializer()));
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static ConfigResource subscription(String name) {
        return new ConfigResource(ConfigResource.Type.CLIENT_METRICS, name);
    }

    private static void alter(Admin by, String subscription, OpType operation, Map<String, String> configs) {
        Collection<AlterConfigOp> operations = new ArrayList<>();
        configs.forEach((name, value) -> operations.add(new AlterConfigOp(new ConfigEntry(name, value), operation)));
        get(by.incrementalAlterConfigs(Map.of(subscription(subscription), operations)).all());
    }

    private static void subscribe(String name, Map<String, String> configs) {
        alter(admin, name, OpType.SET, configs);
    }

    private static Config describe(Admin by, String subscription) {
        return get(by.describeConfigs(List.of(subscription(subscription))).all()).get(subscription(subscription));
    }

    private static Collection<ConfigResource> subscriptions(Admin by) {
        return get(by.listConfigResources(Set.of(ConfigResource.Type.CLIENT_METRICS), new ListConfigResourcesOptions()).all());
    }

    /** All pushes of a client instance, in order. */
    private static List<ConsumerRecord<String, byte[]>> pushes(String instance) {
        List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
        reader.assign(reader.partitionsFor(TOPIC).stream().map(info -> new TopicPartition(info.topic(), info.partition())).toList());
        reader.seekToBeginning(reader.assignment());
        long end = reader.endOffsets(reader.assignment()).values().stream().mapToLong(Long::longValue).sum();
        for (long read = 0; read < end;) {
            for (ConsumerRecord<String, byte[]> record : reader.poll(Duration.ofSeconds(1))) {
                read++;
                if (record.key().equals(instance)) {
                    found.add(record);
                }
            }
        }
        return found;
    }

    private static String header(ConsumerRecord<String, byte[]> push, String name) {
        Header header = push.headers().lastHeader(name);
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    private static List<String> names(ConsumerRecord<String, byte[]> push) throws IOException {
        return MetricsData.parseFrom(push.value()).getResourceMetricsList().stream()
            .flatMap(resource -> resource.getScopeMetricsList().stream()).flatMap(scope -> scope.getMetricsList().stream())
            .map(metric -> metric.getName()).toList();
    }

    @Test
    void whatAProducerAndAConsumerMeasureIsInTheTopic() throws Exception {
        subscribe("all-of-worker", Map.of("metrics", "*", "interval.ms", "200", "match", "client_id=worker-.*"));
        KafkaProducer<String, String> producer = fixture.producer(Map.of("client.id", "worker-p", "compression.type", "lz4"));
        KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("client.id", "worker-c", "group.id", "measured"));
        consumer.subscribe(List.of("work"));
        get(producer.send(new ProducerRecord<>("work", "k", "v")));
        assertThat(KafkaFixture.poll(consumer, 1)).hasSize(1);
        String producerInstance = producer.clientInstanceId(KafkaFixture.PATIENCE).toString();
        String consumerInstance = consumer.clientInstanceId(KafkaFixture.PATIENCE).toString();
        await().atMost(KafkaFixture.PATIENCE).untilAsserted(() -> {
            assertThat(pushes(producerInstance)).isNotEmpty();
            assertThat(pushes(consumerInstance)).isNotEmpty();
        });
        ConsumerRecord<String, byte[]> first = pushes(producerInstance).get(0);
        assertThat(header(first, TERMINATING)).isEqualTo("false");
        assertThat(header(first, "client_id")).isEqualTo("worker-p");
        assertThat(header(first, "client_instance_id")).isEqualTo(producerInstance);
        assertThat(header(first, "client_software_name")).isEqualTo("apache-kafka-java");
        assertThat(header(first, "client_software_version")).isEqualTo("4.4.0");
        assertThat(header(first, "client_source_address")).isEqualTo("127.0.0.1");
        assertThat(header(first, "principal")).isEqualTo("ANONYMOUS");
        assertThat(header(first, "content-type")).isEqualTo("application/x-protobuf");
        assertThat(names(first)).contains("org.apache.kafka.producer.record.send.total");
        assertThat(names(pushes(consumerInstance).get(0))).anyMatch(name -> name.startsWith("org.apache.kafka.consumer."));
        assertThatThrownBy(() -> fixture.producer(Map.of("enable.metrics.push", "false")).clientInstanceId(Duration.ofSeconds(1)))
            .isInstanceOf(IllegalStateException.class);
    }

    /** What one client tells and is told, without a client. */
    private record Wire(RawKafka connection) {
        GetTelemetrySubscriptionsResponseData ask(Uuid instance) throws IOException {
            return connection.ask(GetTelemetrySubscriptionsResponse.class, ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS, 0,
                new GetTelemetrySubscriptionsRequestData().setClientInstanceId(instance)).data();
        }

        Errors push(GetTelemetrySubscriptionsResponseData told, CompressionType compression, byte[] payload, boolean last)
                throws IOException {
            return push(new PushTelemetryRequestData().setClientInstanceId(told.clientInstanceId())
                .setSubscriptionId(told.subscriptionId()).setCompressionType(compression.id).setMetrics(ByteBuffer.wrap(payload))
                .setTerminating(last));
        }

        Errors push(PushTelemetryRequestData request) throws IOException {
            return Errors.forCode(connection.ask(PushTelemetryResponse.class, ApiKeys.PUSH_TELEMETRY, 0, request).data().errorCode());
        }
    }

    private static byte[] compress(CompressionType type, byte[] payload) throws IOException {
        ByteBufferOutputStream out = new ByteBufferOutputStream(512);
        try (var stream = Compression.of(type).build().wrapForOutput(out, RecordBatch.CURRENT_MAGIC_VALUE)) {
            stream.write(payload);
        }
        ByteBuffer buffer = out.buffer();
        buffer.flip();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aPushIsKeptUnpackedWhateverItsCompression(CompressionType type) throws IOException {
        try (RawKafka connection = new RawKafka(fixture.port())) {
            Wire wire = new Wire(connection);
            GetTelemetrySubscriptionsResponseData told = wire.ask(Uuid.ZERO_UUID);
            byte[] payload = "not looked into".repeat(100).getBytes(StandardCharsets.UTF_8);
            byte[] sent = type == CompressionType.NONE ? payload : compress(type, payload);
            assertThat(wire.push(told, type, sent, false)).isEqualTo(Errors.NONE);
            assertThat(pushes(told.clientInstanceId().toString())).singleElement()
                .satisfies(push -> assertThat(push.value()).isEqualTo(payload));
        }
    }

    @Test
    void aClientIsToldWhatToPushHowOftenAndHowMuch() throws IOException {
        subscribe("for-raw-1", Map.of("metrics", "org.apache.kafka.producer.", "interval.ms", "7000", "match", "client_id=raw"));
        subscribe("for-raw-2", Map.of("metrics", "org.apache.kafka.consumer.", "interval.ms", "9000"));
        try (RawKafka connection = new RawKafka(fixture.port())) {
            GetTelemetrySubscriptionsResponseData told = new Wire(connection).ask(Uuid.ZERO_UUID);
            assertThat(Errors.forCode(told.errorCode())).isEqualTo(Errors.NONE);
            assertThat(told.clientInstanceId()).isNotEqualTo(Uuid.ZERO_UUID);
            assertThat(told.requestedMetrics()).contains("org.apache.kafka.producer.", "org.apache.kafka.consumer.");
            assertThat(told.pushIntervalMs()).isEqualTo(7000);
            assertThat(told.telemetryMaxBytes()).isEqualTo(MAX_BYTES);
            assertThat(told.acceptedCompressionTypes()).hasSize(4);
            assertThat(told.deltaTemporality()).isTrue();
        } finally {
            alter(admin, "for-raw-1", OpType.DELETE, Map.of("metrics", "", "interval.ms", "", "match", ""));
            alter(admin, "for-raw-2", OpType.DELETE, Map.of("metrics", "", "interval.ms", ""));
        }
        assertThat(subscriptions(admin)).doesNotContain(subscription("for-raw-1"), subscription("for-raw-2"));
    }

    @Test
    void aClientThatComesTooSoonOrWithTheWrongSubscriptionIsToldSo() throws IOException {
        try (RawKafka connection = new RawKafka(fixture.port())) {
            Wire wire = new Wire(connection);
            GetTelemetrySubscriptionsResponseData told = wire.ask(Uuid.ZERO_UUID);
            assertThat(Errors.forCode(wire.ask(told.clientInstanceId()).errorCode())).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
            byte[] payload = {1};
            PushTelemetryRequestData wrong = new PushTelemetryRequestData().setClientInstanceId(told.clientInstanceId())
                .setSubscriptionId(told.subscriptionId() + 1).setMetrics(ByteBuffer.wrap(payload));
            assertThat(wire.push(wrong)).isEqualTo(Errors.UNKNOWN_SUBSCRIPTION_ID);
            assertThat(wire.push(told, CompressionType.NONE, payload, false)).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
            assertThat(wire.push(told, CompressionType.NONE, payload, true)).as("the last one may come at once").isEqualTo(Errors.NONE);
            assertThat(wire.push(told, CompressionType.NONE, payload, true)).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(pushes(told.clientInstanceId().toString())).singleElement()
                .satisfies(push -> assertThat(header(push, TERMINATING)).isEqualTo("true"));
            assertThat(wire.push(new PushTelemetryRequestData().setClientInstanceId(Uuid.ZERO_UUID))).isEqualTo(Errors.INVALID_REQUEST);
        }
    }

    private static Errors refusal(byte compression, byte[] payload) throws IOException {
        try (RawKafka connection = new RawKafka(fixture.port())) {
            Wire wire = new Wire(connection);
            GetTelemetrySubscriptionsResponseData told = wire.ask(Uuid.ZERO_UUID);
            Errors error = wire.push(new PushTelemetryRequestData().setClientInstanceId(told.clientInstanceId())
                .setSubscriptionId(told.subscriptionId()).setCompressionType(compression).setMetrics(ByteBuffer.wrap(payload)));
            assertThat(pushes(told.clientInstanceId().toString())).isEmpty();
            return error;
        }
    }

    @Test
    void whatCannotBeTakenIsNotKept() throws IOException {
        byte none = CompressionType.NONE.id;
        assertThat(refusal(none, new byte[MAX_BYTES + 1])).isEqualTo(Errors.TELEMETRY_TOO_LARGE);
        assertThat(refusal((byte) 9, new byte[10])).isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(refusal(CompressionType.GZIP.id, new byte[10])).isEqualTo(Errors.INVALID_RECORD);
        byte[] bomb = compress(CompressionType.ZSTD, new byte[MAX_BYTES + 1]);
        assertThat(bomb.length).isLessThan(1000);
        assertThat(refusal(CompressionType.ZSTD.id, bomb)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(refusal(CompressionType.SNAPPY.id, compress(CompressionType.SNAPPY, new byte[MAX_BYTES + 1])))
            .isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aSnappyChunkThatClaimsTwoGigabytesIsNotUnpacked() throws IOException {
        byte[] claims = compress(CompressionType.SNAPPY, new byte[100]);
        ByteBuffer.wrap(claims).put(20, new byte[] {-1, -1, -1, -1, 7});
        assertThat(refusal(CompressionType.SNAPPY.id, claims)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void subscriptionsOutliveTheBroker() throws IOException {
        try (KafkaFixture own = new KafkaFixture(KafkaFixture.CONFIG.withTelemetry(new KafkaConfig.Telemetry(TOPIC, MAX_BYTES)))) {
            Admin by = own.admin();
            alter(by, "kept", OpType.SET, Map.of("metrics", "org.apache.kafka.", "interval.ms", "12345"));
            own.broker().restart();
            assertThat(subscriptions(by)).containsExactly(subscription("kept"));
            assertThat(describe(by, "kept").get("interval.ms").value()).isEqualTo("12345");
            try (RawKafka connection = new RawKafka(own.port())) {
                assertThat(new Wire(connection).ask(Uuid.ZERO_UUID).requestedMetrics()).containsExactly("org.apache.kafka.");
            }
        }
    }

    @Test
    void withoutATopicNothingIsOffered() {
        try (KafkaFixture own = new KafkaFixture()) {
            ApiVersionsResponse versions = (ApiVersionsResponse) new WireClient(own.port())
                .exchange(ApiKeys.API_VERSIONS, 0, ApiKeys.API_VERSIONS.messageType.newRequest());
            assertThat(versions.data().apiKeys()).extracting(ApiVersion::apiKey)
                .doesNotContain(ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS.id, ApiKeys.PUSH_TELEMETRY.id).contains(ApiKeys.PRODUCE.id);
            Admin by = own.admin();
            assertThatThrownBy(() -> alter(by, "nobody", OpType.SET, Map.of("metrics", "*"))).isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("tributary.kafka.telemetry.topic");
            assertThat(subscriptions(by)).isEmpty();
        }
    }
}
