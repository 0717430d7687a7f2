package io.tributary.protocol.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.SubscriptionStats;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.StatusAssertions;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.Disposable;

class SubscriptionIT {
    private static final ParameterizedTypeReference<ServerSentEvent<Map<String, Object>>> EVENTS = new ParameterizedTypeReference<>() { };
    private static final ParameterizedTypeReference<Map<String, List<Map<String, Object>>>> PULLED = new ParameterizedTypeReference<>() { };

    private final TestServer server = TestServer.shared();
    private final WebTestClient client = server.client();
    private final String name = TestServer.unique("sub");

    private void create(String settings) {
        client.put().uri("/v1/subscriptions/{n}", name).contentType(MediaType.APPLICATION_JSON).bodyValue(settings).exchange()
            .expectStatus().isCreated().expectBody().jsonPath("$.name").isEqualTo(name);
    }

    private void publish(String topic, @Nullable String key, String value) {
        server.broker().publisher().publish(PublishRequest.of(TopicName.of(topic), Subject.toKey(key),
            value.getBytes(StandardCharsets.UTF_8), Headers.EMPTY)).toCompletableFuture().join();
    }

    private List<Map<String, Object>> pull(String request) {
        Map<String, List<Map<String, Object>>> body = client.post().uri("/v1/subscriptions/{n}/pull", name)
            .contentType(MediaType.APPLICATION_JSON).bodyValue(request).exchange().expectStatus().isOk()
            .expectBody(PULLED).returnResult().getResponseBody();
        return Objects.requireNonNull(Objects.requireNonNull(body).get("messages"));
    }

    private WebTestClient.BodyContentSpec settle(String call, String ids) {
        return client.post().uri("/v1/subscriptions/{n}/" + call, name).contentType(MediaType.APPLICATION_JSON).bodyValue(ids)
            .exchange().expectStatus().isOk().expectBody();
    }

    private static String ids(List<Map<String, Object>> messages) {
        return "{\"ackIds\":[" + String.join(",", messages.stream().map(message -> "\"" + message.get("ackId") + "\"").toList()) + "]}";
    }

    private static List<@Nullable Object> values(List<Map<String, Object>> messages) {
        return messages.stream().<@Nullable Object>map(message -> message.get("value")).toList();
    }

    private SubscriptionStats stats() {
        Subscription found = server.broker().subscriptions().find(new SubscriptionName(Namespace.DEFAULT, name));
        return Objects.requireNonNull(found).stats().toCompletableFuture().join();
    }

    @Test
    void pullsWhatAFilterTakesAndAcknowledgesIt() {
        create("{\"topic\":\"" + name + "\",\"filter\":{\"pattern\":\"+/temp\"}}");
        publish(name, "1/temp", "a");
        publish(name, "1/hum", "b");
        publish(name, "2/temp", "c");

        List<Map<String, Object>> messages = pull("{\"max\":10,\"wait\":\"5s\"}");
        assertThat(values(messages)).containsExactly("a", "c");
        assertThat(messages.get(0)).containsEntry("deliveryCount", 1).containsEntry("redelivered", false).containsEntry("topic", name)
            .containsEntry("key", "1/temp").containsEntry("offset", 0);
        settle("ack", ids(messages)).jsonPath("$.settled").isEqualTo(2).jsonPath("$.unknown").isEmpty();
        assertThat(pull("{}")).isEmpty();
        settle("ack", ids(messages)).jsonPath("$.settled").isEqualTo(0).jsonPath("$.unknown.length()").isEqualTo(2);
    }

    @Test
    void sendsWhatIsDroppedOrComesBackTooOftenToTheDeadLetterTopic() {
        create("{\"topic\":\"" + name + "\",\"delivery\":{\"maxDeliveries\":2,\"deadLetter\":{\"topic\":\"" + name + "-dead\"},"
            + "\"messageTtl\":\"1h\",\"dispatch\":\"by-key\",\"backOff\":{\"min\":\"1ms\",\"max\":\"10ms\"}}}");
        client.get().uri("/v1/subscriptions/{n}", name).exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.delivery.deadLetter.topic").isEqualTo(name + "-dead").jsonPath("$.delivery.messageTtl").isEqualTo("1h")
            .jsonPath("$.delivery.dispatch").isEqualTo("by-key").jsonPath("$.delivery.maxDeliveries").isEqualTo(2)
            .jsonPath("$.delivery.backOff.max").isEqualTo("10ms").jsonPath("$.delivery.expires").doesNotExist();
        publish(name, "k", "back and forth");
        for (int i = 0; i < 2; i++) {
            settle("nack", ids(pull("{\"wait\":\"5s\"}"))).jsonPath("$.settled").isEqualTo(1);
        }
        client.get().uri("/v1/topics/{t}/messages?from=earliest&wait=10s", name + "-dead").exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.records.length()").isEqualTo(1).jsonPath("$.records[0].value").isEqualTo("back and forth")
            .jsonPath("$.records[0].headers['dead-letter']").value(header ->
                assertThat(String.valueOf(header)).contains("reason=delivery-limit&subscription=" + name));
    }

