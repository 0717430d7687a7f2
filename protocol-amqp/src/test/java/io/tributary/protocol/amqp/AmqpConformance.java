package io.tributary.protocol.amqp;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A server for a class of tests, a connection for each of them, and names whose queues and exchanges go with it. */
abstract class AmqpConformance {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    static AmqpServer server;

    Connection connection;
    Channel channel;
    private final List<String> queues = new ArrayList<>();
    private final List<String> exchanges = new ArrayList<>();

    @BeforeAll
    static void startServer() {
        server = AmqpServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        connection = server.connect();
        channel = connection.createChannel();
    }

    @AfterEach
    void disconnect() throws Exception {
        if (connection.isOpen()) {
            connection.close();
        }
        try (Connection other = server.connect()) {
            Channel cleaner = other.createChannel();
            for (String queue : queues) {
                cleaner.queueDelete(queue);
            }
            for (String exchange : exchanges) {
                cleaner.exchangeDelete(exchange);
            }
        }
    }

    final String queueName(String prefix) {
        String name = AmqpServer.unique(prefix);
        queues.add(name);
        return name;
    }

    final String exchangeName() {
        String name = AmqpServer.unique("x");
        exchanges.add(name);
        return name;
    }

    /** All that waits in a queue, taken out of it. */
    final List<String> drain(String queue) throws Exception {
        List<String> bodies = new ArrayList<>();
        for (GetResponse got = channel.basicGet(queue, true); got != null; got = channel.basicGet(queue, true)) {
            bodies.add(text(got.getBody()));
        }
        return bodies;
    }

    final void awaitCount(String queue, int count) {
        await().atMost(PATIENCE).until(() -> channel.queueDeclarePassive(queue).getMessageCount() == count);
    }

    static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
