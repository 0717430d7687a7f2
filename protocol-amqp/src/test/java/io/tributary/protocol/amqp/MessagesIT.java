package io.tributary.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.MessageProperties;
import io.netty.buffer.ByteBuf;
import io.tributary.protocol.amqp.codec.BasicMethod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publishing, confirms, consuming and acknowledging (section 1.8 of the reference), as RabbitMQ 3.10 does them too. */
class MessagesIT extends AmqpConformance {
    private final String queue = queueName("q");
    private final BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();

    @BeforeEach
    void declare() throws Exception {
        channel.queueDeclare(queue, true, false, false, null);
    }

    @Test
    void confirmsEveryPublication() throws Exception {
        channel.confirmSelect();
        List<Long> confirmed = new ArrayList<>();
        channel.addConfirmListener((tag, multiple) -> confirmed.add(tag), (tag, multiple) -> confirmed.add(-tag));
        int count = 500;
        for (int i = 1; i <= count; i++) {
            assertThat(channel.getNextPublishSeqNo()).isEqualTo(i);
            channel.basicPublish("", i % 3 == 0 ? "nowhere-" + queue : queue, i % 2 == 0 ? MessageProperties.PERSISTENT_BASIC : null,
                bytes("m" + i));
        }

        assertThat(channel.waitForConfirms(PATIENCE.toMillis())).isTrue();

        // RabbitMQ confirms out of order here; ours keeps it.
        assertThat(confirmed).contains((long) count).allMatch(tag -> tag > 0);
        if (server.isOurs()) {
            assertThat(confirmed).isSorted();
        }
        assertThat(channel.messageCount(queue)).isEqualTo(count - count / 3);
    }

    @Test
    void getsAfterWhatWasSettledInTheSamePacket() throws Exception {
        channel.confirmSelect();
        channel.basicPublish("", queue, null, bytes("first"));
        channel.basicPublish("", queue, null, bytes("second"));
        assertThat(channel.waitForConfirms(PATIENCE.toMillis())).isTrue();
        BasicMethod.Get get = new BasicMethod.Get(queue, false);
        try (RawClient raw = RawClient.open(server.host(), server.port(), 0)) {
            raw.method(1, get);
            assertThat(isRedelivered(raw.expect(60, 71), 1)).isFalse();
            raw.method(1, new BasicMethod.Nack(1, false, true), get);
            assertThat(isRedelivered(raw.expect(60, 71), 2)).as("the first comes again before the second").isTrue();
            raw.method(1, new BasicMethod.Ack(2, false), get);
            assertThat(isRedelivered(raw.expect(60, 71), 3)).isFalse();
            raw.method(1, new BasicMethod.Ack(3, false), get);
            raw.expect(60, 72);
        }
        assertThat(channel.messageCount(queue)).isZero();
    }

    private static boolean isRedelivered(ByteBuf getOk, long expectedTag) {
        assertThat(getOk.readLong()).isEqualTo(expectedTag);
        return getOk.readBoolean();
    }

    @Test
    void returnsWhatIsMandatoryAndUnroutableBeforeItsConfirm() throws Exception {
        channel.confirmSelect();
        List<String> events = new ArrayList<>();
        channel.addReturnListener(returned -> events.add(returned.getReplyCode() + " " + returned.getReplyText() + " "
            + returned.getExchange() + "|" + returned.getRoutingKey() + " " + new String(returned.getBody(), StandardCharsets.UTF_8)
            + " " + returned.getProperties().getType()));
        channel.addConfirmListener((tag, multiple) -> events.add("ack"), (tag, multiple) -> events.add("nack"));
        AMQP.BasicProperties typed = new AMQP.BasicProperties.Builder().type("t").build();
        channel.basicPublish("amq.direct", "none-" + queue, true, typed, bytes("back"));
        assertThat(channel.waitForConfirms(PATIENCE.toMillis())).isTrue();
        channel.basicPublish("", "none-" + queue, true, typed, bytes("again"));
        assertThat(channel.waitForConfirms(PATIENCE.toMillis())).isTrue();
        channel.basicPublish("", queue, true, typed, bytes("kept"));
        assertThat(channel.waitForConfirms(PATIENCE.toMillis())).isTrue();

        assertThat(events).containsExactly("312 NO_ROUTE amq.direct|none-" + queue + " back t", "ack",
            "312 NO_ROUTE |none-" + queue + " again t", "ack", "ack");
    }

