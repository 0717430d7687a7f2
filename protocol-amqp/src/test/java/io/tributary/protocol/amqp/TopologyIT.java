package io.tributary.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges, queues and bindings (sections 1.6 and 1.7 of the reference), as RabbitMQ 3.10 does them too. */
class TopologyIT extends AmqpConformance {
    private final String queue = queueName("q");
    private final String exchange = exchangeName();

    @Test
    void routesThroughTheDefaultExchangeToTheQueueOfThatName() throws Exception {
        channel.queueDeclare(queue, true, false, false, null);
        publish("", queue, "hello");

        GetResponse response = channel.basicGet(queue, true);

        assertThat(response).isNotNull();
        assertThat(text(response.getBody())).isEqualTo("hello");
        assertThat(response.getEnvelope().getExchange()).isEmpty();
        assertThat(response.getEnvelope().getRoutingKey()).isEqualTo(queue);
        assertThat(response.getEnvelope().isRedeliver()).isFalse();
        assertThat(response.getMessageCount()).isZero();
    }

    @Test
    void routesDirectByTheWholeKey() throws Exception {
        bind("direct", "k");

        publish(exchange, "k", "yes");
        publish(exchange, "k.x", "no");
        publish(exchange, "", "no");

        assertThat(drain(queue)).containsExactly("yes");
    }

    @Test
    void routesFanoutWithoutRegardToTheKey() throws Exception {
        bind("fanout", "ignored");

        publish(exchange, "a", "1");
        publish(exchange, "", "2");

        assertThat(drain(queue)).containsExactly("1", "2");
    }

    @Test
    void routesTopicByPatterns() throws Exception {
        bind("topic", "*.stock.#");

        publish(exchange, "usd.stock", "1");
        publish(exchange, "eur.stock.db", "2");
        publish(exchange, "stock.db", "no");

        assertThat(drain(queue)).containsExactly("1", "2");
    }

    @Test
    void routesHeadersByAllOrAny() throws Exception {
        channel.exchangeDeclare(exchange, "headers", true);
        channel.queueDeclare(queue, true, false, false, null);
        channel.queueBind(queue, exchange, "", Map.of("x-match", "any", "colour", "red", "size", 5));

        publishHeaders(Map.of("colour", "red"), "1");
        publishHeaders(Map.of("size", 5, "colour", "blue"), "2");
        publishHeaders(Map.of("size", 6), "no");

        assertThat(drain(queue)).containsExactly("1", "2");
    }

    @Test
    void routesByHeadersThatBeginWithXOnlyWhenAsked() throws Exception {
        channel.exchangeDeclare(exchange, "headers", true);
        channel.queueDeclare(queue, true, false, false, null);
        channel.queueBind(queue, exchange, "", Map.of("x-match", "all-with-x", "x-site", "north"));
        channel.queueBind(queue, exchange, "", Map.of("x-match", "any", "x-site", "south"));

        publishHeaders(Map.of("x-site", "north"), "1");
        publishHeaders(Map.of("x-site", "south"), "no");

        assertThat(drain(queue)).containsExactly("1");
    }

    @Test
    void deliversOnceHoweverManyBindingsMatch() throws Exception {
        bind("topic", "a.*");
        channel.queueBind(queue, exchange, "*.b");

        publish(exchange, "a.b", "once");

        assertThat(drain(queue)).containsExactly("once");
    }

    @Test
    void takesNothingMoreAfterUnbinding() throws Exception {
        bind("direct", "k");
        publish(exchange, "k", "before");
        channel.queueUnbind(queue, exchange, "k");
        publish(exchange, "k", "after");

        assertThat(drain(queue)).containsExactly("before");
    }

    @ParameterizedTest
    @CsvSource({"amq.direct,k,k", "amq.fanout,k,any", "amq.topic,a.*,a.b"})
    void hasThePredeclaredExchanges(String predeclared, String bindingKey, String key) throws Exception {
        channel.exchangeDeclarePassive(predeclared);
        channel.queueDeclare(queue, true, false, false, null);
        channel.queueBind(queue, predeclared, bindingKey);
        publish(predeclared, key, "here");

        GetResponse response = channel.basicGet(queue, true);

        assertThat(response).isNotNull();
        assertThat(response.getEnvelope().getExchange()).isEqualTo(predeclared);
        assertThat(response.getEnvelope().getRoutingKey()).isEqualTo(key);
    }

