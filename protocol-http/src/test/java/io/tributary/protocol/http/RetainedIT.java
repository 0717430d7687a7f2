package io.tributary.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Authorizer;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.StatusAssertions;
import org.springframework.test.web.reactive.server.WebTestClient;

class RetainedIT {
    private static final ParameterizedTypeReference<Map<String, Object>> PAGE = new ParameterizedTypeReference<>() { };
    private static final MediaType RECORDS = MediaType.valueOf("application/vnd.tributary.records+json");

    private final WebTestClient client = TestServer.shared().client();
    private final String topic = TestServer.unique("kept");

    private StatusAssertions publish(String query, String body) {
        return client.post().uri("/v1/topics/" + topic + "/messages?" + query).contentType(MediaType.TEXT_PLAIN).bodyValue(body)
            .exchange().expectStatus();
    }

    private Map<String, Object> page(String query, Object... values) {
        return Objects.requireNonNull(client.get().uri("/v1/topics/" + topic + "/retained?" + query, values).exchange().expectStatus()
            .isOk().expectBody(PAGE).returnResult().getResponseBody());
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> records(Map<String, Object> page) {
        return (List<Map<String, Object>>) Objects.requireNonNull(page.get("records"));
    }

    private List<@Nullable Object> keys(String query, Object... values) {
        return records(page(query, values)).stream().<@Nullable Object>map(record -> record.get("key")).toList();
    }

    @Test
    void retainsWhatIsPublishedToBeRetained() {
        publish("key=7/temp&retain=true", "20").isOk();
        publish("key=7/temp&retain=true", "21").isOk();
        publish("key=8/temp", "not kept").isOk();
        publish("retain=true", "whole").isOk();
        List<Map<String, Object>> all = records(page(""));
        assertThat(all).hasSize(2);
        assertThat(all.get(0)).containsEntry("key", null).containsEntry("value", "whole").containsEntry("topic", topic);
        assertThat(all.get(1)).containsEntry("key", "7/temp").containsEntry("value", "21");
        assertThat(all.get(1)).extractingByKey("headers").asString().contains("content-type=text/plain");
        publish("key=7/temp&retain=true", "").isOk();
        assertThat(keys("")).containsExactly((Object) null);
        // All of it is in the topic.
        client.get().uri("/v1/topics/" + topic + "/messages").exchange().expectBody().jsonPath("$.records.length()").isEqualTo(5);
    }

    @Test
    void findsByPatternInPages() {
        List<String> entries = new ArrayList<>();
        for (int i = 10; i < 20; i++) {
            entries.add("{\"key\": \"" + i + "/temp\", \"value\": \"t" + i + "\"}");
            entries.add("{\"key\": \"" + i + "/door\", \"valueBase64\": \"AP8=\"}");
        }
        client.post().uri("/v1/topics/" + topic + "/messages?retain=true").contentType(RECORDS)
            .bodyValue("{\"records\": [" + String.join(",", entries) + "]}").exchange().expectStatus().isOk();
        assertThat(keys("subject={s}", "+/temp")).hasSize(10);
        assertThat(keys("subject={s}", "15/#")).containsExactly("15/door", "15/temp");
        assertThat(keys("subject=nothing")).isEmpty();
        assertThat(records(page("subject=15/door")).get(0)).containsEntry("valueBase64", "AP8=");
        List<@Nullable Object> paged = new ArrayList<>();
        @Nullable Object next = null;
        do {
            Map<String, Object> page = page("limit=3&subject={s}" + (next == null ? "" : "&after=" + next), "+/temp");
            assertThat(records(page)).hasSizeLessThanOrEqualTo(3);
            records(page).forEach(record -> paged.add(record.get("value")));
            next = page.get("next");
        } while (next != null);
        assertThat(paged).hasSize(10).startsWith("t10").endsWith("t19");
    }

    @Test
    void refusesWhatCannotBe() {
        client.post().uri("/v1/topics/" + topic + "/messages?retain=true").header("Delay", "30s").bodyValue("x").exchange()
            .expectStatus().isBadRequest();
        client.post().uri("/v1/topics/" + topic + "/messages?retain=true&atomic=true").contentType(RECORDS)
            .bodyValue("{\"records\": [{\"key\": \"a\", \"value\": \"b\"}]}").exchange().expectStatus().isBadRequest();
        client.get().uri("/v1/topics/" + topic + "/retained?limit=0").exchange().expectStatus().isBadRequest();
        client.get().uri("/v1/topics/" + topic + "/retained?after=*").exchange().expectStatus().isBadRequest();
        client.post().uri("/v1/topics/" + topic + "/messages?retain=true&key={k}", "a\0b").bodyValue("x").exchange()
            .expectStatus().isBadRequest();
        assertThat(records(page(""))).isEmpty();
    }

    @Test
    void showsWhatTheCallerMayRead() {
        Authenticator everybody = credentials -> CompletableFuture.completedFuture(new Principal("guest", Namespace.DEFAULT));
        Authorizer someTopics = (principal, operation, resource) ->
            operation == Operation.WRITE || List.of("open", "mqtt").contains(resource.name());
        try (TestServer guarded = new TestServer(everybody, someTopics)) {
            for (String name : List.of("open", "mqtt", "secret")) {
                guarded.broker().topics().getOrAutoCreate(TopicName.of(name)).toCompletableFuture().join();
                guarded.client().post().uri("/v1/topics/" + name + "/messages?retain=true&key={k}", "/a").bodyValue("x").exchange()
                    .expectStatus().isOk();
            }
            guarded.client().get().uri("/v1/topics/open/retained").exchange().expectStatus().isOk().expectBody()
                .jsonPath("$.records.length()").isEqualTo(1);
            guarded.client().get().uri("/v1/topics/secret/retained").exchange().expectStatus().isForbidden();
            // Its keys are addresses among those of all topics.
            guarded.client().get().uri("/v1/topics/mqtt/retained").exchange().expectStatus().isForbidden();
        }
    }

    @Test
    void theTopicOfNamelessAddressesHasItsOwnAlone() {
        client.post().uri("/v1/topics/mqtt/messages?retain=true&key={k}", "/" + topic + "/x").bodyValue("own").exchange().expectStatus()
            .isOk();
        publish("key=x&retain=true", "other").isOk();
        client.get().uri("/v1/topics/mqtt/retained?limit=1000&subject={s}", "+/" + topic + "/#").exchange().expectStatus().isOk()
            .expectBody().jsonPath("$.records.length()").isEqualTo(1).jsonPath("$.records[0].key").isEqualTo("/" + topic + "/x");
        client.get().uri("/v1/topics/mqtt/retained?limit=1000&subject={s}", topic + "/#").exchange().expectStatus().isOk()
            .expectBody().jsonPath("$.records").isEmpty();
    }

    @Test
    void theTopicOfTheValuesIsReadAndNotWritten() {
        publish("key=a&retain=true", "1").isOk();
        client.get().uri("/v1/topics/__retained").exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.compaction").isEqualTo("compact");
        client.post().uri("/v1/topics/__retained/messages?key=a").bodyValue("x").exchange().expectStatus().isForbidden();
    }
}
