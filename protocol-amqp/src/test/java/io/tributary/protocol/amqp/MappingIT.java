package io.tributary.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import io.tributary.core.TestBroker;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How AMQP and the broker's topics see each other, what survives, and what is refused. */
class MappingIT {
    private TestBroker broker;
    private int port;
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.start();
        port = broker.serveAlways(() -> new AmqpProtocol(AmqpConfig.DEFAULT));
        connect();
    }

    @AfterEach
    void stop() throws Exception {
        if (connection.isOpen()) {
            connection.abort();
        }
        broker.close();
    }

    private void connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        factory.setAutomaticRecoveryEnabled(false);
        connection = factory.newConnection();
        channel = connection.createChannel();
        channel.confirmSelect();
    }

    @Test
    void storesAPublicationOnceUnderExchangeAndRoutingKey() throws Exception {
        channel.exchangeDeclare("orders", "topic", true);
        channel.queueDeclare("a", true, false, false, null);
        channel.queueDeclare("b", true, false, false, null);
        channel.queueBind("a", "orders", "#");
        channel.queueBind("b", "orders", "eu.*");
        channel.basicPublish("orders", "eu.new", new AMQP.BasicProperties.Builder().deliveryMode(2).contentType("text/plain")
            .headers(Map.of("tenant", "blue")).build(), bytes("m"));
        assertThat(channel.waitForConfirms(20_000)).isTrue();

        List<Record> records = topic("orders").partition(0).readRecords(0, 10, 1 << 20).toCompletableFuture().join();

        assertThat(records).hasSize(1);
        assertThat(records.get(0).subject()).isEqualTo("eu.new");
        assertThat(records.get(0).headers().text("tenant")).isEqualTo("blue");
        assertThat(records.get(0).headers().text("content-type")).isEqualTo("text/plain");
        assertThat(channel.basicGet("a", true)).isNotNull();
        assertThat(channel.basicGet("b", true)).isNotNull();
    }

    @Test
    void deliversWhatOtherProtocolsWroteToTheTopicOfAQueue() throws Exception {
        channel.queueDeclare("events", true, false, false, null);
        publish("events", "k/1", "keyed");
        publish("events", null, "unkeyed");

        GetResponse keyed = channel.basicGet("events", true);
        GetResponse unkeyed = channel.basicGet("events", true);

        assertThat(keyed.getEnvelope().getExchange()).isEqualTo("events");
        assertThat(keyed.getEnvelope().getRoutingKey()).isEqualTo("k/1");
        assertThat(unkeyed.getEnvelope().getExchange()).isEmpty();
        assertThat(unkeyed.getEnvelope().getRoutingKey()).isEqualTo("events");
    }

    @Test
    void showsTheAddressSpaceThroughAmqTopic() throws Exception {
        broker.broker().topics().create(TopicName.of("sensors"), TopicConfig.ofPartitions(1)).toCompletableFuture().join();
        channel.queueDeclare("one", true, false, false, null);
        channel.queueBind("one", "amq.topic", "sensors.*.temp");
        channel.queueDeclare("all", true, false, false, null);
        channel.queueBind("all", "amq.topic", "#.temp");
        publish("sensors", "7/temp", "21");
        channel.basicPublish("amq.topic", "sensors.8.temp", MessageProperties.PERSISTENT_BASIC, bytes("22"));
        assertThat(channel.waitForConfirms(20_000)).isTrue();

        for (String queue : List.of("one", "all")) {
            GetResponse first = channel.basicGet(queue, true);
            assertThat(first.getEnvelope().getExchange()).isEqualTo("amq.topic");
            assertThat(first.getEnvelope().getRoutingKey()).isEqualTo("sensors.7.temp");
            assertThat(channel.basicGet(queue, true).getEnvelope().getRoutingKey()).isEqualTo("sensors.8.temp");
        }
        List<Record> records = topic("sensors").partition(0).readRecords(0, 10, 1 << 20).toCompletableFuture().join();
        assertThat(records).extracting(Record::subject).containsExactly("7/temp", "8/temp");
    }

    @Test
    void adoptsATopicOfAnotherProtocolAndLeavesItWhenTheExchangeIsDeleted() throws Exception {
        broker.broker().topics().create(TopicName.of("kafka"), TopicConfig.ofPartitions(3)).toCompletableFuture().join();
        channel.exchangeDeclarePassive("kafka");
        channel.exchangeDeclare("kafka", "direct", true);
        channel.exchangeDelete("kafka");

        assertThat(topic("kafka").partitions()).hasSize(3);
        assertThat(topic("kafka").config().attributes()).isEmpty();
    }

    @Test
    void takesTheTopicsThatItCreatedAwayAgain() throws Exception {
        channel.exchangeDeclare("x", "fanout", true);
        channel.queueDeclare("q", true, false, false, null);
        String reply = channel.queueDeclare().getQueue();
        assertThat(topic(reply).config().storage()).isEqualTo(TopicConfig.Storage.MEMORY);
        channel.queueDelete("q");
        channel.exchangeDelete("x");
        channel.queueDelete(reply);

        assertThat(broker.broker().topics().find(TopicName.of("q"))).isNull();
        assertThat(broker.broker().topics().find(TopicName.of("x"))).isNull();
        assertThat(broker.broker().topics().find(TopicName.of(reply))).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepsConfirmedMessagesOverARestartAndACrash(boolean crash) throws Exception {
        channel.exchangeDeclare("x", "direct", true);
        channel.exchangeDeclare("gone", "direct", false);
        channel.queueDeclare("kept", true, false, false, null);
        channel.queueDeclare("dropped", false, false, false, null);
        channel.queueBind("kept", "x", "k");
        for (int i = 0; i < 100; i++) {
            channel.basicPublish("x", "k", MessageProperties.PERSISTENT_BASIC, bytes("" + i));
        }
        assertThat(channel.waitForConfirms(30_000)).isTrue();
        if (crash) {
            broker.kill();
        } else {
            broker.restart();
        }
        connect();

        for (int i = 0; i < 100; i++) {
            assertThat(new String(channel.basicGet("kept", true).getBody(), StandardCharsets.UTF_8)).isEqualTo("" + i);
        }
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().queueDeclarePassive("dropped"))).isEqualTo(404);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().exchangeDeclarePassive("gone"))).isEqualTo(404);
        channel.basicPublish("x", "k", MessageProperties.PERSISTENT_BASIC, bytes("after"));
        assertThat(new String(channel.basicGet("kept", true).getBody(), StandardCharsets.UTF_8)).isEqualTo("after");
    }

    @Test
    void takesWhatBelongsToAQueueWithItWhenItExpires() throws Exception {
        channel.exchangeDeclare("fleeting", "direct", true, true, null);
        channel.queueDeclare("idle", true, false, false, Map.of("x-expires", 100));
        channel.queueBind("idle", "fleeting", "k");
        Awaitility.await().until(() -> broker.broker().subscriptions().find(new SubscriptionName(Namespace.DEFAULT, "idle")) == null);
        Awaitility.await().until(() -> broker.broker().topics().find(TopicName.of("idle")) == null
            && broker.broker().topics().find(TopicName.of("fleeting")) == null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-dead-letter-strategy", "x-unheard-of"})
    void refusesQueueArgumentsThatAreNotBuilt(String argument) {
        assertThat(AmqpServer.replyCode(() -> channel.queueDeclare("q", true, false, false, Map.of(argument, 10)))).isEqualTo(540);
        assertThat(broker.broker().subscriptions().find(new SubscriptionName(Namespace.DEFAULT, "q"))).isNull();
    }

    @Test
    void refusesStreamsAlternateExchangesBindingsOfExchangesAndOtherConsumerArguments() throws Exception {
        channel.queueDeclare("quorum", true, false, false, Map.of("x-queue-type", "quorum"));
        assertThat(AmqpServer.replyCode(() -> channel.queueDeclare("s", true, false, false, Map.of("x-queue-type", "stream"))))
            .isEqualTo(540);
        connect();
        assertThat(AmqpServer.replyCode(() -> channel.exchangeDeclare("x", "direct", true, false, Map.of("alternate-exchange", "y"))))
            .isEqualTo(540);
        connect();
        assertThat(AmqpServer.replyCode(() -> channel.exchangeBind("amq.direct", "amq.fanout", "k"))).isEqualTo(540);
        connect();
        assertThat(AmqpServer.replyCode(() -> channel.basicConsume("quorum", false, Map.of("x-stream-offset", 1), (t, m) -> { }, t -> { })))
            .isEqualTo(540);
    }

    @Test
    void takesABodyOverATopicsLimitForTheClientsError() throws Exception {
        broker.broker().topics().create(TopicName.of("small"), TopicConfig.ofPartitions(1)).toCompletableFuture().join();
        channel.basicPublish("small", "k", MessageProperties.PERSISTENT_BASIC, new byte[2 << 20]);

        assertThat(AmqpServer.replyCodeOfClose(channel)).isEqualTo(406);
    }

    private Topic topic(String name) {
        Topic topic = broker.broker().topics().find(TopicName.of(name));
        assertThat(topic).isNotNull();
        return topic;
    }

    private void publish(String topic, @Nullable String key, String value) {
        broker.broker().publisher().publish(PublishRequest.of(TopicName.of(topic), Subject.toKey(key), bytes(value), Headers.EMPTY))
            .toCompletableFuture().join();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
