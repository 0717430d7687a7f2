package io.tributary.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Time to live, dead letters, delivery limits and the choice of consumers, as RabbitMQ does them (its documentation of each). */
class PolicyIT extends AmqpConformance {
    private static final String DLX = "x-dead-letter-exchange";
    private static final String DLRK = "x-dead-letter-routing-key";

    private final String queue = queueName("q");
    private final String dead = queueName("dead");
    private final String exchange = exchangeName();

    private void declare(String name, @Nullable Map<String, Object> arguments) throws Exception {
        channel.queueDeclare(name, true, false, false, arguments);
    }

    private void publish(String to, String key, String body, AMQP.@Nullable BasicProperties properties) throws Exception {
        channel.basicPublish(to, key, properties, body.getBytes(StandardCharsets.UTF_8));
    }

    private static AMQP.BasicProperties expiring(String expiration) {
        return new AMQP.BasicProperties.Builder().expiration(expiration).headers(Map.of("own", "kept")).build();
    }

    private GetResponse get(String name, boolean autoAck) {
        AtomicReference<@Nullable GetResponse> got = new AtomicReference<>();
        await().atMost(PATIENCE).until(() -> {
            got.set(channel.basicGet(name, autoAck));
            return got.get() != null;
        });
        return Objects.requireNonNull(got.get());
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> deaths(GetResponse response) {
        return (List<Map<String, Object>>) Objects.requireNonNull(response.getProps().getHeaders().get("x-death"));
    }

    @Test
    void sendsWhatIsRejectedToTheDeadLetterExchangeAndTellsWhy() throws Exception {
        channel.exchangeDeclare(exchange, "direct", true);
        declare(queue, Map.of(DLX, exchange, DLRK, "dead"));
        declare(dead, null);
        channel.queueBind(queue, exchange, "work");
        channel.queueBind(dead, exchange, "dead");
        publish(exchange, "work", "body", expiring("60000"));

        channel.basicReject(get(queue, false).getEnvelope().getDeliveryTag(), false);

        GetResponse response = get(dead, true);
        assertThat(text(response.getBody())).isEqualTo("body");
        assertThat(response.getEnvelope().getExchange()).isEqualTo(exchange);
        assertThat(response.getEnvelope().getRoutingKey()).isEqualTo("dead");
        assertThat(response.getProps().getExpiration()).isNull();
        Map<String, Object> headers = response.getProps().getHeaders();
        assertThat(headers.get("own")).hasToString("kept");
        assertThat(headers.get("x-first-death-reason")).hasToString("rejected");
        assertThat(headers.get("x-first-death-queue")).hasToString(queue);
        assertThat(headers.get("x-first-death-exchange")).hasToString(exchange);
        assertThat(deaths(response)).hasSize(1);
        Map<String, Object> death = deaths(response).get(0);
        assertThat(death.get("count")).isEqualTo(1L);
        assertThat(death.get("reason")).hasToString("rejected");
        assertThat(death.get("queue")).hasToString(queue);
        assertThat(death.get("exchange")).hasToString(exchange);
        assertThat(death.get("time")).isInstanceOf(Date.class);
        assertThat(death.get("original-expiration")).hasToString("60000");
        assertThat((List<?>) death.get("routing-keys")).hasSize(1).first().hasToString("work");
        if (server.isOurs()) {
            // Since RabbitMQ 3.13.
            assertThat(headers.get("x-last-death-reason")).hasToString("rejected");
            assertThat(headers.get("x-last-death-queue")).hasToString(queue);
            assertThat(headers.get("x-last-death-exchange")).hasToString(exchange);
        }
    }

    @Test
    void keepsTheRoutingKeyWhenNoneIsFixed() throws Exception {
        channel.exchangeDeclare(exchange, "direct", true);
        declare(queue, Map.of(DLX, exchange));
        declare(dead, null);
        channel.queueBind(dead, exchange, queue);
        publish("", queue, "body", null);

        channel.basicNack(get(queue, false).getEnvelope().getDeliveryTag(), false, false);

        GetResponse response = get(dead, true);
        assertThat(response.getEnvelope().getRoutingKey()).isEqualTo(queue);
        assertThat(deaths(response).get(0).get("exchange")).hasToString("");
        assertThat((List<?>) deaths(response).get(0).get("routing-keys")).first().hasToString(queue);
    }

    @Test
    void sendsWhatExpiresThroughTheDefaultExchange() throws Exception {
        declare(queue, Map.of("x-message-ttl", 50, DLX, "", DLRK, dead));
        declare(dead, null);
        publish("", queue, "body", null);

        GetResponse response = get(dead, true);
        assertThat(text(response.getBody())).isEqualTo("body");
        assertThat(response.getEnvelope().getExchange()).isEmpty();
        assertThat(response.getEnvelope().getRoutingKey()).isEqualTo(dead);
        assertThat(deaths(response).get(0).get("reason")).hasToString("expired");
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void endsAMessageByItsOwnExpiration() throws Exception {
        channel.exchangeDeclare(exchange, "fanout", true);
        declare(queue, Map.of(DLX, exchange));
        declare(dead, null);
        channel.queueBind(dead, exchange, "");
        publish("", queue, "short", expiring("50"));
        publish("", queue, "long", null);

        assertThat(text(get(dead, true).getBody())).isEqualTo("short");
        assertThat(text(get(queue, true).getBody())).isEqualTo("long");
    }

    @Test
    void neverDeliversAnExpiredMessage() throws Exception {
        declare(queue, Map.of("x-message-ttl", 50L));
        publish("", queue, "a", null);
        await().atMost(PATIENCE).until(() -> channel.messageCount(queue) == 0);
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void deliversWithoutAnyTimeToAConsumerThatWaits() throws Exception {
        declare(queue, Map.of("x-message-ttl", 0));
        List<String> got = new CopyOnWriteArrayList<>();
        channel.basicConsume(queue, true, into(got), tag -> { });
        publish("", queue, "now", null);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(got).containsExactly("now"));
    }

    @Test
    void countsRoundsThroughARetryQueue() throws Exception {
        declare(queue, Map.of(DLX, "", DLRK, dead));
        declare(dead, Map.of("x-message-ttl", 50, DLX, "", DLRK, queue));
        publish("", queue, "body", null);

        channel.basicReject(get(queue, false).getEnvelope().getDeliveryTag(), false);
        channel.basicReject(get(queue, false).getEnvelope().getDeliveryTag(), false);

        GetResponse response = get(queue, true);
        assertThat(deaths(response)).extracting(death -> String.valueOf(death.get("queue"))).containsExactly(dead, queue);
        assertThat(deaths(response)).extracting(death -> String.valueOf(death.get("reason"))).containsExactly("expired", "rejected");
        assertThat(deaths(response)).extracting(death -> death.get("count")).containsExactly(2L, 2L);
        assertThat(response.getProps().getHeaders().get("x-first-death-queue")).hasToString(queue);
    }

    @Test
    void breaksACircleInWhichNobodyRejects() throws Exception {
        declare(queue, Map.of("x-message-ttl", 50, DLX, "", DLRK, dead));
        declare(dead, Map.of("x-message-ttl", 50, DLX, "", DLRK, queue));
        publish("", queue, "body", null);
        await().atMost(PATIENCE).during(Duration.ofMillis(500)).untilAsserted(() ->
            assertThat(channel.messageCount(queue) + channel.messageCount(dead)).isZero());
    }

    @Test
    void limitsTheReturnsOfAQuorumQueue() throws Exception {
        declare(queue, Map.of("x-queue-type", "quorum", "x-delivery-limit", 2, DLX, "", DLRK, dead));
        declare(dead, null);
        publish("", queue, "body", null);

        for (int returned = 0; returned <= 2; returned++) {
            GetResponse response = get(queue, false);
            assertThat(response.getProps().getHeaders().get("x-delivery-count")).isEqualTo((long) returned);
            channel.basicNack(response.getEnvelope().getDeliveryTag(), false, true);
        }

        assertThat(deaths(get(dead, true)).get(0).get("reason")).hasToString("delivery_limit");
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void tellsConsumersOfAQuorumQueueOfReturnsOnly() throws Exception {
        declare(queue, Map.of("x-queue-type", "quorum"));
        List<Object> counts = new CopyOnWriteArrayList<>();
        channel.basicConsume(queue, false, (tag, message) -> {
            Map<String, Object> headers = message.getProperties().getHeaders();
            Object count = headers == null ? null : headers.get("x-delivery-count");
            counts.add(count == null ? "none" : count);
            channel.basicNack(message.getEnvelope().getDeliveryTag(), false, counts.size() < 3);
        }, ended -> { });
        publish("", queue, "body", null);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(counts).containsExactly("none", 1L, 2L));
    }

    @Test
    void dropsWhatNoQueueTakes() throws Exception {
        declare(queue, Map.of(DLX, AmqpServer.unique("nowhere")));
        publish("", queue, "body", null);
        channel.basicReject(get(queue, false).getEnvelope().getDeliveryTag(), false);
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void reachesTheAddressSpaceThroughAmqTopic() throws Exception {
        declare(queue, Map.of(DLX, "amq.topic", DLRK, exchange + ".dead"));
        declare(dead, null);
        channel.queueBind(dead, "amq.topic", exchange + ".*");
        if (server.isOurs()) {
            // The topic that an address names is made by the first who publishes to it.
            publish("amq.topic", exchange + ".made", "first", null);
            assertThat(text(get(dead, true).getBody())).isEqualTo("first");
        }
        publish("", queue, "body", null);
        channel.basicReject(get(queue, false).getEnvelope().getDeliveryTag(), false);
        GetResponse response = get(dead, true);
        assertThat(text(response.getBody())).isEqualTo("body");
        assertThat(response.getEnvelope().getExchange()).isEqualTo("amq.topic");
        assertThat(response.getEnvelope().getRoutingKey()).isEqualTo(exchange + ".dead");
    }

    @Test
    void acceptsAnEquivalentDeclarationOnly() throws Exception {
        Map<String, Object> arguments = new HashMap<>(Map.of("x-message-ttl", 60_000, "x-expires", 600_000L, DLX, exchange, DLRK, "k",
            "x-single-active-consumer", true));
        declare(queue, arguments);
        arguments.put("x-message-ttl", 60_000L);
        declare(queue, arguments);
        Map<String, Object> others = Map.of("x-message-ttl", 1, "x-expires", 5, DLX, "other", DLRK, "other", "x-single-active-consumer",
            false);
        for (Map.Entry<String, Object> other : others.entrySet()) {
            Map<String, Object> changed = new HashMap<>(arguments);
            changed.put(other.getKey(), other.getValue());
            assertThat(replyCode(changed)).as(other.getKey()).isEqualTo(406);
            changed.remove(other.getKey());
            assertThat(replyCode(changed)).as("without " + other.getKey()).isEqualTo(406);
        }
    }

    @Test
    void refusesBadValues() {
        assertThat(replyCode(Map.of("x-message-ttl", -1))).isEqualTo(406);
        assertThat(replyCode(Map.of("x-message-ttl", "soon"))).isEqualTo(406);
        assertThat(replyCode(Map.of("x-expires", 0))).isEqualTo(406);
        assertThat(replyCode(Map.of("x-expires", -5L))).isEqualTo(406);
        assertThat(replyCode(Map.of(DLX, 5))).isEqualTo(406);
        assertThat(replyCode(Map.of(DLRK, "k"))).isEqualTo(406);
        assertThat(replyCode(Map.of(DLX, exchange, DLRK, 5))).isEqualTo(406);
        assertThat(replyCode(Map.of("x-single-active-consumer", "yes"))).isEqualTo(406);
        assertThat(replyCode(Map.of("x-delivery-limit", 3))).isEqualTo(406);
        if (server.isOurs()) {
            // RabbitMQ 3.10 does not look at it.
            assertThat(replyCode(Map.of("x-queue-type", "quorum", "x-delivery-limit", "3"))).isEqualTo(406);
        }
    }

    private int replyCode(Map<String, Object> arguments) {
        return AmqpServer.replyCode(() -> connection.createChannel().queueDeclare(queue, true, false, false, arguments));
    }

    @Test
    void deletesAQueueThatNobodyUses() throws Exception {
        declare(queue, Map.of("x-expires", 300));
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() ->
            AmqpServer.replyCode(() -> connection.createChannel().queueDeclarePassive(queue)) == 404);
        declare(queue, null);
        publish("", queue, "again", null);
        assertThat(text(get(queue, true).getBody())).isEqualTo("again");
    }

    @Test
    void keepsAQueueThatHasAConsumer() throws Exception {
        declare(queue, Map.of("x-expires", 200));
        declare(dead, Map.of("x-expires", 200));
        String tag = channel.basicConsume(queue, true, into(new CopyOnWriteArrayList<>()), ended -> { });
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() ->
            AmqpServer.replyCode(() -> connection.createChannel().queueDeclarePassive(dead)) == 404);
        assertThat(AmqpServer.replyCode(() -> connection.createChannel().queueDeclarePassive(queue))).isZero();
        channel.basicCancel(tag);
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() ->
            AmqpServer.replyCode(() -> connection.createChannel().queueDeclarePassive(queue)) == 404);
    }