    @Test
    void deliversByPriority() {
        create("{\"topic\":\"" + name + "\",\"delivery\":{\"maxPriority\":5}}");
        client.get().uri("/v1/subscriptions/{n}", name).exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.delivery.maxPriority").isEqualTo(5).jsonPath("$.delivery.dispatch").isEqualTo("fair");
        for (String priority : List.of("0", "3", "200", "3", "1")) {
            client.post().uri("/v1/topics/{t}/messages", name).header("Priority", priority).bodyValue(priority).exchange()
                .expectStatus().isOk();
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> stats().ready() == 5);
        List<@Nullable Object> received = new ArrayList<>();
        while (received.size() < 5) {
            received.addAll(values(pull("{\"max\":10,\"wait\":\"5s\"}")));
        }
        assertThat(received).containsExactly("200", "3", "3", "1", "0");
        put("{\"topic\":\"" + name + "\",\"delivery\":{\"maxPriority\":6}}").isEqualTo(409);
    }

    @Test
    void refusesAnotherOrABadDeliveryPolicy() {
        create("{\"topic\":\"" + name + "\",\"delivery\":{\"messageTtl\":\"1h\"}}");
        put("{\"topic\":\"" + name + "\",\"delivery\":{\"messageTtl\":\"60m\"}}").isEqualTo(200);
        put("{\"topic\":\"" + name + "\",\"delivery\":{\"messageTtl\":\"2h\"}}").isEqualTo(409);
        put("{\"topic\":\"" + name + "\"}").isEqualTo(409);
        for (String bad : List.of("{\"messageTtl\":\"soon\"}", "{\"expires\":\"0s\"}", "{\"maxDeliveries\":0}", "{\"deadLetter\":{}}",
            "{\"deadLetter\":{\"topic\":\"__subscriptions\"}}", "{\"dispatch\":\"random\"}", "{\"backOff\":{\"max\":\"1s\"}}",
            "{\"backOff\":{\"min\":\"2s\",\"max\":\"1s\"}}", "{\"maxPriority\":0}", "{\"maxPriority\":256}",
            "{\"maxPriority\":5,\"dispatch\":\"by-key\"}")) {
            put("{\"topic\":\"" + name + "\",\"delivery\":" + bad + "}").isEqualTo(400);
        }
    }

    private StatusAssertions put(String settings) {
        return client.put().uri("/v1/subscriptions/{n}", name).contentType(MediaType.APPLICATION_JSON).bodyValue(settings).exchange()
            .expectStatus();
    }

    @Test
    void deliversAgainAfterTheDeadlineUnlessItIsExtended() {
        create("{\"topic\":\"" + name + "\"}");
        publish(name, null, "left");
        publish(name, null, "kept");
        List<Map<String, Object>> first = pull("{\"max\":2,\"ackDeadline\":\"1s\",\"wait\":\"5s\"}");
        assertThat(first).hasSize(2);
        settle("extend", "{\"ackIds\":[\"" + first.get(1).get("ackId") + "\"],\"ackDeadline\":\"10m\"}").jsonPath("$.settled").isEqualTo(1);

        List<Map<String, Object>> again = pull("{\"max\":2,\"wait\":\"15s\"}");
        assertThat(values(again)).containsExactly("left");
        assertThat(again.get(0)).containsEntry("deliveryCount", 2).containsEntry("redelivered", true);
        settle("ack", ids(first)).jsonPath("$.settled").isEqualTo(1).jsonPath("$.unknown[0]").isEqualTo(first.get(0).get("ackId"));
        settle("ack", ids(again)).jsonPath("$.settled").isEqualTo(1);
    }

