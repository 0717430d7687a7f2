package io.tributary.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactional channels, as RabbitMQ has them. */
class TxIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static AmqpServer server;
    private Connection connection;
    /** Transactional. */
    private Channel tx;
    private Channel other;
    private final String first = AmqpServer.unique("first");
    private final String second = AmqpServer.unique("second");

    @BeforeAll
    static void start() {
        server = AmqpServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        connection = server.connect();
        tx = connection.createChannel();
        other = connection.createChannel();
        other.queueDeclare(first, true, false, false, null);
        other.queueDeclare(second, true, false, false, null);
        tx.txSelect();
    }

    @AfterEach
    void cleanUp() throws Exception {
        connection.close();
        try (Connection last = server.connect()) {
            Channel cleaner = last.createChannel();
            cleaner.queueDelete(first);
            cleaner.queueDelete(second);
        }
    }

    private static void publish(Channel channel, String queue, String body) throws Exception {
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body.getBytes(UTF_8));
    }

    private List<String> drain(String queue) throws Exception {
        List<String> bodies = new ArrayList<>();
        for (GetResponse got = other.basicGet(queue, true); got != null; got = other.basicGet(queue, true)) {
            bodies.add(new String(got.getBody(), UTF_8));
        }
        return bodies;
    }

    private GetResponse take(Channel channel, String queue) throws Exception {
        return Objects.requireNonNull(channel.basicGet(queue, false));
    }

    @Test
    void publishesWhenItIsCommitted() throws Exception {
        publish(tx, first, "a");
        publish(tx, second, "b");
        publish(tx, first, "c");
        assertThat(drain(first)).isEmpty();
        tx.txCommit();
        assertThat(drain(first)).containsExactly("a", "c");
        assertThat(drain(second)).containsExactly("b");
        tx.txCommit();
        assertThat(drain(first)).isEmpty();
    }

    @Test
    void forgetsWhatIsRolledBack() throws Exception {
        publish(tx, first, "never");
        tx.txRollback();
        publish(tx, first, "later");
        tx.txCommit();
        assertThat(drain(first)).containsExactly("later");
    }

    @Test
    void acknowledgesAndPublishesAsOne() throws Exception {
        publish(other, first, "task");
        await().atMost(PATIENCE).until(() -> other.queueDeclarePassive(first).getMessageCount() == 1);
        long tag = take(tx, first).getEnvelope().getDeliveryTag();
        publish(tx, second, "result");
        tx.basicAck(tag, false);
        tx.txRollback();
        assertThat(drain(second)).isEmpty();
        publish(tx, second, "result");
        // A roll-back gives the acknowledgement back.
        tx.basicAck(tag, false);
        tx.txCommit();
        assertThat(drain(second)).containsExactly("result");
        tx.close();
        assertThat(drain(first)).isEmpty();
    }

    @Test
    void givesBackWhatIsNotCommittedWhenTheChannelIsClosed() throws Exception {
        publish(other, first, "task");
        await().atMost(PATIENCE).until(() -> other.queueDeclarePassive(first).getMessageCount() == 1);
        tx.basicAck(take(tx, first).getEnvelope().getDeliveryTag(), false);
        publish(tx, second, "never");
        tx.close();
        assertThat(drain(first)).containsExactly("task");
        assertThat(drain(second)).isEmpty();
    }

    @Test
    void rejectsWhenItIsCommitted() throws Exception {
        publish(other, first, "a");
        publish(other, first, "b");
        await().atMost(PATIENCE).until(() -> other.queueDeclarePassive(first).getMessageCount() == 2);
        tx.basicReject(take(tx, first).getEnvelope().getDeliveryTag(), false);
        tx.basicNack(take(tx, first).getEnvelope().getDeliveryTag(), false, true);
        assertThat(other.queueDeclarePassive(first).getMessageCount()).isZero();
        tx.txCommit();
        await().atMost(PATIENCE).until(() -> other.queueDeclarePassive(first).getMessageCount() == 1);
        assertThat(drain(first)).containsExactly("b");
    }

    @Test
    void returnsWhatNoQueueTakes() throws Exception {
        List<String> returned = new CopyOnWriteArrayList<>();
        tx.addReturnListener((code, text, exchange, key, properties, body) -> returned.add(new String(body, UTF_8)));
        tx.basicPublish("amq.direct", "nobody", true, new AMQP.BasicProperties(), "lost".getBytes(UTF_8));
        tx.basicPublish("", AmqpServer.unique("none"), true, new AMQP.BasicProperties(), "lost too".getBytes(UTF_8));
        tx.txCommit();
        assertThat(returned).containsExactlyInAnyOrder("lost", "lost too");
    }

    @Test
    void isEitherTransactionalOrConfirming() throws Exception {
        assertThat(AmqpServer.replyCode(() -> tx.confirmSelect())).isEqualTo(406);
        Channel confirming = connection.createChannel();
        confirming.confirmSelect();
        assertThat(AmqpServer.replyCode(() -> confirming.txSelect())).isEqualTo(406);
        Channel plain = connection.createChannel();
        assertThat(AmqpServer.replyCode(() -> plain.txCommit())).isEqualTo(406);
    }
}
