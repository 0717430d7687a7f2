package io.tributary.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactional channels, as RabbitMQ has them. */
class TxIT extends AmqpConformance {
    /** Transactional. */
    private Channel tx;
    private final String first = queueName("first");
    private final String second = queueName("second");

    @BeforeEach
    void declare() throws Exception {
        tx = connection.createChannel();
        channel.queueDeclare(first, true, false, false, null);
        channel.queueDeclare(second, true, false, false, null);
        tx.txSelect();
    }

    private static void publish(Channel to, String queue, String body) throws Exception {
        to.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body.getBytes(UTF_8));
    }

    private GetResponse take(Channel from, String queue) throws Exception {
        return Objects.requireNonNull(from.basicGet(queue, false));
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
        publish(channel, first, "task");
        awaitCount(first, 1);
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
        publish(channel, first, "task");
        awaitCount(first, 1);
        tx.basicAck(take(tx, first).getEnvelope().getDeliveryTag(), false);
        publish(tx, second, "never");
        tx.close();
        assertThat(drain(first)).containsExactly("task");
        assertThat(drain(second)).isEmpty();
    }

    @Test
    void rejectsWhenItIsCommitted() throws Exception {
        publish(channel, first, "a");
        publish(channel, first, "b");
        awaitCount(first, 2);
        tx.basicReject(take(tx, first).getEnvelope().getDeliveryTag(), false);
        tx.basicNack(take(tx, first).getEnvelope().getDeliveryTag(), false, true);
        assertThat(channel.queueDeclarePassive(first).getMessageCount()).isZero();
        tx.txCommit();
        awaitCount(first, 1);
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