    @Test
    void namesAQueueWhenTheClientDoesNot() throws Exception {
        AMQP.Queue.DeclareOk declared = channel.queueDeclare();

        assertThat(declared.getQueue()).startsWith("amq.gen-");
        channel.basicPublish("", declared.getQueue(), null, bytes("mine"));
        assertThat(text(channel.basicGet("", true).getBody())).isEqualTo("mine");
    }

    @Test
    void countsReadyMessagesAndConsumersWhenDeclaredPassively() throws Exception {
        channel.queueDeclare(queue, true, false, false, null);
        for (int i = 0; i < 3; i++) {
            publish("", queue, "m" + i);
        }
        AMQP.Queue.DeclareOk counts = channel.queueDeclarePassive(queue);
        assertThat(counts.getMessageCount()).isEqualTo(3);
        assertThat(counts.getConsumerCount()).isZero();

        assertThat(channel.queuePurge(queue).getMessageCount()).isEqualTo(3);
        assertThat(channel.messageCount(queue)).isZero();
        publish("", queue, "last");
        assertThat(channel.queueDelete(queue).getMessageCount()).isEqualTo(1);
    }

    @Test
    void deletesAnExclusiveQueueWithItsConnection() throws Exception {
        channel.queueDeclare(queue, false, true, false, null);
        try (Connection other = server.connect()) {
            assertThat(AmqpServer.replyCode(() -> other.createChannel().queueDeclarePassive(queue))).isEqualTo(405);
            assertThat(AmqpServer.replyCode(() -> other.createChannel().basicGet(queue, true))).isEqualTo(405);
            connection.close();
            assertThat(AmqpServer.replyCode(() -> other.createChannel().queueDeclarePassive(queue))).isEqualTo(404);
        }
    }

    @Test
    void deletesAnAutoDeleteQueueWithItsLastConsumer() throws Exception {
        channel.queueDeclare(queue, false, false, true, null);
        String first = channel.basicConsume(queue, true, (tag, message) -> { }, tag -> { });
        String second = channel.basicConsume(queue, true, (tag, message) -> { }, tag -> { });
        channel.basicCancel(first);
        channel.queueDeclarePassive(queue);
        channel.basicCancel(second);

        assertThat(AmqpServer.replyCode(() -> channel.queueDeclarePassive(queue))).isEqualTo(404);
    }

    @Test
    void deletesAnAutoDeleteExchangeWithItsLastBinding() throws Exception {
        channel.exchangeDeclare(exchange, "fanout", false, true, null);
        channel.queueDeclare(queue, true, false, false, null);
        channel.queueBind(queue, exchange, "");
        channel.queueUnbind(queue, exchange, "");

        assertThat(AmqpServer.replyCode(() -> channel.exchangeDeclarePassive(exchange))).isEqualTo(404);
    }