    @Test
    @SuppressWarnings("JavaUtilDate") // the client's type
    void bringsPropertiesAndTypedHeadersBack() throws Exception {
        Map<String, Object> headers = new HashMap<>();
        headers.put("text", "caf\u00e9");
        headers.put("int", 42);
        headers.put("long", 1L << 40);
        headers.put("bool", true);
        headers.put("double", 2.5);
        headers.put("bytes", new byte[] {0, 1, (byte) 0xFF});
        headers.put("date", new Date(1_700_000_000_000L));
        headers.put("list", List.of("a", 1));
        headers.put("table", Map.of("inner", "x"));
        headers.put("nothing", null);
        AMQP.BasicProperties sent = new AMQP.BasicProperties.Builder().contentType("text/plain").contentEncoding("utf-8")
            .headers(headers).deliveryMode(2).priority(7).correlationId("c").replyTo("r").expiration("60000").messageId("m")
            .timestamp(new Date(1_600_000_000_000L)).type("t").userId("guest").appId("a").clusterId("cl").build();

        channel.basicPublish("", queue, sent, bytes("body"));
        AMQP.BasicProperties got = get().getProps();

        assertThat(got).usingRecursiveComparison().ignoringFields("headers", "bodySize").isEqualTo(sent);
        Map<String, Object> back = new HashMap<>(got.getHeaders());
        assertThat((byte[]) back.remove("bytes")).containsExactly(0, 1, 0xFF);
        assertThat(back.remove("text")).hasToString("caf\u00e9").isInstanceOf(LongString.class);
        assertThat(back.remove("list")).asString().isEqualTo("[a, 1]");
        assertThat(back.remove("table")).asString().isEqualTo("{inner=x}");
        headers.keySet().removeAll(List.of("bytes", "text", "list", "table"));
        assertThat(back).isEqualTo(headers);
    }

    @Test
    void bringsBodiesOfAnySizeBack() throws Exception {
        channel.confirmSelect();
        channel.basicConsume(queue, true, (tag, message) -> received.add(message), tag -> { });
        for (int size : new int[] {0, 1, 4096, 131_064, 131_065, 1 << 20, 20 << 20}) {
            byte[] body = new byte[size];
            new Random(size).nextBytes(body);
            channel.basicPublish("", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, body);
            assertThat(channel.waitForConfirms(PATIENCE.toMillis())).isTrue();
            assertThat(Arrays.equals(next().getBody(), body)).as("%d bytes", size).isTrue();
        }
    }

    @Test
    void deliversInTheOrderOfPublishing() throws Exception {
        int count = 5000;
        channel.basicConsume(queue, true, (tag, message) -> received.add(message), tag -> { });
        Channel publisher = connection.createChannel();
        for (int i = 0; i < count; i++) {
            publisher.basicPublish("", queue, i % 2 == 0 ? MessageProperties.PERSISTENT_BASIC : MessageProperties.BASIC, bytes("" + i));
        }

        for (int i = 0; i < count; i++) {
            assertThat(text(next())).isEqualTo("" + i);
        }
    }

