package io.tributary.gateway.acceptance.client;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** RabbitMQ's Java client. */
public final class AmqpClients {
    private static final int PERSISTENT = 2;

    private AmqpClients() {
    }

    public static Connection connect(Endpoints at) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(at.host());
        factory.setPort(at.amqp());
        factory.setAutomaticRecoveryEnabled(false);
        factory.setConnectionTimeout((int) MessageReader.PATIENCE_MS);
        factory.setHandshakeTimeout((int) MessageReader.PATIENCE_MS);
        return factory.newConnection();
    }

    /** Publishes persistent messages to the exchange that is the topic; without a subject, to the queue of the topic's name. */
    public static MessageWriter writer(Endpoints at, String topic) throws Exception {
        Connection connection = connect(at);
        Channel channel = connection.createChannel();
        channel.confirmSelect();
        return new MessageWriter() {
            @Override
            public void write(List<Message> messages) throws Exception {
                for (Message message : messages) {
                    String exchange = message.subject() == null ? "" : topic;
                    String routingKey = message.subject() == null ? topic : message.subject();
                    channel.basicPublish(exchange, routingKey, properties(message), message.body());
                }
                channel.waitForConfirmsOrDie(MessageReader.PATIENCE_MS);
            }

            @Override
            public void close() throws Exception {
                connection.close();
            }
        };
    }

    /** Reads through a queue of its own that is bound to the exchange that is the topic. */
    public static MessageReader reader(Endpoints at, String topic) throws Exception {
        Connection connection = connect(at);
        Channel channel = connection.createChannel();
        String queue = channel.queueDeclare().getQueue();
        channel.queueBind(queue, topic, "#");
        BlockingQueue<Delivery> arrived = consume(channel, queue);
        return new MessageReader() {
            @Override
            public void poll(List<Message> into, long waitMs) throws Exception {
                for (Delivery next = arrived.poll(waitMs, TimeUnit.MILLISECONDS); next != null; next = arrived.poll()) {
                    String exchange = next.getEnvelope().getExchange();
                    into.add(message(exchange.equals(topic) ? next.getEnvelope().getRoutingKey() : null, next));
                    channel.basicAck(next.getEnvelope().getDeliveryTag(), false);
                }
            }

            @Override
            public void close() throws Exception {
                connection.close();
            }
        };
    }

    /** Starts a consumer with manual acknowledgement; its deliveries arrive in the queue. */
    public static BlockingQueue<Delivery> consume(Channel channel, String queue) throws Exception {
        BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
        channel.basicConsume(queue, false, (tag, delivery) -> arrived.add(delivery), tag -> { });
        return arrived;
    }

    public static AMQP.BasicProperties properties(Message message) {
        Map<String, Object> headers = new HashMap<>(message.headers());
        return new AMQP.BasicProperties.Builder().deliveryMode(PERSISTENT).contentType(message.contentType())
            .correlationId(message.correlationId()).headers(headers.isEmpty() ? null : headers).build();
    }

    public static Message message(@Nullable String subject, Delivery delivery) {
        Map<String, String> headers = new TreeMap<>();
        Map<String, Object> table = delivery.getProperties().getHeaders();
        if (table != null) {
            table.forEach((name, value) -> headers.put(name, String.valueOf(value)));
        }
        return new Message(subject, delivery.getBody(), delivery.getProperties().getContentType(),
            delivery.getProperties().getCorrelationId(), Metadata.own(headers));
    }
}
