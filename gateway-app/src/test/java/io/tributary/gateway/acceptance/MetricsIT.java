package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.tributary.gateway.acceptance.client.AmqpClients;
import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.HttpClients;
import io.tributary.gateway.acceptance.client.KafkaClients;
import io.tributary.gateway.acceptance.client.Message;
import io.tributary.gateway.acceptance.client.MessageReader;
import io.tributary.gateway.acceptance.client.MessageWriter;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What clients of several protocols do is seen in Prometheus's text. */
class MetricsIT {
    private static final Duration PATIENCE = Duration.ofMillis(MessageReader.PATIENCE_MS);
    private static TributaryServer server;
    private static Endpoints at;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        server = TributaryServer.start("--tributary.metrics.max-names=5");
        at = server.endpoints();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private List<String> scrape() throws Exception {
        return HttpClients.ok(http, HttpClients.request(at, "/actuator/prometheus").GET().build()).lines().toList();
    }

    /** The value of the one series that has this name and labels. */
    private static double value(List<String> lines, String name, String labels) {
        List<String> found = lines.stream().filter(line -> line.startsWith(name + labels + " ")).toList();
        assertThat(found).as(name + labels).hasSize(1);
        return Double.parseDouble(found.get(0).substring(found.get(0).lastIndexOf(' ') + 1));
    }

    @Test
    void showsAQueueThatKafkaFillsAndAmqpEmpties() throws Exception {
        KafkaClients.createTopic(at, "orders", 1);
        try (Connection connection = AmqpClients.connect(at); MessageWriter writer = KafkaClients.writer(at, "orders")) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclarePassive("orders");
            channel.queueDeclare("q", true, false, false, Map.of());
            channel.queueBind("q", "orders", "a");
            List<Message> messages = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                messages.add(Message.of(i < 6 ? "a" : "b", "body".getBytes(StandardCharsets.UTF_8)));
            }
            writer.write(messages);
            GetResponse first = await().atMost(PATIENCE).until(() -> channel.basicGet("q", false), Objects::nonNull);
            GetResponse second = channel.basicGet("q", false);
            channel.basicAck(first.getEnvelope().getDeliveryTag(), false);
            channel.basicNack(second.getEnvelope().getDeliveryTag(), false, false);
            GetResponse third = channel.basicGet("q", false);
            assertThat(third).isNotNull();
            String queue = "{namespace=\"default\",subscription=\"q\"}";
            String topic = "{namespace=\"default\",topic=\"orders\"}";
            await().atMost(PATIENCE).untilAsserted(() -> {
                List<String> lines = scrape();
                assertThat(value(lines, "tributary_subscription_ready", queue)).isEqualTo(3);
                assertThat(value(lines, "tributary_subscription_outstanding", queue)).isEqualTo(1);
                assertThat(value(lines, "tributary_subscription_published_total", queue)).isEqualTo(6);
                assertThat(value(lines, "tributary_subscription_delivered_total", queue)).isEqualTo(3);
                assertThat(value(lines, "tributary_subscription_acknowledged_total", queue)).isEqualTo(1);
                assertThat(value(lines, "tributary_subscription_dropped_total", queue)).isEqualTo(1);
                assertThat(value(lines, "tributary_subscription_oldest_age_seconds", queue)).isGreaterThan(0);
                assertThat(value(lines, "tributary_topic_appended_records_total", topic)).isEqualTo(10);
                assertThat(value(lines, "tributary_topic_appended_bytes_total", topic)).isGreaterThan(40);
                assertThat(value(lines, "tributary_topic_read_bytes_total", topic)).isGreaterThan(40);
                assertThat(value(lines, "tributary_topic_size_bytes", topic)).isGreaterThan(40);
                assertThat(value(lines, "tributary_subscriptions", "")).isGreaterThanOrEqualTo(1);
                assertThat(value(lines, "tributary_subscriptions_ready", "")).isGreaterThanOrEqualTo(3);
                assertThat(value(lines, "tributary_topics_appended_records_total", "")).isGreaterThanOrEqualTo(10);
            });
            channel.queueDelete("q");
        }
    }

    @Test
    void showsNoMoreNamesThanItIsTold() throws Exception {
        for (int i = 0; i < 12; i++) {
            HttpClients.ok(http, HttpClients.json(at, "PUT", "/v1/subscriptions/many" + i, "{\"topic\":\"many" + i + "\"}"));
        }
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<String> lines = scrape();
            assertThat(value(lines, "tributary_subscriptions", "")).isGreaterThanOrEqualTo(12);
            assertThat(lines.stream().filter(line -> line.startsWith("tributary_subscription_ready{"))).hasSize(5);
            assertThat(lines.stream().filter(line -> line.startsWith("tributary_topic_size_bytes{"))).hasSize(5);
        });
    }
}