    @Test
    void sendsNoMoreThanThePrefetchCount() throws Exception {
        publish(10);
        channel.basicQos(3);
        channel.basicConsume(queue, false, (tag, message) -> received.add(message), tag -> { });
        await().until(() -> received.size() == 3);
        connection.createChannel().queueDeclarePassive(queue);
        assertThat(received).hasSize(3);

        channel.basicAck(received.remove().getEnvelope().getDeliveryTag(), false);

        await().until(() -> received.size() == 3);
        assertThat(received.stream().map(MessagesIT::text)).containsExactly("1", "2", "3");
    }

    @Test
    void sharesAGlobalPrefetchCountAmongTheConsumersOfAChannel() throws Exception {
        publish(10);
        channel.basicQos(4, true);
        channel.basicConsume(queue, false, (tag, message) -> received.add(message), tag -> { });
        channel.basicConsume(queue, false, (tag, message) -> received.add(message), tag -> { });
        await().until(() -> received.size() == 4);
        connection.createChannel().queueDeclarePassive(queue);
        assertThat(received).hasSize(4);

        channel.basicAck(0, true);

        await().until(() -> received.size() == 8);
    }

    @Test
    void acknowledgesUpToATag() throws Exception {
        publish(5);
        channel.basicConsume(queue, false, (tag, message) -> received.add(message), tag -> { });
        await().until(() -> received.size() == 5);
        channel.basicAck(3, true);
        channel.close();

        Channel other = connection.createChannel();
        GetResponse fourth = other.basicGet(queue, false);
        assertThat(text(fourth)).isEqualTo("3");
        assertThat(fourth.getEnvelope().isRedeliver()).isTrue();
        assertThat(fourth.getMessageCount()).isEqualTo(1);
    }

    @Test
    void requeuesAndDropsAsToldAndKeepsTheOrder() throws Exception {
        publish(4);
        List<Long> tags = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tags.add(channel.basicGet(queue, false).getEnvelope().getDeliveryTag());
        }
        channel.basicReject(tags.get(0), true);
        channel.basicReject(tags.get(1), false);
        channel.basicNack(tags.get(3), true, true);

        assertThat(List.of(text(get()), text(get()), text(get()))).containsExactly("0", "2", "3");
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void recoversWhatIsUnacknowledged() throws Exception {
        publish(2);
        channel.basicConsume(queue, false, (tag, message) -> received.add(message), tag -> { });
        await().until(() -> received.size() == 2);
        received.clear();

        channel.basicRecover(true);

        assertThat(List.of(text(next()), text(next()))).containsExactly("0", "1");
    }

    @Test
    void marksWhatComesAgain() throws Exception {
        publish(1);
        try (Connection dying = server.connect()) {
            dying.createChannel().basicConsume(queue, false, (tag, message) -> received.add(message), tag -> { });
            assertThat(next().getEnvelope().isRedeliver()).isFalse();
        }

        channel.basicConsume(queue, true, (tag, message) -> received.add(message), tag -> { });

        assertThat(next().getEnvelope().isRedeliver()).isTrue();
    }

