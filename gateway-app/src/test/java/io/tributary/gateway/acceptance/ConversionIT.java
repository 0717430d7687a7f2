package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import io.tributary.gateway.acceptance.client.AmqpClients;
import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.HttpClients;
import io.tributary.gateway.acceptance.client.KafkaClients;
import io.tributary.gateway.acceptance.client.Message;
import io.tributary.gateway.acceptance.client.MessageReader;
import io.tributary.gateway.acceptance.client.MessageWriter;
import io.tributary.gateway.acceptance.client.MqttClients;
import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The conversions of docs/conversions.md that the matrix does not reach: names, types, what only one protocol has. */
class ConversionIT {
    private static final byte[] NO_TEXT = {(byte) 0xFF, 0, (byte) 0xC3, 40};

    private static TributaryServer server;
    private static Endpoints at;

    private final String topic = "t" + UUID.randomUUID().toString().substring(0, 8);
    private Connection amqp;
    private Channel channel;
    private Mqtt5BlockingClient mqtt;
    private Mqtt5BlockingClient.Mqtt5Publishes publishes;

    @BeforeAll
    static void start() {
        server = TributaryServer.start();
        at = server.endpoints();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        amqp = AmqpClients.connect(at);
        channel = amqp.createChannel();
        channel.confirmSelect();
        mqtt = MqttClients.client5(at, topic);
        publishes = mqtt.publishes(MqttGlobalPublishFilter.ALL);
        mqtt.connect();
    }

    @AfterEach
    void disconnect() throws Exception {
        mqtt.disconnect();
        amqp.close();
    }

    @Test
    void anMqttMessageReachesQueuesThroughAmqTopicWithDots() throws Exception {
        BlockingQueue<Delivery> arrived = consumeBound("amq.topic", topic + ".*.temp");
        publish(topic + "/7/temp", "21.5");
        publish(topic + "/7/pressure", "1013");
        publish(topic + "/7.5/temp", "22");
        assertThat(next(arrived).getEnvelope().getRoutingKey()).isEqualTo(topic + ".7.temp");
        Delivery dotted = next(arrived);
        assertThat(dotted.getEnvelope().getRoutingKey()).isEqualTo(topic + ".7/5.temp");
        assertThat(dotted.getEnvelope().getExchange()).isEqualTo("amq.topic");
        assertThat(text(dotted.getBody())).isEqualTo("22");
    }

    @Test
    void amqTopicPublishesIntoTheSharedAddressSpace() throws Exception {
        subscribe(topic + "/+/temp");
        try (MessageReader kafka = KafkaClients.reader(at, topic)) {
            channel.basicPublish("amq.topic", topic + ".7.temp", persistent().build(), bytes("21.5"));
            channel.waitForConfirmsOrDie(MessageReader.PATIENCE_MS);
            assertThat(receive().getTopic()).hasToString(topic + "/7/temp");
            assertThat(kafka.read(1)).singleElement().satisfies(each -> {
                assertThat(each.subject()).isEqualTo("7/temp");
                assertThat(each.bodyText()).isEqualTo("21.5");
            });
        }
    }

    @Test
    void aNamedExchangeKeepsTheRoutingKeyAsItIs() throws Exception {
        channel.exchangeDeclare(topic, BuiltinExchangeType.TOPIC, true);
        BlockingQueue<Delivery> arrived = consumeBound(topic, "a.*.c");
        subscribe(topic + "/#");
        channel.basicPublish(topic, "a.b.c", persistent().build(), bytes("1"));
        // Only what is confirmed comes before what another connection publishes.
        channel.waitForConfirmsOrDie(MessageReader.PATIENCE_MS);
        publish(topic + "/a.x.c", "2");
        assertThat(next(arrived).getEnvelope().getRoutingKey()).isEqualTo("a.b.c");
        assertThat(next(arrived).getEnvelope().getRoutingKey()).isEqualTo("a.x.c");
        assertThat(receive().getTopic()).hasToString(topic + "/a.b.c");
        assertThat(receive().getTopic()).hasToString(topic + "/a.x.c");
    }

