package io.tributary.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Exchanges of type {@code x-delayed-message}, as RabbitMQ's delayed-message plugin documents them. */
class DelayIT extends AmqpConformance {
    private static final String TYPE = "x-delayed-message";

    private final String exchange = exchangeName();
    private final String queue = queueName("q");

    private void declare(String delayedType) throws Exception {
        channel.exchangeDeclare(exchange, TYPE, true, false, Map.of("x-delayed-type", delayedType));
        channel.queueDeclare(queue, true, false, false, null);
    }

    private static AMQP.BasicProperties delay(Object delay) {
        Map<String, Object> headers = new HashMap<>();
        headers.put("x-delay", delay);
        headers.put("other", "kept");
        return new AMQP.BasicProperties.Builder().headers(headers).deliveryMode(2).build();
    }

    private void publish(String key, Object delay, String body) throws Exception {
        channel.basicPublish(exchange, key, delay(delay), body.getBytes(StandardCharsets.UTF_8));
    }

    private GetResponse take() {
        return await().until(() -> channel.basicGet(queue, true), Objects::nonNull);
    }

    @Test
    void aMessageComesAfterItsDelayWhateverTypeThatHas() throws Exception {
        declare("direct");
        channel.queueBind(queue, exchange, "k");
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        channel.basicConsume(queue, true, (tag, message) -> received.add(new String(message.getBody(), StandardCharsets.UTF_8)),
            tag -> { });
        channel.confirmSelect();
        publish("k", 900, "int");
        publish("k", 600L, "long");
        publish("k", "300", "text");
        publish("k", (short) 450, "short");
        publish("k", 750.9, "double");
        publish("k", -5, "negative");
        publish("k", 0, "zero");
        channel.basicPublish(exchange, "k", null, "without".getBytes(StandardCharsets.UTF_8));
        publish("other key", 1, "not bound");
        channel.waitForConfirmsOrDie(PATIENCE.toMillis());
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
        assertThat(all).containsExactly("negative", "zero", "without", "text", "short", "long", "double", "int");
        assertThat(received).isEmpty();
    }

    @Test
    void theConsumerSeesTheDelayWithTheOtherSignAndAllElseAsItWas() throws Exception {
        declare("fanout");
        channel.queueBind(queue, exchange, "");
        publish("routing.key", 100, "body");
        GetResponse message = take();
        assertThat(text(message.getBody())).isEqualTo("body");
        assertThat(message.getEnvelope().getRoutingKey()).isEqualTo("routing.key");
        assertThat(message.getEnvelope().getExchange()).isEqualTo(exchange);
        assertThat(message.getProps().getHeaders()).containsEntry("x-delay", -100).containsOnlyKeys("x-delay", "other");
        assertThat(message.getProps().getDeliveryMode()).isEqualTo(2);
        publish("routing.key", -7, "again");
        assertThat(take().getProps().getHeaders()).containsEntry("x-delay", -7);
    }

    @Test
    void theDelayedTypeRoutesWhenTheMessageIsDue() throws Exception {
        declare("topic");
        publish("a.b", 700, "body");
        channel.queueBind(queue, exchange, "a.*");
        publish("a.b.c", 100, "no match");
        assertThat(text(take().getBody())).isEqualTo("body");
        assertThat(channel.messageCount(queue)).isZero();
    }

    @Test
    void aConfirmedMessageOutlivesAKill() throws Exception {
        declare("direct");
        channel.queueBind(queue, exchange, "k");
        channel.confirmSelect();
        publish("k", 1500, "persistent");
        channel.basicPublish(exchange, "k", new AMQP.BasicProperties.Builder().headers(Map.of("x-delay", 1400)).build(),
            "transient".getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(PATIENCE.toMillis());
        server.kill();
        connection = server.connect();
        channel = connection.createChannel();
        assertThat(text(take().getBody())).isEqualTo("transient");
        assertThat(text(take().getBody())).isEqualTo("persistent");
    }

    @Test
    void aTransactionDelaysWhatItCommits() throws Exception {
        declare("direct");
        channel.queueBind(queue, exchange, "k");
        Channel tx = connection.createChannel();
        tx.txSelect();
        tx.basicPublish(exchange, "k", delay(50), "rolled back".getBytes(StandardCharsets.UTF_8));
        tx.txRollback();
        tx.basicPublish(exchange, "k", delay(400), "late".getBytes(StandardCharsets.UTF_8));
        tx.basicPublish(exchange, "k", delay(0), "at once".getBytes(StandardCharsets.UTF_8));
        tx.txCommit();
        assertThat(text(take().getBody())).isEqualTo("at once");
        assertThat(text(take().getBody())).isEqualTo("late");
    }

    @Test
    void mandatoryReturnsNothingThatIsDelayedAndTheRestAsEver() throws Exception {
        declare("direct");
        channel.confirmSelect();
        List<String> returned = new ArrayList<>();
        channel.addReturnListener(message -> returned.add(new String(message.getBody(), StandardCharsets.UTF_8)));
        channel.basicPublish(exchange, "nowhere", true, delay(1), "delayed".getBytes(StandardCharsets.UTF_8));
        channel.basicPublish(exchange, "nowhere", true, delay(0), "at once".getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(PATIENCE.toMillis());
        assertThat(returned).containsExactly("at once");
    }

    @Test
    void theHeaderMeansNothingToOtherExchanges() throws Exception {
        channel.exchangeDeclare(exchange, BuiltinExchangeType.DIRECT, true);
        channel.queueDeclare(queue, true, false, false, null);
        channel.queueBind(queue, exchange, "k");
        publish("k", 3_600_000, "at once");
        assertThat(take().getProps().getHeaders()).containsEntry("x-delay", 3_600_000);
    }

    @Test
    void theDelayedTypeIsRequiredAndCannotChange() throws Exception {
        for (Map<String, Object> wrong : List.of(Map.<String, Object>of(), Map.<String, Object>of("x-delayed-type", "nonsense"),
                Map.<String, Object>of("x-delayed-type", TYPE), Map.<String, Object>of("x-delayed-type", 5))) {
            Channel own = connection.createChannel();
            assertThat(AmqpServer.replyCode(() -> own.exchangeDeclare(exchange, TYPE, true, false, wrong))).isEqualTo(406);
        }
        declare("direct");
        declare("direct");
        Channel second = connection.createChannel();
        assertThat(AmqpServer.replyCode(() -> second.exchangeDeclare(exchange, TYPE, true, false, Map.of("x-delayed-type", "fanout"))))
            .isEqualTo(406);
        Channel third = connection.createChannel();
        assertThat(AmqpServer.replyCode(() -> third.exchangeDeclare(exchange, "direct", true, false, null))).isEqualTo(406);
        channel.exchangeDeclarePassive(exchange);
    }

    @Test
    void aDelayThatIsNoneClosesTheChannel() throws Exception {
        declare("direct");
        for (Object wrong : List.of("soon", 400_000_000_000L)) {
            Channel own = connection.createChannel();
            own.basicPublish(exchange, "k", delay(wrong), new byte[1]);
            assertThat(AmqpServer.replyCodeOfClose(own)).isEqualTo(406);
        }
    }
}
