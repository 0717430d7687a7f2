package io.tributary.gateway.acceptance.client;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** HiveMQ's Java client, MQTT 5 and 3.1.1. */
public final class MqttClients {
    private MqttClients() {
    }

    /** A client that is not connected yet and does not reconnect by itself. */
    public static Mqtt5BlockingClient client5(Endpoints at, String clientId) {
        return Mqtt5Client.builder().identifier(clientId).serverHost(at.host()).serverPort(at.mqtt()).buildBlocking();
    }

    /** A client that is not connected yet and does not reconnect by itself. */
    public static Mqtt3BlockingClient client3(Endpoints at, String clientId) {
        return Mqtt3Client.builder().identifier(clientId).serverHost(at.host()).serverPort(at.mqtt()).buildBlocking();
    }

    public static MessageWriter writer5(Endpoints at, String topic) {
        Mqtt5BlockingClient client = client5(at, "w-" + UUID.randomUUID());
        client.connect();
        return new MessageWriter() {
            @Override
            public void write(List<Message> messages) {
                messages.forEach(message -> client.publish(publish(topic, message)));
            }

            @Override
            public void close() {
                client.disconnect();
            }
        };
    }

    /** Writes without metadata, for which 3.1.1 has no place. */
    public static MessageWriter writer3(Endpoints at, String topic) {
        Mqtt3BlockingClient client = client3(at, "w-" + UUID.randomUUID());
        client.connect();
        return new MessageWriter() {
            @Override
            public void write(List<Message> messages) {
                for (Message message : messages) {
                    client.publishWith().topic(path(topic, message.subject())).qos(MqttQos.AT_LEAST_ONCE).payload(message.body()).send();
                }
            }

            @Override
            public void close() {
                client.disconnect();
            }
        };
    }

    public static MessageReader reader5(Endpoints at, String topic) {
        Mqtt5BlockingClient client = client5(at, "r-" + UUID.randomUUID());
        client.connect();
        Mqtt5BlockingClient.Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL);
        client.subscribeWith().topicFilter(topic + "/#").qos(MqttQos.AT_LEAST_ONCE).send();
        return new MessageReader() {
            @Override
            public void poll(List<Message> into, long waitMs) throws InterruptedException {
                Optional<Mqtt5Publish> next = publishes.receive(waitMs, TimeUnit.MILLISECONDS);
                for (; next.isPresent(); next = publishes.receiveNow()) {
                    into.add(message(topic, next.get()));
                }
            }

            @Override
            public void close() {
                publishes.close();
                client.disconnect();
            }
        };
    }

    public static MessageReader reader3(Endpoints at, String topic) {
        Mqtt3BlockingClient client = client3(at, "r-" + UUID.randomUUID());
        client.connect();
        Mqtt3BlockingClient.Mqtt3Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL);
        client.subscribeWith().topicFilter(topic + "/#").qos(MqttQos.AT_LEAST_ONCE).send();
        return new MessageReader() {
            @Override
            public void poll(List<Message> into, long waitMs) throws InterruptedException {
                Optional<Mqtt3Publish> next = publishes.receive(waitMs, TimeUnit.MILLISECONDS);
                for (; next.isPresent(); next = publishes.receiveNow()) {
                    into.add(Message.of(subject(topic, next.get().getTopic().toString()), next.get().getPayloadAsBytes()));
                }
            }

            @Override
            public void close() {
                publishes.close();
                client.disconnect();
            }
        };
    }

    public static Mqtt5Publish publish(String topic, Message message) {
        List<Mqtt5UserProperty> properties = message.headers().entrySet().stream()
            .map(each -> Mqtt5UserProperty.of(each.getKey(), each.getValue())).toList();
        String correlation = message.correlationId();
        return Mqtt5Publish.builder().topic(path(topic, message.subject())).qos(MqttQos.AT_LEAST_ONCE).payload(message.body())
            .contentType(message.contentType())
            .correlationData(correlation == null ? null : correlation.getBytes(StandardCharsets.UTF_8))
            .userProperties(Mqtt5UserProperties.of(properties)).build();
    }

    private static Message message(String topic, Mqtt5Publish publish) {
        Map<String, String> headers = new TreeMap<>();
        publish.getUserProperties().asList().forEach(each -> headers.put(each.getName().toString(), each.getValue().toString()));
        return new Message(subject(topic, publish.getTopic().toString()), publish.getPayloadAsBytes(),
            publish.getContentType().map(Object::toString).orElse(null),
            publish.getCorrelationData().map(MqttClients::text).orElse(null), Metadata.own(headers));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    private static String path(String topic, @Nullable String subject) {
        return subject == null ? topic : topic + "/" + subject;
    }

    private static @Nullable String subject(String topic, String path) {
        return path.equals(topic) ? null : path.substring(topic.length() + 1);
    }
}