    @Test
    void refusesToDeleteWhatIsUsed() throws Exception {
        bind("direct", "k");
        publish(exchange, "k", "m");
        // What one channel publishes another one sees when it is stored, not before.
        assertThat(channel.messageCount(queue)).isEqualTo(1);

        assertThat(AmqpServer.replyCode(() -> connection.createChannel().exchangeDelete(exchange, true))).isEqualTo(406);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().queueDelete(queue, false, true))).isEqualTo(406);
        channel.basicConsume(queue, (tag, message) -> { }, tag -> { });
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().queueDelete(queue, true, false))).isEqualTo(406);
    }

    @Test
    void keepsWhatWasRoutedWhenTheExchangeIsDeleted() throws Exception {
        bind("direct", "k");
        publish(exchange, "k", "m");
        channel.exchangeDelete(exchange);

        assertThat(drain(queue)).containsExactly("m");
        assertThat(AmqpServer.replyCode(() -> channel.exchangeDeclarePassive(exchange))).isEqualTo(404);
    }

    @Test
    void treatsADeletedThingAsDeleted() throws Exception {
        channel.queueDelete(AmqpServer.unique("never"));
        channel.exchangeDelete(AmqpServer.unique("never"));

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void acceptsAnEquivalentDeclarationOnly() throws Exception {
        channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "classic"));
        channel.exchangeDeclare(exchange, "direct", true);
        channel.queueDeclare(queue, true, false, false, null);
        channel.exchangeDeclare(exchange, "direct", true);

        assertThat(AmqpServer.replyCode(() -> connection.createChannel().queueDeclare(queue, false, false, false, null))).isEqualTo(406);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().queueDeclare(queue, true, false, true, null))).isEqualTo(406);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().exchangeDeclare(exchange, "fanout", true))).isEqualTo(406);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().exchangeDeclare(exchange, "direct", false))).isEqualTo(406);
    }

    @Test
    void answersWhatIsNotThereWithNotFound() {
        String none = AmqpServer.unique("none");

        assertThat(AmqpServer.replyCode(() -> connection.createChannel().queueDeclarePassive(none))).isEqualTo(404);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().exchangeDeclarePassive(none))).isEqualTo(404);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().basicGet(none, true))).isEqualTo(404);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().basicConsume(none, (t, m) -> { }, t -> { }))).isEqualTo(404);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().queueBind(none, "amq.direct", "k"))).isEqualTo(404);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().queuePurge(none))).isEqualTo(404);
    }

    @Test
    void answersABindingToNoExchangeWithNotFound() throws Exception {
        channel.queueDeclare(queue, true, false, false, null);

        assertThat(AmqpServer.replyCode(() -> channel.queueBind(queue, AmqpServer.unique("none"), "k"))).isEqualTo(404);
    }

    @Test
    void keepsItsOwnNamesAndTheDefaultExchangeToItself() throws Exception {
        channel.queueDeclare(queue, true, false, false, null);

        assertThat(AmqpServer.replyCode(() -> connection.createChannel().queueDeclare("amq.mine", true, false, false, null)))
            .isEqualTo(403);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().exchangeDeclare("amq.mine", "direct"))).isEqualTo(403);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().exchangeDelete("amq.direct"))).isEqualTo(403);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().exchangeDelete(""))).isEqualTo(403);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().queueBind(queue, "", "k"))).isEqualTo(403);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().exchangeDeclare("amq.direct", "fanout", true))).isEqualTo(406);
    }

    @Test
    void refusesAnUnknownExchangeTypeByEndingTheConnection() {
        assertThat(AmqpServer.replyCode(() -> channel.exchangeDeclare(exchange, "x-random", true))).isEqualTo(503);
        assertThat(connection.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"topic", "direct"})
    void separatesAQueueFromTheExchangeOfItsName(String type) throws Exception {
        channel.queueDeclare(queue, true, false, false, null);
        publish("", queue, "1");
        channel.exchangeDeclare(queue, type, true);
        publish("", queue, "2");
        publish(queue, "other", "no");
        assertThat(drain(queue)).containsExactly("1", "2");
        channel.exchangeDelete(queue);
        publish("", queue, "3");

        assertThat(drain(queue)).containsExactly("3");
    }

    @Test
    void escapesNamesThatAreNoTopics() throws Exception {
        String odd = AmqpServer.unique("caf\u00e9 / a b");
        channel.queueDeclare(odd, true, false, false, null);
        publish("", odd, "m");

        GetResponse response = channel.basicGet(odd, true);

        assertThat(response).isNotNull();
        assertThat(response.getEnvelope().getRoutingKey()).isEqualTo(odd);
        channel.queueDelete(odd);
    }

    private void bind(String type, String key) throws Exception {
        channel.exchangeDeclare(exchange, type, true);
        channel.queueDeclare(queue, true, false, false, null);
        channel.queueBind(queue, exchange, key);
    }

    private void publish(String to, String key, String body) throws Exception {
        channel.basicPublish(to, key, MessageProperties.PERSISTENT_BASIC, bytes(body));
    }

    private void publishHeaders(Map<String, Object> headers, String body) throws Exception {
        channel.basicPublish(exchange, "", new AMQP.BasicProperties.Builder().headers(headers).build(), bytes(body));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

}
