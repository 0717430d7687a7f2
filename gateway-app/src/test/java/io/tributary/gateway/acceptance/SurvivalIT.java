package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.MessageProperties;
import io.tributary.gateway.acceptance.client.AmqpClients;
import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.HttpClients;
import io.tributary.gateway.acceptance.client.KafkaClients;
import io.tributary.gateway.acceptance.client.Message;
import io.tributary.gateway.acceptance.client.MessageReader;
import io.tributary.gateway.acceptance.client.MessageWriter;
import io.tributary.gateway.acceptance.client.MqttClients;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What consumers acknowledged and what was declared is there after the process went away, killed or terminated. */
class SurvivalIT {
    private static final int RECORDS = 30;
    private static final int ACKNOWLEDGED = 12;
    private static final TopicPartition PARTITION = new TopicPartition("readings", 0);

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "killed: {0}")
    @ValueSource(booleans = {true, false})
    void stateSurvives(boolean killed) throws Exception {
        Endpoints at = FreePorts.endpoints();
        Path data = directory.resolve("data");
        ServerProcess server = ServerProcess.start(data, at);
        try {
            commitSome(at);
            declareAndAcknowledgeSome(at);
            leaveRetainedAndSession(at);
            pullSome(at);
            if (killed) {
                server.kill();
            } else {
                assertThat(server.terminate(Duration.ofSeconds(30))).isZero();
            }
            server = ServerProcess.start(data, at);
            committedOffsetIsKept(at);
            queueHoldsWhatWasNotAcknowledged(at, killed);
            bindingsRoute(at);
            retainedAndSessionAreKept(at);
            pulledIsDeliveredAgain(at);
        } finally {
            server.close();
        }
    }

    private static void commitSome(Endpoints at) throws Exception {
        KafkaClients.createTopic(at, PARTITION.topic(), 1);
        try (MessageWriter writer = KafkaClients.writer(at, PARTITION.topic());
             KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(at, "group")) {
            writer.write(numbers("k", RECORDS));
            consumer.assign(List.of(PARTITION));
            consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(ACKNOWLEDGED, "noted")));
        }
    }

    private static void committedOffsetIsKept(Endpoints at) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(at, "group")) {
            OffsetAndMetadata committed = Objects.requireNonNull(consumer.committed(Set.of(PARTITION)).get(PARTITION));
            assertThat(committed.offset()).isEqualTo(ACKNOWLEDGED);
            assertThat(committed.metadata()).isEqualTo("noted");
            consumer.subscribe(List.of(PARTITION.topic()));
            List<String> rest = new ArrayList<>();
            long deadline = System.nanoTime() + MessageReader.PATIENCE_MS * 1_000_000;
            while (rest.size() < RECORDS - ACKNOWLEDGED && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    rest.add(new String(record.value(), StandardCharsets.UTF_8));
                }
            }
            assertThat(rest).containsExactlyElementsOf(texts(ACKNOWLEDGED, RECORDS));
        }
    }

    private static void declareAndAcknowledgeSome(Endpoints at) throws Exception {
        try (Connection connection = AmqpClients.connect(at)) {
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            channel.exchangeDeclare("jobs-exchange", BuiltinExchangeType.DIRECT, true);
            channel.queueDeclare("jobs", true, false, false, null);
            channel.queueBind("jobs", "jobs-exchange", "work");
            for (Message each : numbers("work", RECORDS)) {
                channel.basicPublish("jobs-exchange", "work", MessageProperties.PERSISTENT_BASIC, each.body());
            }
            channel.waitForConfirmsOrDie(MessageReader.PATIENCE_MS);
            channel.basicQos(RECORDS);
            BlockingQueue<Delivery> arrived = AmqpClients.consume(channel, "jobs");
            for (int i = 0; i < ACKNOWLEDGED; i++) {
                channel.basicAck(next(arrived).getEnvelope().getDeliveryTag(), false);
            }
        }
    }

    private static void queueHoldsWhatWasNotAcknowledged(Endpoints at, boolean killed) throws Exception {
        try (Connection connection = AmqpClients.connect(at)) {
            Channel channel = connection.createChannel();
            channel.queueDeclarePassive("jobs");
            BlockingQueue<Delivery> arrived = AmqpClients.consume(channel, "jobs");
            List<String> again = new ArrayList<>();
            List<String> unacknowledged = texts(ACKNOWLEDGED, RECORDS);
            while (!again.containsAll(unacknowledged)) {
                Delivery delivery = next(arrived);
                String text = new String(delivery.getBody(), StandardCharsets.UTF_8);
                again.add(text);
                assertThat(delivery.getEnvelope().isRedeliver()).as("%s was delivered before the restart", text).isTrue();
                channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
            }
            // The acknowledgements of the last flush may be lost with the process, none otherwise; order holds.
            List<String> all = texts(0, RECORDS);
            assertThat(again).isSubsetOf(all).doesNotHaveDuplicates();
            assertThat(again).isSortedAccordingTo(Comparator.comparingInt(all::indexOf));
            if (!killed) {
                assertThat(again).containsExactlyElementsOf(unacknowledged);
            }
        }
    }

    private static void bindingsRoute(Endpoints at) throws Exception {
        try (Connection connection = AmqpClients.connect(at)) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclarePassive("jobs-exchange");
            BlockingQueue<Delivery> arrived = AmqpClients.consume(channel, "jobs");
            channel.basicPublish("jobs-exchange", "elsewhere", MessageProperties.PERSISTENT_BASIC, bytes("not routed"));
            channel.basicPublish("jobs-exchange", "work", MessageProperties.PERSISTENT_BASIC, bytes("routed"));
            Delivery delivery = next(arrived);
            assertThat(new String(delivery.getBody(), StandardCharsets.UTF_8)).isEqualTo("routed");
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
    }

    private static void leaveRetainedAndSession(Endpoints at) {
        Mqtt5BlockingClient sleeper = MqttClients.client5(at, "sleeper");
        sleeper.connectWith().cleanStart(true).sessionExpiryInterval(3600).send();
        sleeper.subscribeWith().topicFilter("news/+").qos(MqttQos.AT_LEAST_ONCE).send();
        sleeper.disconnect();
        Mqtt5BlockingClient writer = MqttClients.client5(at, "writer");
        writer.connect();
        writer.publishWith().topic("state/door").qos(MqttQos.AT_LEAST_ONCE).retain(true).payload(bytes("open")).send();
        writer.publishWith().topic("state/gone").qos(MqttQos.AT_LEAST_ONCE).retain(true).payload(bytes("x")).send();
        writer.publishWith().topic("state/gone").qos(MqttQos.AT_LEAST_ONCE).retain(true).payload(new byte[0]).send();
        numbers("local", RECORDS).forEach(each ->
            writer.publishWith().topic("news/local").qos(MqttQos.AT_LEAST_ONCE).payload(each.body()).send());
        writer.disconnect();
    }

    private static void retainedAndSessionAreKept(Endpoints at) throws InterruptedException {
        Mqtt5BlockingClient sleeper = MqttClients.client5(at, "sleeper");
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = sleeper.publishes(MqttGlobalPublishFilter.ALL)) {
            Mqtt5ConnAck answer = sleeper.connectWith().cleanStart(false).sessionExpiryInterval(0).send();
            assertThat(answer.isSessionPresent()).isTrue();
            List<String> missed = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) {
                missed.add(receive(publishes));
            }
            assertThat(missed).containsExactlyElementsOf(texts(0, RECORDS));
            sleeper.subscribeWith().topicFilter("state/#").qos(MqttQos.AT_LEAST_ONCE).send();
            assertThat(receive(publishes)).isEqualTo("open");
            assertThat(publishes.receive(500, TimeUnit.MILLISECONDS)).as("the deleted retained message").isEmpty();
        }
        sleeper.disconnect();
    }

    private static void pullSome(Endpoints at) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpClients.ok(client, HttpClients.json(at, "PUT", "/v1/subscriptions/pulled",
            "{\"topic\":\"readings\",\"start\":\"earliest\",\"durable\":true}"));
        assertThat(pull(client, at)).isEqualTo(texts(0, RECORDS));
    }

    private static void pulledIsDeliveredAgain(Endpoints at) throws Exception {
        assertThat(pull(HttpClient.newHttpClient(), at)).isEqualTo(texts(0, RECORDS));
    }

    /** Takes all records without acknowledging any. */
    private static List<String> pull(HttpClient client, Endpoints at) throws Exception {
        List<String> texts = new ArrayList<>();
        long deadline = System.nanoTime() + MessageReader.PATIENCE_MS * 1_000_000;
        while (texts.size() < RECORDS && System.nanoTime() < deadline) {
            String answer = HttpClients.ok(client, HttpClients.json(at, "POST", "/v1/subscriptions/pulled/pull",
                "{\"max\":" + RECORDS + ",\"wait\":\"5s\",\"ackDeadline\":\"600s\"}"));
            for (JsonNode each : HttpClients.JSON.readTree(answer).get("messages")) {
                texts.add(each.get("value").asString());
            }
        }
        return texts;
    }

    private static Delivery next(BlockingQueue<Delivery> arrived) throws InterruptedException {
        Delivery delivery = arrived.poll(MessageReader.PATIENCE_MS, TimeUnit.MILLISECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return Objects.requireNonNull(delivery);
    }

    private static String receive(Mqtt5BlockingClient.Mqtt5Publishes publishes) throws InterruptedException {
        Optional<Mqtt5Publish> publish = publishes.receive(MessageReader.PATIENCE_MS, TimeUnit.MILLISECONDS);
        return publish.map(each -> new String(each.getPayloadAsBytes(), StandardCharsets.UTF_8)).orElse("nothing arrived");
    }

    private static List<Message> numbers(String subject, int count) {
        return texts(0, count).stream().map(text -> Message.text(subject, text)).toList();
    }

    private static List<String> texts(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "number " + i).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