    @Test
    void exchangesOfEachTypeRouteWhatKafkaWrites() throws Exception {
        channel.exchangeDeclare(topic + "-d", BuiltinExchangeType.DIRECT, true);
        channel.exchangeDeclare(topic + "-f", BuiltinExchangeType.FANOUT, true);
        channel.exchangeDeclare(topic + "-h", BuiltinExchangeType.HEADERS, true);
        BlockingQueue<Delivery> direct = consumeBound(topic + "-d", "yes");
        BlockingQueue<Delivery> fanout = consumeBound(topic + "-f", "ignored");
        String queue = channel.queueDeclare().getQueue();
        channel.queueBind(queue, topic + "-h", "", Map.of("x-match", "any", "site", "north", "floor", "2"));
        BlockingQueue<Delivery> headers = AmqpClients.consume(channel, queue);
        for (String suffix : List.of("-d", "-f", "-h")) {
            try (MessageWriter writer = KafkaClients.writer(at, topic + suffix)) {
                writer.write(List.of(Message.text("no", "first").withMetadata("a/b", "c", Map.of("site", "south")),
                    Message.text("yes", "second").withMetadata("a/b", "c", Map.of("site", "north"))));
            }
        }
        assertThat(text(next(direct).getBody())).isEqualTo("second");
        assertThat(text(next(fanout).getBody())).isEqualTo("first");
        assertThat(text(next(fanout).getBody())).isEqualTo("second");
        assertThat(text(next(headers).getBody())).isEqualTo("second");
    }

    @Test
    void theDefaultExchangeAndTheTopicOfTheQueuesNameAreOne() throws Exception {
        channel.queueDeclare(topic, true, false, false, null);
        subscribe(topic);
        channel.basicPublish("", topic, persistent().build(), bytes("from amqp"));
        channel.waitForConfirmsOrDie(MessageReader.PATIENCE_MS);
        assertThat(text(receive().getPayloadAsBytes())).isEqualTo("from amqp");
        publish(topic, "from mqtt");
        try (MessageWriter http = HttpClients.writer(at, topic)) {
            http.write(List.of(Message.text("with/key", "from http")));
        }
        BlockingQueue<Delivery> arrived = AmqpClients.consume(channel, topic);
        assertThat(text(next(arrived).getBody())).isEqualTo("from amqp");
        assertThat(text(next(arrived).getBody())).isEqualTo("from mqtt");
        assertThat(text(next(arrived).getBody())).isEqualTo("from http");
    }

    @Test
    void aQueueAndAnHttpSubscriptionOfOneNameAreOneSubscription() throws Exception {
        channel.queueDeclare(topic, true, false, false, null);
        channel.basicPublish("", topic, persistent().contentType("text/plain").build(), bytes("one"));
        channel.basicPublish("", topic, persistent().build(), bytes("two"));
        channel.waitForConfirmsOrDie(MessageReader.PATIENCE_MS);
        HttpClient client = HttpClient.newHttpClient();
        JsonNode pulled = HttpClients.JSON.readTree(HttpClients.ok(client, HttpClients.json(at, "POST",
            "/v1/subscriptions/" + topic + "/pull", "{\"max\":1,\"wait\":\"10s\"}"))).get("messages");
        assertThat(pulled.size()).isEqualTo(1);
        assertThat(HttpClients.message(pulled.get(0)).bodyText()).isEqualTo("one");
        HttpClients.ok(client, HttpClients.json(at, "POST", "/v1/subscriptions/" + topic + "/ack",
            "{\"ackIds\":[\"" + pulled.get(0).get("ackId").asString() + "\"]}"));
        GetResponse got = channel.basicGet(topic, true);
        assertThat(got).isNotNull();
        assertThat(text(got.getBody())).isEqualTo("two");
        assertThat(channel.basicGet(topic, true)).isNull();
    }

    @Test
    void namesThatAreNoTopicsAreKept() throws Exception {
        String queue = "orders & invoices/Größe_x41 " + topic;
        channel.queueDeclare(queue, true, false, false, null);
        channel.basicPublish("", queue, persistent().build(), bytes("kept"));
        GetResponse got = awaitGet(queue);
        assertThat(got.getEnvelope().getRoutingKey()).isEqualTo(queue);
        assertThat(got.getEnvelope().getExchange()).isEmpty();
        subscribe("/" + topic + "/#");
        publish("/" + topic + "/a b/c", "leading slash");
        assertThat(receive().getTopic()).hasToString("/" + topic + "/a b/c");
        try (MessageReader kafka = KafkaClients.reader(at, "mqtt")) {
            assertThat(kafka.read(1)).extracting(Message::subject).contains("/" + topic + "/a b/c");
        }
    }