    @Test
    void givesBackAndDrops() {
        create("{\"topic\":\"" + name + "\"}");
        publish(name, null, "x");
        settle("nack", ids(pull("{\"wait\":\"5s\"}"))).jsonPath("$.settled").isEqualTo(1);
        List<Map<String, Object>> again = pull("{\"wait\":\"5s\"}");
        assertThat(again.get(0)).containsEntry("deliveryCount", 2);
        settle("nack", ids(again).replace("}", ",\"requeue\":false}")).jsonPath("$.settled").isEqualTo(1);
        assertThat(pull("{}")).isEmpty();
        await().atMost(Duration.ofSeconds(20)).until(() -> stats().outstanding() == 0 && stats().ready() == 0);
    }

    @Test
    void tellsIdentifiersThatItDoesNotKnow() {
        create("{\"topic\":\"" + name + "\"}");
        publish(name, null, "x");
        String mine = String.valueOf(pull("{\"wait\":\"5s\"}").get(0).get("ackId"));
        String other = TestServer.unique("sub");
        client.put().uri("/v1/subscriptions/{n}", other).contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"topic\":\"" + name + "\"}").exchange().expectStatus().isCreated();
        client.post().uri("/v1/subscriptions/{n}/ack", other).contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"ackIds\":[\"" + mine + "\",\"\",\"nonsense\",\"" + "A".repeat(32) + "\"]}").exchange()
            .expectStatus().isOk().expectBody().jsonPath("$.settled").isEqualTo(0).jsonPath("$.unknown.length()").isEqualTo(4);
        settle("ack", "{\"ackIds\":[\"" + mine + "\"]}").jsonPath("$.settled").isEqualTo(1);
    }

    @Test
    void aSecondPutWithTheSameBindingsChangesNothingAndAnotherOneIsRefused() {
        String settings = "{\"bindings\":[{\"topic\":\"" + name + "\",\"filter\":{\"subject\":\"a\"}},"
            + "{\"topic\":\"" + name + "\",\"filter\":{\"headers\":{\"any\":{\"x\":\"1\",\"y\":null}}}}],\"start\":\"earliest\"}";
        create(settings);
        client.put().uri("/v1/subscriptions/{n}", name).contentType(MediaType.APPLICATION_JSON).bodyValue(settings).exchange()
            .expectStatus().isOk().expectBody().jsonPath("$.bindings.length()").isEqualTo(2).jsonPath("$.durable").isEqualTo(true);
        client.put().uri("/v1/subscriptions/{n}", name).contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"topic\":\"" + name + "\"}").exchange()
            .expectStatus().isEqualTo(409).expectBody().jsonPath("$.code").isEqualTo("SUBSCRIPTION_EXISTS");
        client.get().uri("/v1/subscriptions/{n}", name).exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.stats.ready").isEqualTo(0).jsonPath("$.bindings[?(@.filter.subject == 'a')]").isNotEmpty();
        client.get().uri("/v1/subscriptions").exchange().expectBody()
            .jsonPath("$.subscriptions[?(@.name == '" + name + "')]").isNotEmpty();
        client.delete().uri("/v1/subscriptions/{n}", name).exchange().expectStatus().isNoContent();
        client.delete().uri("/v1/subscriptions/{n}", name).exchange().expectStatus().isNotFound()
            .expectBody().jsonPath("$.code").isEqualTo("SUBSCRIPTION_NOT_FOUND");
    }

    @Test
    void startsAtTheEarliestWhenAsked() {
        server.broker().topics().getOrAutoCreate(TopicName.of(name)).toCompletableFuture().join();
        publish(name, null, "before");
        create("{\"topic\":\"" + name + "\",\"start\":\"earliest\"}");
        assertThat(values(pull("{\"wait\":\"5s\"}"))).containsExactly("before");
    }

    @Test
    void aClientThatLeavesWhileItWaitsTakesNothingAlong() throws IOException {
        create("{\"topic\":\"" + name + "\"}");
        SocketAddress leaver;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            leaver = socket.getLocalSocketAddress();
            String body = "{\"wait\":\"20s\"}";
            socket.getOutputStream().write(("POST /v1/subscriptions/" + name + "/pull HTTP/1.1\r\nHost: test\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(US_ASCII));
            await().atMost(Duration.ofSeconds(30)).until(() -> stats().consumers() == 1);
        }
        // What is sent before the server knows counts as delivered, until its deadline.
        await().atMost(Duration.ofSeconds(30)).until(() -> !server.isConnected(leaver));
        publish(name, null, "x");
        assertThat(values(pull("{\"wait\":\"20s\"}"))).containsExactly("x");
    }

    @Test
    void streamsAndAcknowledgesWhatHasGoneToTheSocket() {
        create("{\"topic\":\"" + name + "\"}");
        List<Object> received = new CopyOnWriteArrayList<>();
        Disposable stream = server.webClient().get().uri("/v1/subscriptions/{n}/events", name).retrieve().bodyToFlux(EVENTS)
            .filter(event -> event.data() != null).subscribe(event -> received.add(Objects.requireNonNull(event.data()).get("value")));
        for (int i = 0; i < 300; i++) {
            publish(name, null, "v" + i);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> received.size() == 300);
        await().atMost(Duration.ofSeconds(60)).until(() -> stats().outstanding() == 0 && stats().ready() == 0);
        assertThat(received).first().isEqualTo("v0");
        assertThat(received).last().isEqualTo("v299");
        stream.dispose();
        await().atMost(Duration.ofSeconds(60)).until(() -> stats().consumers() == 0);
    }

    @Test
    void tellsWhatItHoldsAndHasDone() {
        create("{\"topic\":\"" + name + "\",\"delivery\":{\"maxDeliveries\":5}}");
        client.get().uri("/v1/subscriptions/{n}", name).exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.stats.oldestAgeMs").doesNotExist().jsonPath("$.stats.counts.published").isEqualTo(0);
        for (int i = 0; i < 5; i++) {
            publish(name, null, "v" + i);
        }
        List<Map<String, Object>> pulled = pull("{\"max\":3,\"wait\":\"5s\"}");
        settle("ack", ids(pulled.subList(0, 1))).jsonPath("$.settled").isEqualTo(1);
        settle("nack", ids(pulled.subList(1, 2))).jsonPath("$.settled").isEqualTo(1);
        pull("{\"max\":1,\"wait\":\"5s\"}");
        client.get().uri("/v1/subscriptions/{n}", name).exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.stats.ready").isEqualTo(2).jsonPath("$.stats.outstanding").isEqualTo(2)
            .jsonPath("$.stats.readyBytes").doesNotExist().jsonPath("$.stats.oldestAgeMs").isNumber()
            .jsonPath("$.stats.counts.published").isEqualTo(5).jsonPath("$.stats.counts.delivered").isEqualTo(4)
            .jsonPath("$.stats.counts.redelivered").isEqualTo(1).jsonPath("$.stats.counts.acknowledged").isEqualTo(1)
            .jsonPath("$.stats.counts.deadLettered").isEqualTo(0).jsonPath("$.stats.counts.dropped").isEqualTo(0)
            .jsonPath("$.stats.rates.delivered.last10s").value(Double.class, rate -> assertThat(rate).isPositive())
            .jsonPath("$.stats.rates.published.last60s").value(Double.class, rate -> assertThat(rate).isPositive());
        client.get().uri("/v1/topics/{t}", name).exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.stats.records").isEqualTo(5).jsonPath("$.stats.appendedRecords").isEqualTo(5)
            .jsonPath("$.stats.appendedBytes").isNumber().jsonPath("$.stats.readBytes").isNumber()
            .jsonPath("$.stats.rates.appendedRecords.last10s").value(Double.class, rate -> assertThat(rate).isPositive())
            .jsonPath("$.partitions[0].highWatermark").isEqualTo(5).jsonPath("$.partitions[0].stats.appendedRecords").isEqualTo(5);
    }

    @Test
    void streamsForManualAcknowledgementWithinThePrefetch() {
        create("{\"topic\":\"" + name + "\"}");
        for (int i = 0; i < 5; i++) {
            publish(name, null, "v" + i);
        }
        List<Map<String, Object>> received = new CopyOnWriteArrayList<>();
        Disposable stream = server.webClient().get().uri("/v1/subscriptions/{n}/events?ack=manual&prefetch=2", name).retrieve()
            .bodyToFlux(EVENTS).filter(event -> event.data() != null)
            .subscribe(event -> received.add(Objects.requireNonNull(event.data())));
        await().atMost(Duration.ofSeconds(60)).until(() -> received.size() == 2);
        assertThat(stats().ready()).isEqualTo(3);
        settle("ack", ids(received.subList(0, 1))).jsonPath("$.settled").isEqualTo(1);
        await().atMost(Duration.ofSeconds(60)).until(() -> received.size() == 3);
        stream.dispose();
        await().atMost(Duration.ofSeconds(60)).until(() -> stats().ready() == 4);
        assertThat(values(pull("{\"wait\":\"5s\"}"))).containsExactly("v1", "v2", "v3", "v4");
    }

    @Test
    void aStreamThatNobodyReadsHoldsOnlyWhatTheSocketTakes() throws IOException {
        create("{\"topic\":\"" + name + "\"}");
        String large = "x".repeat(100_000);
        int count = 300;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET /v1/subscriptions/" + name + "/events HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            await().atMost(Duration.ofSeconds(30)).until(() -> stats().consumers() == 1);
            for (int i = 0; i < count; i++) {
                publish(name, null, large);
            }
            // 30 MB, of which the sockets' buffers take a few; the rest must not be taken, let alone acknowledged.
            await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(60))
                .until(() -> stats().ready() + stats().outstanding() > count / 3 && stats().outstanding() <= 100);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> stats().consumers() == 0 && stats().ready() > count / 3);
    }

    @Test
    void aStreamEndsWithAnErrorWhenTheSubscriptionIsDeleted() {
        create("{\"topic\":\"" + name + "\"}");
        List<ServerSentEvent<Map<String, Object>>> events = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> end = server.webClient().get().uri("/v1/subscriptions/{n}/events", name).retrieve().bodyToFlux(EVENTS)
            .doOnNext(events::add).then().toFuture();
        await().atMost(Duration.ofSeconds(30)).until(() -> stats().consumers() == 1);
        client.delete().uri("/v1/subscriptions/{n}", name).exchange().expectStatus().isNoContent();
        await().atMost(Duration.ofSeconds(60)).until(end::isDone);
        assertThat(events.get(events.size() - 1).event()).isEqualTo("error");
    }

    @Test
    void refusesWhatIsOutOfBounds() {
        create("{\"topic\":\"" + name + "\"}");
        for (String body : List.of("{\"max\":0}", "{\"max\":1001}", "{\"wait\":\"2h\"}",
            "{\"ackDeadline\":\"0s\"}", "{\"ackDeadline\":\"1d\"}", "{\"maximum\":1}", "[]", "{")) {
            client.post().uri("/v1/subscriptions/{n}/pull", name).contentType(MediaType.APPLICATION_JSON).bodyValue(body).exchange()
                .expectStatus().isBadRequest().expectBody().jsonPath("$.code").isEqualTo("INVALID_ARGUMENT");
        }
        for (String body : List.of("{}", "{\"ackIds\":[]}", "{\"ackIds\":[null]}")) {
            client.post().uri("/v1/subscriptions/{n}/ack", name).contentType(MediaType.APPLICATION_JSON).bodyValue(body).exchange()
                .expectStatus().isBadRequest();
        }
        for (String query : List.of("ack=maybe", "prefetch=0", "prefetch=1001", "ackDeadline=30s", "ack=manual&ackDeadline=x")) {
            client.get().uri("/v1/subscriptions/" + name + "/events?" + query).exchange().expectStatus().isBadRequest();
        }
        client.post().uri("/v1/subscriptions/nowhere/pull").contentType(MediaType.APPLICATION_JSON).bodyValue("{}").exchange()
            .expectStatus().isNotFound().expectBody().jsonPath("$.code").isEqualTo("SUBSCRIPTION_NOT_FOUND");
        for (String body : List.of("{}", "{\"topic\":\"a b\"}", "{\"topic\":\"a\",\"filter\":{}}", "{\"topic\":\"a\",\"start\":\"now\"}",
            "{\"topic\":\"a\",\"filter\":{\"subject\":\"x\",\"pattern\":\"y\"}}", "{\"topic\":\"a\",\"bindings\":[]}", "{\"bindings\":[]}",
            "{\"topic\":\"a\",\"filter\":{\"subject\":\"x\",\"match\":\"all\"}}", "{\"filter\":{\"subject\":\"x\"}}")) {
            client.put().uri("/v1/subscriptions/other").contentType(MediaType.APPLICATION_JSON).bodyValue(body).exchange()
                .expectStatus().isBadRequest();
        }
    }
}
