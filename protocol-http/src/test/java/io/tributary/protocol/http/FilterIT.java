package io.tributary.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** What the filters of a subscription take of five records. */
class FilterIT {
    private static final ParameterizedTypeReference<Map<String, List<Map<String, Object>>>> PULLED = new ParameterizedTypeReference<>() { };

    private static final MediaType RECORDS = MediaType.parseMediaType("application/vnd.tributary.records+json");

    private final WebTestClient client = TestServer.shared().client();
    private final String name = TestServer.unique("filter");

    private WebTestClient.ResponseSpec create(String filter) {
        return client.put().uri("/v1/subscriptions/{n}", name).contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"topic\":\"" + name + "\",\"filter\":" + filter + "}").exchange();
    }

    private void publish() {
        client.post().uri("/v1/topics/{t}/messages", name).contentType(RECORDS).bodyValue("""
            {"records": [
              {"key": "eu/1", "value": "1", "headers": {"site": "north", "size": "5", "tag": "created"}},
              {"key": "eu/2", "value": "2", "headers": {"site": "south", "size": "12", "tag": "paid"}},
              {"key": "us/3", "value": "3", "headers": {"site": "north", "size": "12", "tag": "sent"}},
              {"key": "us/4", "value": "4", "headers": {"size": "x"}},
              {"value": "5"}]}""").exchange().expectStatus().isOk();
    }

    private String taken() {
        Map<String, List<Map<String, Object>>> body = client.post().uri("/v1/subscriptions/{n}/pull", name)
            .contentType(MediaType.APPLICATION_JSON).bodyValue("{\"max\":10,\"wait\":\"20s\"}").exchange().expectStatus().isOk()
            .expectBody(PULLED).returnResult().getResponseBody();
        List<Map<String, Object>> messages = Objects.requireNonNull(Objects.requireNonNull(body).get("messages"));
        return String.join("", messages.stream().map(message -> String.valueOf(message.get("value"))).toList());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '^', delimiter = '|', value = {
        "{'headers': {'all': {'site': 'north', 'size': '12'}}}   | 3",
        "{'headers': {'any': {'site': 'south', 'size': '5'}}}    | 12",
        "{'headers': {'all': {'tag': null}}}                     | 123",
        "{'tags': ['created', 'sent']}                           | 13",
        "{'tags': ['*']}                                         | 12345",
        "{'selector': 'size > 6'}                                | 23",
        "{'selector': 'site IS NULL'}                            | 45",
        "{'selector': '$subject LIKE ~us/%~ OR tag IN (~paid~)'} | 234",
        "{'pattern': '#/3'}                                      | 3",
        "{'unkeyed': true}                                       | 5"})
    void takesWhatTheFilterSays(String filter, String values) {
        // A tilde stands for the quote of a text in a selector.
        create(filter.replace('\'', '"').replace('~', '\'')).expectStatus().isCreated();
        publish();
        String last = String.valueOf(values.charAt(values.length() - 1));
        StringBuilder taken = new StringBuilder();
        while (taken.indexOf(last) < 0) {
            taken.append(taken());
        }
        assertThat(taken).hasToString(values);
    }

    @Test
    void showsTheFilterAsItWasGiven() {
        create("{\"selector\":\"a = 'b' AND c > 5\"}").expectStatus().isCreated().expectBody()
            .jsonPath("$.bindings[0].filter.selector").isEqualTo("a = 'b' AND c > 5");
        create("{\"selector\":\"a = 'b' AND c > 5\"}").expectStatus().isOk();
        create("{\"selector\":\"a = 'b' AND c > 6\"}").expectStatus().isEqualTo(409);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '^', value = {
        "{'selector': 'size > '}; at character 8",
        "{'selector': ''}; at character 1",
        "{'tags': []}; one tag",
        "{'tags': ['a ||']}; empty tag",
        "{'tags': [null]}; a tag is null",
        "{'headers': {}}; either all or any",
        "{'headers': {'all': {}}}; either all or any",
        "{'headers': {'all': {'a': '1'}, 'any': {'b': '2'}}}; either all or any",
        "{'headers': {'all': {'a': '1'}}, 'selector': 'a = 1'}; exactly one"})
    void refusesABadFilterAndSaysWhy(String filter, String reason) {
        create(filter.replace('\'', '"')).expectStatus().isBadRequest().expectBody()
            .jsonPath("$.code").isEqualTo("INVALID_ARGUMENT")
            .jsonPath("$.detail").value(String.class, detail -> assertThat(detail).contains(reason));
    }
}
