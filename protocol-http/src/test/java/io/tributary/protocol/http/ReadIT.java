package io.tributary.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.Disposable;

class ReadIT {
    private static final ParameterizedTypeReference<ServerSentEvent<String>> EVENTS = new ParameterizedTypeReference<>() { };

    private final TestServer server = TestServer.shared();
    private final WebTestClient client = server.client();

    private TopicName topic(int partitions) {
        TopicName name = TopicName.of(TestServer.unique("read"));
        // Kept for ever: the tests' records are years old.
        TopicConfig config = TopicConfig.ofPartitions(partitions).withRetention(Retention.FOREVER);
        server.broker().topics().create(name, config).toCompletableFuture().join();
        return name;
    }

    private void publish(TopicName topic, int partition, String value, long timestamp) {
        server.broker().publisher().publish(PublishRequest.of(topic, null, value.getBytes(StandardCharsets.UTF_8), Headers.EMPTY)
            .withPartition(partition).withTimestamp(timestamp)).toCompletableFuture().join();
    }

    private List<String> values(String uri, Object... parameters) {
        List<String> values = new ArrayList<>();
        client.get().uri(uri, parameters).exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.records[*].value").value(found -> ((List<?>) found).forEach(value -> values.add((String) value)));
        return values;
    }

    @Test
    void readsFromAnOffsetOrATimeAndTellsWhereToGoOn() {
        TopicName topic = topic(1);
        for (int i = 0; i < 5; i++) {
            publish(topic, 0, "v" + i, 1_700_000_000_000L + i * 1000L);
        }
        String t = topic.name();
        assertThat(values("/v1/topics/{t}/messages", t)).containsExactly("v0", "v1", "v2", "v3", "v4");
        assertThat(values("/v1/topics/{t}/messages?offset=3", t)).containsExactly("v3", "v4");
        assertThat(values("/v1/topics/{t}/messages?from=1700000002000", t)).containsExactly("v2", "v3", "v4");
        assertThat(values("/v1/topics/{t}/messages?from=2023-11-14T22:13:23Z", t)).containsExactly("v3", "v4");
        assertThat(values("/v1/topics/{t}/messages?from=2026-01-01T00:00:00Z", t)).isEmpty();
        assertThat(values("/v1/topics/{t}/messages?from=latest", t)).isEmpty();
        client.get().uri("/v1/topics/{t}/messages?limit=2&offset=1", t).exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.records.length()").isEqualTo(2).jsonPath("$.next['0']").isEqualTo(3)
            .jsonPath("$.records[0].topic").isEqualTo(t).jsonPath("$.records[0].partition").isEqualTo(0)
            .jsonPath("$.records[0].offset").isEqualTo(1).jsonPath("$.records[0].timestamp").isEqualTo(1_700_000_001_000L)
            .jsonPath("$.records[0].key").isEmpty().jsonPath("$.records[0].headers").isMap();
    }

    @Test
    void mergesPartitionsByTimeAndGoesOnFromSeveralOffsets() {
        TopicName topic = topic(3);
        for (int i = 0; i < 9; i++) {
            publish(topic, i % 3, "v" + i, 1_700_000_000_000L + i);
        }
        String t = topic.name();
        assertThat(values("/v1/topics/{t}/messages", t)).containsExactly("v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8");
        assertThat(values("/v1/topics/{t}/messages?offset=0:2,1:1", t)).containsExactly("v2", "v4", "v5", "v6", "v7", "v8");
        assertThat(values("/v1/topics/{t}/messages?partition=1&offset=1", t)).containsExactly("v4", "v7");
        client.get().uri("/v1/topics/{t}/messages?limit=4", t).exchange().expectBody()
            .jsonPath("$.next['0']").isEqualTo(2).jsonPath("$.next['1']").isEqualTo(1).jsonPath("$.next['2']").isEqualTo(1);
    }

    @Test
    void writesBytesThatAreNoTextInBase64() {
        TopicName topic = topic(1);
        byte[] bytes = {0, -1};
        server.broker().publisher().publish(PublishRequest.of(topic, bytes, bytes, Headers.builder().add("raw", bytes).add("twice", "a")
            .add("twice", bytes).add("none", (byte[]) null).build())).toCompletableFuture().join();
        server.broker().publisher().publish(PublishRequest.of(topic, null, null, Headers.EMPTY)).toCompletableFuture().join();
        client.get().uri("/v1/topics/{t}/messages", topic.name()).exchange().expectBody()
            .jsonPath("$.records[0].keyBase64").isEqualTo("AP8=").jsonPath("$.records[0].valueBase64").isEqualTo("AP8=")
            .jsonPath("$.records[0].key").doesNotExist().jsonPath("$.records[0].value").doesNotExist()
            .jsonPath("$.records[0].headers.raw.base64").isEqualTo("AP8=").jsonPath("$.records[0].headers.twice[0]").isEqualTo("a")
            .jsonPath("$.records[0].headers.twice[1].base64").isEqualTo("AP8=")
            .jsonPath("$.records[1].value").isEmpty().jsonPath("$.records[1].valueBase64").doesNotExist();
    }

