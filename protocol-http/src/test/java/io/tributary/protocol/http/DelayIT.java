package io.tributary.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Authorizer;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

class DelayIT {
    private static final MediaType RECORDS = MediaType.parseMediaType("application/vnd.tributary.records+json");
    private static final ParameterizedTypeReference<Map<String, List<Map<String, Object>>>> RESULTS =
        new ParameterizedTypeReference<>() { };

    private final TestServer server = TestServer.shared();
    private final WebTestClient client = server.client();

    private List<String> values(String topic) {
        Topic found = server.broker().topics().find(TopicName.of(topic));
        assertThat(found).isNotNull();
        return found.partition(0).readRecords(0, 1000, 1 << 20).toCompletableFuture().join().stream().map(DelayIT::value).toList();
    }

    private static String value(Record record) {
        return new String(Objects.requireNonNull(record.value()), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> first(WebTestClient.ResponseSpec answer) {
        Map<String, List<Map<String, Object>>> body =
            Objects.requireNonNull(answer.expectStatus().isOk().expectBody(RESULTS).returnResult().getResponseBody());
        return Objects.requireNonNull(body.get("results")).get(0);
    }

    private Map<String, Object> publish(String topic, String header, String time, String value) {
        return first(client.post().uri("/v1/topics/{t}/messages?key=k", topic).header(header, time).bodyValue(value).exchange());
    }

    @Test
    void aRecordWithADelayComesAfterIt() {
        String topic = TestServer.unique("delay");
        long before = System.currentTimeMillis();
        Map<String, Object> answer = publish(topic, "Delay", "300ms", "later");
        assertThat(answer).containsOnlyKeys("id", "notBefore");
        assertThat((Long) answer.get("notBefore")).isBetween(before + 300, System.currentTimeMillis() + 300);
        assertThat(publish(topic, "Delay", "0", "now")).containsOnlyKeys("partition", "offset", "timestamp");
        await().until(() -> values(topic), List.of("now", "later")::equals);
        Record record = Objects.requireNonNull(server.broker().topics().find(TopicName.of(topic))).partition(0)
            .readRecords(1, 1, 1).toCompletableFuture().join().get(0);
        assertThat(record.timestamp()).isGreaterThanOrEqualTo((Long) answer.get("notBefore"));
        assertThat(record.subject()).isEqualTo("k");
        assertThat(record.headers().contains("delay")).isFalse();
    }

    @Test
    void everyWayToTellATimeIsUnderstood() {
        String topic = TestServer.unique("delay");
        long now = System.currentTimeMillis();
        assertThat((Long) publish(topic, "Delay", "PT1H30M", "a").get("notBefore")).isBetween(now + 5_400_000, now + 5_460_000);
        assertThat((Long) publish(topic, "Delay", "90m", "a").get("notBefore")).isBetween(now + 5_400_000, now + 5_460_000);
        assertThat((Long) publish(topic, "Delay", "5400000", "a").get("notBefore")).isBetween(now + 5_400_000, now + 5_460_000);
        String at = Instant.ofEpochMilli(now + 7_000_000).toString();
        assertThat(publish(topic, "Not-Before", at, "a").get("notBefore")).isEqualTo(now + 7_000_000);
        assertThat(publish(topic, "Not-Before", Long.toString(now + 7_000_000), "a").get("notBefore")).isEqualTo(now + 7_000_000);
        assertThat(publish(topic, "Not-Before", "2020-01-01T00:00:00+01:00", "a")).containsKey("offset");
    }

    @Test
    void whatIsNoTimeIsRefused() {
        String topic = TestServer.unique("delay");
        for (List<String> wrong : List.of(List.of("Delay", "soon"), List.of("Delay", "-5"), List.of("Delay", "PT-5S"),
                List.of("Delay", "P"), List.of("Delay", "4000d"), List.of("Delay", ""), List.of("Not-Before", "tomorrow"),
                List.of("Not-Before", "latest"),
                List.of("Not-Before", "2100-01-01T00:00:00Z"), List.of("Not-Before", "9".repeat(30)))) {
            client.post().uri("/v1/topics/{t}/messages", topic).header(wrong.get(0), wrong.get(1)).bodyValue("x").exchange()
                .expectStatus().isBadRequest().expectBody().jsonPath("$.code").isEqualTo("INVALID_ARGUMENT");
        }
        client.post().uri("/v1/topics/{t}/messages", topic).header("Delay", "1s").header("Not-Before", "1").bodyValue("x").exchange()
            .expectStatus().isBadRequest();
    }

    @Test
    void aBatchHasATimeForEachRecord() {
        String topic = TestServer.unique("delay");
        client.post().uri("/v1/topics/{t}/messages", topic).contentType(RECORDS).header("Delay", "1h").bodyValue("""
            {"records": [{"value": "a", "delay": "0"}, {"value": "b", "delay": "100ms"}, {"value": "c"},
                         {"value": "d", "notBefore": "2026-01-01T00:00:00Z"}]}""")
            .exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.results[0].offset").isEqualTo(0).jsonPath("$.results[0].id").doesNotExist()
            .jsonPath("$.results[1].id").isNotEmpty().jsonPath("$.results[1].offset").doesNotExist()
            .jsonPath("$.results[2].id").isNotEmpty().jsonPath("$.results[3].offset").isEqualTo(1);
        await().until(() -> values(topic), List.of("a", "d", "b")::equals);
        client.post().uri("/v1/topics/{t}/messages", topic).contentType(RECORDS)
            .bodyValue("{\"records\": [{\"value\": \"a\", \"delay\": \"x\"}]}").exchange().expectStatus().isBadRequest()
            .expectBody().jsonPath("$.detail").value(String.class, detail -> assertThat(detail).startsWith("records[0].delay"));
    }

    @Test
    void whatWaitsIsListedAndCancelled() {
        String topic = TestServer.unique("delay");
        long due = System.currentTimeMillis() + 3_600_000;
        List<String> ids = List.of(0, 1, 2).stream()
            .map(i -> (String) publish(topic, "Not-Before", Long.toString(due + i), "v" + i).get("id")).toList();
        List<Map<String, Object>> mine = list(due).stream().filter(record -> topic.equals(record.get("topic"))).toList();
        assertThat(mine).extracting(record -> record.get("id")).isEqualTo(ids);
        assertThat(mine.get(1)).containsEntry("value", "v1").containsEntry("key", "k").containsEntry("notBefore", due + 1)
            .containsKey("headers");

        client.delete().uri("/v1/schedule/{id}", ids.get(1)).exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.cancelled").isEqualTo(true);
        for (String gone : List.of(ids.get(1), "nothing", "A".repeat(32))) {
            client.delete().uri("/v1/schedule/{id}", gone).exchange().expectStatus().isOk().expectBody()
                .jsonPath("$.cancelled").isEqualTo(false);
        }
        assertThat(list(due)).filteredOn(record -> topic.equals(record.get("topic"))).extracting(record -> record.get("id"))
            .containsExactly(ids.get(0), ids.get(2));
        client.get().uri("/v1/schedule?limit=0").exchange().expectStatus().isBadRequest();
        client.get().uri("/v1/schedule?limit=1001").exchange().expectStatus().isBadRequest();
        client.get().uri("/v1/schedule?after=x").exchange().expectStatus().isBadRequest();
    }

    /** All pages. */
    private List<Map<String, Object>> list(long from) {
        List<Map<String, Object>> all = new ArrayList<>();
        String after = null;
        do {
            String next = after == null ? "" : "&after=" + after;
            Map<String, Object> page = Objects.requireNonNull(client.get().uri("/v1/schedule?limit=2&from=" + from + next).exchange()
                .expectStatus().isOk().expectBody(new ParameterizedTypeReference<Map<String, Object>>() { }).returnResult()
                .getResponseBody());
            for (Object record : (List<?>) Objects.requireNonNull(page.get("records"))) {
                @SuppressWarnings("unchecked")
                Map<String, Object> fields = (Map<String, Object>) record;
                all.add(fields);
            }
            after = (String) page.get("next");
        } while (after != null);
        return all;
    }

    @Test
    void nobodySeesOrCancelsWhatIsNotHis() {
        Authenticator byName = credentials -> CompletableFuture.completedFuture(new Principal("guest", Namespace.DEFAULT));
        Authorizer noSecrets = (principal, operation, resource) ->
            !resource.name().startsWith("secret") || operation == Operation.WRITE && resource.name().endsWith("writable");
        try (TestServer guarded = new TestServer(byName, noSecrets)) {
            guarded.broker().topics().getOrAutoCreate(TopicName.of("secret")).toCompletableFuture().join();
            String id = guarded.broker().publisher().publish(PublishRequest.of(TopicName.of("secret"), null, null,
                Headers.EMPTY).withNotBefore(System.currentTimeMillis() + 3_600_000)).toCompletableFuture().join()
                .scheduleId();
            WebTestClient guest = guarded.client();
            guest.get().uri("/v1/schedule").exchange().expectStatus().isOk().expectBody().jsonPath("$.records").isEmpty();
            guest.delete().uri("/v1/schedule/{id}", id).exchange().expectStatus().isOk().expectBody()
                .jsonPath("$.cancelled").isEqualTo(false);
            assertThat(guarded.broker().schedule().count()).isEqualTo(1);
        }
    }
}