    @Test
    void typedAmqpHeadersAreTextElsewhereAndIntactInAmqp() throws Exception {
        channel.exchangeDeclare(topic, BuiltinExchangeType.FANOUT, true);
        Map<String, Object> typed = new HashMap<>();
        typed.put("int", 7);
        typed.put("long", 1L << 40);
        typed.put("short", (short) 3);
        typed.put("byte", (byte) -4);
        typed.put("double", 2.5);
        typed.put("float", 0.5f);
        typed.put("boolean", true);
        typed.put("decimal", new BigDecimal("12.34"));
        typed.put("date", Date.from(Instant.ofEpochSecond(1_700_000_000L)));
        typed.put("bytes", NO_TEXT);
        typed.put("none", null);
        typed.put("list", List.of(1, true));
        typed.put("table", Map.of("inner", 5));
        BlockingQueue<Delivery> arrived = consumeBound(topic, "");
        subscribe(topic + "/#");
        try (KafkaConsumer<byte[], byte[]> kafka = consumer()) {
            channel.basicPublish(topic, "k", persistent().headers(typed).build(), bytes("x"));
            channel.waitForConfirmsOrDie(MessageReader.PATIENCE_MS);
            Map<String, Object> back = Objects.requireNonNull(next(arrived).getProperties().getHeaders());
            assertThat(back).usingRecursiveComparison().isEqualTo(typed);
            Map<String, @Nullable String> text = textHeaders(one(kafka));
            assertThat(text).contains(entry("int", "7"), entry("long", "1099511627776"), entry("boolean", "true"),
                entry("double", "2.5"));
            assertThat(receive().getUserProperties().asList()).anySatisfy(each -> {
                assertThat(each.getName()).hasToString("int");
                assertThat(each.getValue()).hasToString("7");
            });
        }
    }

    @Test
    void everyAmqpPropertyReturnsIntact() throws Exception {
        channel.exchangeDeclare(topic, BuiltinExchangeType.DIRECT, true);
        BlockingQueue<Delivery> arrived = consumeBound(topic, "k");
        Map<String, Object> own = Map.of("content-type", "not the property", "x", "y");
        Date date = Date.from(Instant.ofEpochSecond(1_700_000_000L));
        AMQP.BasicProperties sent = new AMQP.BasicProperties(
            "text/plain", "gzip", own, 2, 7, "corr", "reply.here", "600000", "id-1", date, "kind", "guest", "app", null);
        channel.basicPublish(topic, "k", sent, bytes("x"));
        AMQP.BasicProperties received = next(arrived).getProperties();
        assertThat(received).usingRecursiveComparison().ignoringFields("headers", "bodySize").isEqualTo(sent);
        Map<String, String> headers = new HashMap<>();
        Objects.requireNonNull(received.getHeaders()).forEach((name, value) -> headers.put(name, value.toString()));
        assertThat(headers).containsExactlyInAnyOrderEntriesOf(Map.of("content-type", "not the property", "x", "y"));
    }

    @Test
    void everyMqttPropertyReturnsIntactAndReachesTheOthers() throws Exception {
        KafkaClients.createTopic(at, topic, 1);
        BlockingQueue<Delivery> queue = consumeBound(topic, "#");
        subscribe(topic + "/#");
        Mqtt5Publish sent = Mqtt5Publish.builder().topic(topic + "/k").qos(MqttQos.AT_LEAST_ONCE).payload(bytes("x"))
            .contentType("text/plain").correlationData(NO_TEXT).responseTopic("answers/here").messageExpiryInterval(600)
            .payloadFormatIndicator(Mqtt5PayloadFormatIndicator.UTF_8)
            .userProperties(Mqtt5UserProperties.builder().add("twice", "1").add("twice", "2").add("priority", "mine").build()).build();
        mqtt.publish(sent);
        Mqtt5Publish received = receive();
        assertThat(received.getContentType()).isEqualTo(sent.getContentType());
        assertThat(received.getCorrelationData()).contains(ByteBuffer.wrap(NO_TEXT));
        assertThat(received.getResponseTopic()).isEqualTo(sent.getResponseTopic());
        assertThat(received.getPayloadFormatIndicator()).isEqualTo(sent.getPayloadFormatIndicator());
        assertThat(received.getMessageExpiryInterval().orElse(0)).isBetween(1L, 600L);
        assertThat(received.getUserProperties()).isEqualTo(sent.getUserProperties());
        AMQP.BasicProperties properties = next(queue).getProperties();
        assertThat(properties.getReplyTo()).isEqualTo("answers/here");
        assertThat(properties.getExpiration()).isEqualTo("600000");
        assertThat(properties.getPriority()).isNull();
        assertThat(String.valueOf(Objects.requireNonNull(properties.getHeaders()).get("twice"))).isEqualTo("[1, 2]");
    }