    @Test
    void boundsAnAnswerInBytes() {
        TopicName topic = topic(1);
        String value = "x".repeat(20_000);
        for (int i = 0; i < 10; i++) {
            publish(topic, 0, value, PublishRequest.NOW);
        }
        assertThat(values("/v1/topics/{t}/messages", topic.name()).size()).isBetween(1, 4);
    }

    @Test
    void aPollIsAnsweredByTheFirstRecordThatComes() {
        TopicName topic = topic(2);
        CompletableFuture<String> answer = server.webClient().get().uri("/v1/topics/{t}/messages?from=latest&wait=20s", topic.name())
            .retrieve().bodyToMono(String.class).toFuture();
        // Published again and again, because the poll may not have begun when the first is published.
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            publish(topic, 1, "now", PublishRequest.NOW);
            return answer.isDone();
        });
        assertThat(answer.join()).contains("\"value\":\"now\"");
    }

    @Test
    void aPollEndsEmptyWhenNothingComes() {
        TopicName topic = topic(1);
        assertThat(values("/v1/topics/{t}/messages?from=latest&wait=50ms", topic.name())).isEmpty();
    }

    @Test
    void refusesParametersOutOfBounds() {
        TopicName topic = topic(2);
        for (String query : List.of("limit=0", "limit=10001", "limit=x", "wait=1h", "wait=-1s", "wait=soon", "offset=1", "offset=0:x",
            "offset=5:1", "offset=0:1,", "from=yesterday", "from=earliest&offset=0:1", "partition=x")) {
            client.get().uri("/v1/topics/" + topic.name() + "/messages?" + query).exchange().expectStatus().isBadRequest()
                .expectBody().jsonPath("$.code").isEqualTo("INVALID_ARGUMENT").jsonPath("$.status").isEqualTo(400);
        }
        client.get().uri("/v1/topics/{t}/messages?partition=2", topic.name()).exchange().expectStatus().isNotFound()
            .expectBody().jsonPath("$.code").isEqualTo("PARTITION_NOT_FOUND");
        client.get().uri("/v1/topics/{t}/messages?partition=0&offset=7", topic.name()).exchange().expectStatus().isEqualTo(416)
            .expectBody().jsonPath("$.code").isEqualTo("OFFSET_OUT_OF_RANGE");
        client.get().uri("/v1/topics/nowhere/messages").exchange().expectStatus().isNotFound()
            .expectBody().jsonPath("$.code").isEqualTo("TOPIC_NOT_FOUND").jsonPath("$.type")
            .isEqualTo("urn:tributary:problem:topic-not-found").jsonPath("$.instance").isEqualTo("/v1/topics/nowhere/messages");
    }

    @Test
    void streamsRecordsAsTheyComeAndResumesAfterTheLastEvent() {
        TopicName topic = topic(2);
        List<ServerSentEvent<String>> events = new CopyOnWriteArrayList<>();
        Disposable stream = server.webClient().get().uri("/v1/topics/{t}/events?from=earliest", topic.name())
            .retrieve().bodyToFlux(EVENTS).filter(event -> event.data() != null).subscribe(events::add);
        for (int i = 0; i < 20; i++) {
            publish(topic, i % 2, "v" + i, PublishRequest.NOW);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> events.size() == 20);
        stream.dispose();
        assertThat(events.get(19).id()).isEqualTo("0:10,1:10");

        List<ServerSentEvent<String>> rest = server.webClient().get().uri("/v1/topics/{t}/events", topic.name())
            .header("Last-Event-ID", String.valueOf(events.get(4).id())).retrieve().bodyToFlux(EVENTS)
            .filter(event -> event.data() != null).take(15).collectList().block(Duration.ofSeconds(60));
        assertThat(rest).isNotNull();
        assertThat(rest.stream().map(ServerSentEvent::data)).containsExactlyInAnyOrderElementsOf(
            events.subList(5, 20).stream().map(ServerSentEvent::data).toList());
    }

    @Test
    void aStreamEndsWithAnErrorWhenItsTopicIsDeleted() {
        TopicName topic = topic(1);
        List<ServerSentEvent<String>> events = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> end = server.webClient().get().uri("/v1/topics/{t}/events?from=earliest", topic.name())
            .retrieve().bodyToFlux(EVENTS).doOnNext(events::add).then().toFuture();
        publish(topic, 0, "last", PublishRequest.NOW);
        await().atMost(Duration.ofSeconds(60))
            .until(() -> events.stream().anyMatch(event -> String.valueOf(event.data()).contains("last")));
        server.broker().topics().delete(topic).toCompletableFuture().join();
        await().atMost(Duration.ofSeconds(60)).until(end::isDone);
        assertThat(events.get(events.size() - 1).event()).isEqualTo("error");
        assertThat(events.get(events.size() - 1).data()).contains("\"code\":\"TOPIC_NOT_FOUND\"");
    }
}