    @Test
    void hasOneActiveConsumerUntilItGoes() throws Exception {
        declare(queue, Map.of("x-single-active-consumer", true));
        List<String> first = new CopyOnWriteArrayList<>();
        List<String> second = new CopyOnWriteArrayList<>();
        String tag = channel.basicConsume(queue, false, into(first), ended -> { });
        channel.basicConsume(queue, false, into(second), ended -> { });
        publish("", queue, "a", null);
        publish("", queue, "b", null);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(first).containsExactly("a", "b"));
        channel.basicCancel(tag);
        publish("", queue, "c", null);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(second).containsExactly("c"));
        assertThat(first).containsExactly("a", "b");
        assertThat(AmqpServer.replyCode(() -> connection.createChannel()
            .basicConsume(queue, false, "", false, true, null, into(first), ended -> { }))).isEqualTo(403);
    }

    @Test
    void givesAMessageToTheConsumerOfTheHighestPriorityThatHasRoom() throws Exception {
        declare(queue, null);
        List<String> low = new CopyOnWriteArrayList<>();
        List<String> high = new CopyOnWriteArrayList<>();
        channel.basicConsume(queue, false, Map.of("x-priority", -1), into(low), ended -> { });
        channel.basicQos(2);
        channel.basicConsume(queue, false, Map.of("x-priority", 10), into(high), ended -> { });
        for (int i = 0; i < 4; i++) {
            publish("", queue, "" + i, null);
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(low).containsExactly("2", "3"));
        assertThat(high).containsExactly("0", "1");
        assertThat(AmqpServer.replyCode(() -> connection.createChannel()
            .basicConsume(queue, false, Map.of("x-priority", "high"), into(low), ended -> { }))).isEqualTo(406);
    }

    private static DeliverCallback into(List<String> received) {
        return (tag, message) -> received.add(text(message.getBody()));
    }
}
