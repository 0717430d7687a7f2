package io.tributary.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queues with a length, as RabbitMQ has them ("Queue Length Limit"). */
class LengthIT extends AmqpConformance {
    private final String queue = queueName("q");
    private final String dead = queueName("dead");

    @BeforeEach
    void confirm() throws Exception {
        channel.confirmSelect();
    }

    private void declare(Map<String, Object> arguments) throws Exception {
        channel.queueDeclare(queue, true, false, false, arguments);
    }

    private void publish(String... bodies) throws Exception {
        for (String body : bodies) {
            channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body.getBytes(StandardCharsets.UTF_8));
        }
        channel.waitForConfirms(PATIENCE.toMillis());
    }

    @Test
    void dropsTheOldestMessages() throws Exception {
        declare(Map.of("x-max-length", 3));
        publish("a", "b", "c", "d", "e");
        awaitCount(queue, 3);
        assertThat(drain(queue)).containsExactly("c", "d", "e");
    }

    @Test
    void dropsTheOldestBytes() throws Exception {
        declare(Map.of("x-max-length-bytes", 10));
        publish("1234", "5678", "90", "ab");
        awaitCount(queue, 3);
        assertThat(drain(queue)).containsExactly("5678", "90", "ab");
    }

    @Test
    void sendsWhatItDropsToTheDeadLetterExchange() throws Exception {
        channel.queueDeclare(dead, true, false, false, null);
        declare(Map.of("x-max-length", 1, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        publish("a", "b");
        awaitCount(dead, 1);
        GetResponse got = channel.basicGet(dead, true);
        assertThat(got.getBody()).isEqualTo("a".getBytes(StandardCharsets.UTF_8));
        assertThat(got.getProps().getHeaders().get("x-first-death-reason")).hasToString("maxlen");
        assertThat(drain(queue)).containsExactly("b");
    }

    @Test
    void saysNoToPublishersWhenItRejects() throws Exception {
        declare(Map.of("x-max-length", 2, "x-overflow", "reject-publish"));
        publish("a", "b");
        awaitCount(queue, 2);
        List<Long> refused = new CopyOnWriteArrayList<>();
        channel.addConfirmListener((tag, multiple) -> { }, (tag, multiple) -> refused.add(tag));
        await().atMost(PATIENCE).until(() -> {
            publish("c");
            return !refused.isEmpty();
        });
        assertThat(drain(queue)).startsWith("a", "b");
        await().atMost(PATIENCE).until(() -> {
            publish("d");
            return !drain(queue).isEmpty();
        });
    }

    @Test
    void refusesOtherLengthsAtTheNextDeclaration() throws Exception {
        declare(Map.of("x-max-length", 3, "x-overflow", "drop-head"));
        declare(Map.of("x-max-length", 3));
        assertThat(AmqpServer.replyCode(() -> declare(Map.of("x-max-length", 4)))).isEqualTo(406);
        channel = connection.createChannel();
        assertThat(AmqpServer.replyCode(() -> declare(Map.of("x-max-length", -1)))).isEqualTo(406);
        channel = connection.createChannel();
        assertThat(AmqpServer.replyCode(() -> declare(Map.of("x-overflow", "nowhere")))).isEqualTo(406);
    }
}
