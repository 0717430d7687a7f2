package io.tributary.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queues with priorities, as RabbitMQ does them (its documentation of {@code x-max-priority}). */
class PriorityIT extends AmqpConformance {
    private static final String MAX_PRIORITY = "x-max-priority";

    private final String queue = queueName("q");
    private final String dead = queueName("dead");

    @BeforeEach
    void confirm() throws Exception {
        channel.confirmSelect();
    }

    private void declare(Map<String, Object> arguments) throws Exception {
        channel.queueDeclare(queue, true, false, false, arguments);
    }

    private int declared(Map<String, Object> arguments) throws Exception {
        int code = AmqpServer.replyCode(() -> declare(arguments));
        if (code != 0) {
            channel = connection.createChannel();
            channel.confirmSelect();
        }
        return code;
    }

    private void publish(@Nullable Integer priority, String... bodies) throws Exception {
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder().deliveryMode(2).priority(priority).build();
        for (String body : bodies) {
            channel.basicPublish("", queue, properties, body.getBytes(StandardCharsets.UTF_8));
        }
        channel.waitForConfirms(PATIENCE.toMillis());
    }

    @Test
    void deliversHigherPrioritiesFirstAndNoneAsTheLowest() throws Exception {
        declare(Map.of(MAX_PRIORITY, 10));
        publish(null, "none");
        publish(0, "zero");
        publish(5, "five");
        publish(200, "above");
        publish(10, "ten");
        publish(9, "nine");
        publish(5, "five again");
        awaitCount(queue, 7);
        assertThat(drain(queue)).containsExactly("above", "ten", "nine", "five", "five again", "none", "zero");
    }

    @Test
    void givesThePriorityBackAsItWasPublished() throws Exception {
        declare(Map.of(MAX_PRIORITY, 3));
        publish(200, "above");
        publish(null, "none");
        awaitCount(queue, 2);
        assertThat(Objects.requireNonNull(channel.basicGet(queue, true)).getProps().getPriority()).isEqualTo(200);
        assertThat(Objects.requireNonNull(channel.basicGet(queue, true)).getProps().getPriority()).isNull();
    }

    @Test
    void overtakesWhatAConsumerDoesNotHoldYet() throws Exception {
        declare(Map.of(MAX_PRIORITY, 255));
        publish(1, "first", "second");
        channel.basicQos(1);
        List<String> received = new CopyOnWriteArrayList<>();
        List<Long> tags = new CopyOnWriteArrayList<>();
        channel.basicConsume(queue, false, (tag, message) -> {
            tags.add(message.getEnvelope().getDeliveryTag());
            received.add(text(message.getBody()));
        }, tag -> { });
        await().atMost(PATIENCE).until(() -> received.size() == 1);
        try (Channel other = connection.createChannel()) {
            other.confirmSelect();
            AMQP.BasicProperties urgent = new AMQP.BasicProperties.Builder().priority(255).build();
            other.basicPublish("", queue, urgent, "urgent".getBytes(StandardCharsets.UTF_8));
            other.waitForConfirms(PATIENCE.toMillis());
            awaitCount(queue, 2);
        }
        for (int i = 0; i < 2; i++) {
            int count = i + 2;
            channel.basicAck(tags.get(i), false);
            await().atMost(PATIENCE).until(() -> received.size() == count);
        }
        assertThat(received).containsExactly("first", "urgent", "second");
    }

    @Test
    void putsAMessageBackInItsPlace() throws Exception {
        declare(Map.of(MAX_PRIORITY, 5));
        publish(2, "b1", "b2");
        publish(1, "a1");
        awaitCount(queue, 3);
        GetResponse got = Objects.requireNonNull(channel.basicGet(queue, false));
        publish(4, "c1");
        channel.basicNack(got.getEnvelope().getDeliveryTag(), false, true);
        awaitCount(queue, 4);
        assertThat(drain(queue)).containsExactly("c1", "b1", "b2", "a1");
    }

    @Test
    void dropsItsHeadWhichHasTheHighestPriorityBeyondItsLength() throws Exception {
        declare(Map.of(MAX_PRIORITY, 5, "x-max-length", 3));
        publish(1, "a1", "a2");
        publish(4, "c1");
        awaitCount(queue, 3);
        publish(1, "a3");
        awaitCount(queue, 3);
        assertThat(drain(queue)).containsExactly("a1", "a2", "a3");
    }

    @Test
    void sendsWhatExpiresToTheDeadLetterExchangeWithItsPriority() throws Exception {
        channel.queueDeclare(dead, true, false, false, Map.of(MAX_PRIORITY, 5));
        declare(Map.of(MAX_PRIORITY, 5, "x-message-ttl", 100, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        publish(1, "low");
        publish(3, "high");
        awaitCount(dead, 2);
        assertThat(drain(dead)).containsExactly("high", "low");
    }

    @Test
    void doesNotDeliverWhatExpiredBehindHigherPriorities() throws Exception {
        declare(Map.of(MAX_PRIORITY, 5, "x-message-ttl", 600_000));
        publish(4, "stays");
        AMQP.BasicProperties soon = new AMQP.BasicProperties.Builder().priority(1).expiration("50").build();
        channel.basicPublish("", queue, soon, "ends".getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirms(PATIENCE.toMillis());
        if (server.isOurs()) {
            // RabbitMQ looks at the first of all; here it is the first of each priority.
            awaitCount(queue, 1);
        }
        await().atMost(PATIENCE).until(() -> {
            publish(5, "probe");
            return text(Objects.requireNonNull(channel.basicGet(queue, true)).getBody()).equals("probe");
        });
        assertThat(drain(queue)).first().isEqualTo("stays");
    }

    @Test
    void purgesAllPriorities() throws Exception {
        declare(Map.of(MAX_PRIORITY, 5));
        publish(1, "a1", "a2");
        publish(4, "c1");
        awaitCount(queue, 3);
        assertThat(channel.queuePurge(queue).getMessageCount()).isEqualTo(3);
        assertThat(drain(queue)).isEmpty();
    }

    @Test
    void takesAHighestPriorityOfUpTo255AndOnlyTheSameAgain() throws Exception {
        assertThat(declared(Map.of(MAX_PRIORITY, 256))).isEqualTo(406);
        assertThat(declared(Map.of(MAX_PRIORITY, -1))).isEqualTo(406);
        assertThat(declared(Map.of(MAX_PRIORITY, "5"))).isEqualTo(406);
        assertThat(declared(Map.of(MAX_PRIORITY, 5, "x-queue-type", "quorum"))).isEqualTo(406);
        assertThat(declared(Map.of(MAX_PRIORITY, 255))).isZero();
        assertThat(declared(Map.of(MAX_PRIORITY, 255L))).isZero();
        assertThat(declared(Map.of(MAX_PRIORITY, 254))).isEqualTo(406);
        assertThat(declared(Map.of())).isEqualTo(406);
    }

    @Test
    void doesNotLookAtPrioritiesWhenItsHighestIsZeroOrItHasNone() throws Exception {
        declare(Map.of(MAX_PRIORITY, 0));
        publish(1, "first");
        publish(9, "second");
        awaitCount(queue, 2);
        assertThat(drain(queue)).containsExactly("first", "second");
        channel.queueDelete(queue);
        declare(Map.of());
        publish(1, "first");
        publish(9, "second");
        awaitCount(queue, 2);
        assertThat(drain(queue)).containsExactly("first", "second");
    }
}