    @Test
    void letsDeliveriesBeAcknowledgedAfterTheirConsumerWasCancelled() throws Exception {
        publish(3);
        channel.basicQos(2);
        String consumer = channel.basicConsume(queue, false, (tag, message) -> received.add(message), tag -> { });
        await().until(() -> received.size() == 2);
        channel.basicCancel(consumer);
        channel.basicAck(1, false);
        channel.basicAck(2, false);

        assertThat(text(get())).isEqualTo("2");
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void answersASecondAcknowledgementWithUnknownTag() throws Exception {
        publish(1);
        long tag = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
        channel.basicAck(tag, false);
        channel.basicAck(tag, false);

        assertThat(AmqpServer.replyCodeOfClose(channel)).isEqualTo(406);
        assertThat(channel.getCloseReason().getMessage()).contains("unknown delivery tag " + tag);
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void givesAnExclusiveConsumerTheQueueToItself() throws Exception {
        channel.basicConsume(queue, true, "", false, true, null, (tag, message) -> { }, tag -> { });

        assertThat(AmqpServer.replyCode(() -> connection.createChannel().basicConsume(queue, (t, m) -> { }, t -> { }))).isEqualTo(403);
    }

    @Test
    void tellsAConsumerThatItsQueueIsGone() throws Exception {
        BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
        channel.basicConsume(queue, true, "mine", (tag, message) -> { }, cancelled::add);
        try (Connection other = server.connect()) {
            other.createChannel().queueDelete(queue);
        }

        assertThat(cancelled.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("mine");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void sharesAQueueAmongItsConsumers() throws Exception {
        BlockingQueue<Delivery> second = new LinkedBlockingQueue<>();
        channel.basicQos(1);
        channel.basicConsume(queue, false, (tag, message) -> received.add(message), tag -> { });
        Channel other = connection.createChannel();
        other.basicQos(1);
        other.basicConsume(queue, false, (tag, message) -> second.add(message), tag -> { });

        publish(2);

        await().until(() -> received.size() == 1 && second.size() == 1);
    }

    @Test
    void keepsDurableQueuesAndTheirPersistentMessagesApartFromConnections() throws Exception {
        publish(1);
        connection.close();
        connection = server.connect();
        channel = connection.createChannel();

        assertThat(text(get())).isEqualTo("0");
    }

    @Test
    void answersAPublicationToNoExchangeByClosingTheChannel() throws Exception {
        channel.basicPublish(AmqpServer.unique("none"), "k", null, bytes("m"));

        assertThat(AmqpServer.replyCodeOfClose(channel)).isEqualTo(404);
    }

    @Test
    void refusesAForeignUserIdAndABadExpiration() throws Exception {
        channel.basicPublish("", queue, new AMQP.BasicProperties.Builder().userId("somebody").build(), bytes("m"));
        assertThat(AmqpServer.replyCodeOfClose(channel)).isEqualTo(406);
        Channel other = connection.createChannel();
        other.basicPublish("", queue, new AMQP.BasicProperties.Builder().expiration("soon").build(), bytes("m"));
        assertThat(AmqpServer.replyCodeOfClose(other)).isEqualTo(406);
    }

    @Test
    void refusesToPublishToAnInternalExchange() throws Exception {
        String internal = exchangeName();
        channel.exchangeDeclare(internal, "direct", false, true, true, null);
        channel.basicPublish(internal, "k", null, bytes("m"));

        assertThat(AmqpServer.replyCodeOfClose(channel)).isEqualTo(403);
        connection.createChannel().exchangeDelete(internal);
    }

    @Test
    void endsTheConnectionOverAConsumerTagUsedTwice() throws Exception {
        channel.basicConsume(queue, true, "same", (tag, message) -> { }, tag -> { });

        assertThat(AmqpServer.replyCode(() -> channel.basicConsume(queue, true, "same", (tag, message) -> { }, tag -> { })))
            .isEqualTo(530);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void endsTheConnectionOverAnImmediatePublication() throws Exception {
        channel.basicPublish("", queue, false, true, null, bytes("m"));

        assertThat(AmqpServer.replyCodeOfClose(channel)).isEqualTo(540);
        assertThat(connection.isOpen()).isFalse();
    }

    private void publish(int count) throws Exception {
        channel.confirmSelect();
        for (int i = 0; i < count; i++) {
            channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, bytes("" + i));
        }
        assertThat(channel.waitForConfirms(PATIENCE.toMillis())).isTrue();
    }

    private GetResponse get() throws Exception {
        GetResponse response = channel.basicGet(queue, true);
        assertThat(response).isNotNull();
        return response;
    }

    private Delivery next() throws InterruptedException {
        Delivery delivery = received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(delivery).isNotNull();
        return delivery;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Delivery delivery) {
        return new String(delivery.getBody(), StandardCharsets.UTF_8);
    }

    private static String text(GetResponse response) {
        return new String(response.getBody(), StandardCharsets.UTF_8);
    }
}