    @Test
    void keysAndHeadersThatAreNoTextArrive() throws Exception {
        KafkaClients.createTopic(at, topic, 1);
        BlockingQueue<Delivery> queue = consumeBound(topic, "#");
        subscribe(topic + "/#");
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(at, Map.of())) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, NO_TEXT, bytes("x"));
            record.headers().add("raw", NO_TEXT).add("twice", bytes("1")).add("twice", bytes("2"));
            producer.send(record).get(30, TimeUnit.SECONDS);
        }
        Delivery delivery = next(queue);
        Map<String, Object> headers = Objects.requireNonNull(delivery.getProperties().getHeaders());
        assertThat(headers.get("raw")).isEqualTo(NO_TEXT);
        assertThat(String.valueOf(headers.get("twice"))).isEqualTo("[1, 2]");
        Mqtt5Publish publish = receive();
        assertThat(publish.getTopic()).hasToString(topic);
        assertThat(publish.getUserProperties().asList()).extracting(each -> each.getName() + "=" + each.getValue())
            .containsExactly("raw;base64=/wDDKA==", "twice=1", "twice=2");
        String page = HttpClients.ok(HttpClient.newHttpClient(),
            HttpClients.request(at, "/v1/topics/" + topic + "/messages?from=earliest").build());
        JsonNode json = HttpClients.JSON.readTree(page).get("records").get(0).get("headers");
        assertThat(json.get("raw").get("base64").asString()).isEqualTo("/wDDKA==");
        assertThat(json.get("twice").toString()).isEqualTo("[\"1\",\"2\"]");
    }

    @Test
    void aHeaderThatIsNoTextReturnsFromMqttToKafka() throws Exception {
        try (KafkaConsumer<byte[], byte[]> kafka = consumer()) {
            mqtt.publishWith().topic(topic + "/k").qos(MqttQos.AT_LEAST_ONCE)
                .userProperties().add("raw;base64", "/wDDKA==").applyUserProperties().send();
            Header header = one(kafka).headers().lastHeader("raw");
            assertThat(header.value()).isEqualTo(NO_TEXT);
        }
    }

    @Test
    void aTombstoneIsAnEmptyMessage() throws Exception {
        KafkaClients.createTopic(at, topic, 1);
        BlockingQueue<Delivery> queue = consumeBound(topic, "#");
        subscribe(topic + "/#");
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(at, Map.of())) {
            producer.send(new ProducerRecord<>(topic, bytes("k"), null)).get(30, TimeUnit.SECONDS);
        }
        assertThat(next(queue).getBody()).isEmpty();
        assertThat(receive().getPayloadAsBytes()).isEmpty();
    }

    private BlockingQueue<Delivery> consumeBound(String exchange, String routingKey) throws Exception {
        String queue = channel.queueDeclare().getQueue();
        channel.queueBind(queue, exchange, routingKey);
        return AmqpClients.consume(channel, queue);
    }

    private void subscribe(String filter) {
        mqtt.subscribeWith().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE).send();
    }

    private void publish(String path, String body) {
        mqtt.publishWith().topic(path).qos(MqttQos.AT_LEAST_ONCE).payload(bytes(body)).send();
    }

    private Mqtt5Publish receive() throws InterruptedException {
        return publishes.receive(MessageReader.PATIENCE_MS, TimeUnit.MILLISECONDS)
            .orElseThrow(() -> new AssertionError("no MQTT message arrived"));
    }

    private static Delivery next(BlockingQueue<Delivery> arrived) throws InterruptedException {
        Delivery delivery = arrived.poll(MessageReader.PATIENCE_MS, TimeUnit.MILLISECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return Objects.requireNonNull(delivery);
    }

    private GetResponse awaitGet(String queue) throws Exception {
        channel.waitForConfirmsOrDie(MessageReader.PATIENCE_MS);
        GetResponse got = channel.basicGet(queue, true);
        assertThat(got).as("a message in %s", queue).isNotNull();
        return got;
    }

    /** A consumer that reads the topic, which is made by this, from the beginning. */
    private KafkaConsumer<byte[], byte[]> consumer() {
        KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(at, "g-" + topic);
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    private static ConsumerRecord<byte[], byte[]> one(KafkaConsumer<byte[], byte[]> consumer) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long deadline = System.nanoTime() + MessageReader.PATIENCE_MS * 1_000_000;
        while (records.isEmpty() && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
        assertThat(records).hasSize(1);
        return records.get(0);
    }

    private static Map<String, @Nullable String> textHeaders(ConsumerRecord<byte[], byte[]> record) {
        Map<String, @Nullable String> headers = new HashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value() == null ? null : text(header.value()));
        }
        return headers;
    }

    private static AMQP.BasicProperties.Builder persistent() {
        return new AMQP.BasicProperties.Builder().deliveryMode(2);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
