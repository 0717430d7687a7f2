package io.tributary.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

class PublishIT {
    private static final MediaType RECORDS = MediaType.parseMediaType("application/vnd.tributary.records+json");

    private final TestServer server = TestServer.shared();
    private final WebTestClient client = server.client();

    private List<Record> stored(String topic, int partition) {
        Topic found = server.broker().topics().find(TopicName.of(topic));
        assertThat(found).isNotNull();
        Partition log = found.partition(partition);
        return log.readRecords(log.logStartOffset(), 10_000, 10 << 20).toCompletableFuture().join();
    }

    @Test
    void storesABodyWithItsKeyAndHeaders() {
        String topic = TestServer.unique("publish");
        client.post().uri("/v1/topics/{t}/messages?key=7/temp", topic)
            .contentType(MediaType.TEXT_PLAIN)
            .header("Correlation-Id", "c-1").header("Message-Id", "m-1").header("Reply-To", "answers").header("Expiration", "60000")
            .header("Priority", "9").header("ce-type", "reading").header("Header-Color", "blue").header("X-Other", "not stored")
            .bodyValue("21.5")
            .exchange()
            .expectStatus().isOk()
            .expectBody().jsonPath("$.results.length()").isEqualTo(1).jsonPath("$.results[0].partition").isEqualTo(0)
            .jsonPath("$.results[0].offset").isEqualTo(0).jsonPath("$.results[0].timestamp").isNumber();

        Record record = stored(topic, 0).get(0);
        assertThat(record.subject()).isEqualTo("7/temp");
        assertThat(record.value()).isEqualTo("21.5".getBytes(StandardCharsets.UTF_8));
        assertThat(record.headers().asList()).containsExactlyInAnyOrder(Header.of("content-type", "text/plain"),
            Header.of("correlation-id", "c-1"), Header.of("message-id", "m-1"), Header.of("reply-to", "answers"),
            Header.of("expiration", "60000"), Header.of("priority", "9"), Header.of("ce-type", "reading"), Header.of("color", "blue"));
    }

    @Test
    void keepsAnyBytesAndStoresAnEmptyBodyAsAnEmptyValue() {
        String topic = TestServer.unique("publish");
        byte[] bytes = {0, -1, -2, 10, 13, 127};
        client.post().uri("/v1/topics/{t}/messages", topic).contentType(MediaType.APPLICATION_FORM_URLENCODED).bodyValue("a=b&c=d")
            .exchange().expectStatus().isOk();
        client.post().uri("/v1/topics/{t}/messages", topic).bodyValue(bytes).exchange().expectStatus().isOk();
        client.post().uri("/v1/topics/{t}/messages", topic).exchange().expectStatus().isOk();

        List<Record> records = stored(topic, 0);
        assertThat(records.get(0).value()).isEqualTo("a=b&c=d".getBytes(StandardCharsets.UTF_8));
        assertThat(records.get(1).value()).isEqualTo(bytes);
        assertThat(records.get(1).key()).isNull();
        assertThat(records.get(2).value()).isEmpty();
    }

    @Test
    void storesABatchInItsOrder() {
        String topic = TestServer.unique("publish");
        server.broker().topics().create(TopicName.of(topic), TopicConfig.ofPartitions(3)).toCompletableFuture().join();
        String records = IntStream.range(0, 500).mapToObj(i -> "{\"value\":\"" + i + "\"}").collect(Collectors.joining(","));
        client.post().uri("/v1/topics/{t}/messages", topic).contentType(RECORDS).bodyValue("{\"records\":[" + records + "]}")
            .exchange().expectStatus().isOk().expectBody().jsonPath("$.results.length()").isEqualTo(500);

        List<List<Record>> partitions = IntStream.range(0, 3).mapToObj(partition -> stored(topic, partition)).toList();
        List<Record> used = partitions.stream().filter(found -> !found.isEmpty()).findFirst().orElseThrow();
        assertThat(partitions.stream().mapToInt(List::size).sum()).as("records of one request without a key keep together").isEqualTo(500);
        assertThat(used).hasSize(500);
        assertThat(used.stream().map(record -> new String(record.value() == null ? new byte[0] : record.value(), StandardCharsets.UTF_8)))
            .containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(Integer::toString).toList());
    }

    @Test
    void storesAllOfAnAtomicBatchOrNothing() {
        String topic = TestServer.unique("publish");
        server.broker().topics().create(TopicName.of(topic), TopicConfig.ofPartitions(3).withCompaction(Compaction.ON))
            .toCompletableFuture().join();
        String keyed = IntStream.range(0, 20).mapToObj(i -> "{\"key\":\"k" + i + "\",\"value\":\"" + i + "\"}")
            .collect(Collectors.joining(","));
        // A compacted topic refuses a record without a key when its partition's batch is appended.
        client.post().uri("/v1/topics/{t}/messages?atomic=true", topic).contentType(RECORDS)
            .bodyValue("{\"records\":[" + keyed + ",{\"value\":\"none\"}]}").exchange().expectStatus().is4xxClientError();
        assertThat(IntStream.range(0, 3).map(partition -> stored(topic, partition).size()).sum()).isZero();

        client.post().uri("/v1/topics/{t}/messages?atomic=true", topic).contentType(RECORDS)
            .bodyValue("{\"records\":[" + keyed + "]}").exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.results.length()").isEqualTo(20);
        assertThat(IntStream.range(0, 3).map(partition -> stored(topic, partition).size()).sum()).isEqualTo(20);
    }

    @Test
    void readsEveryFormOfABatchRecord() {
        String topic = TestServer.unique("publish");
        client.post().uri("/v1/topics/{t}/messages", topic).contentType(RECORDS).bodyValue("""
            {"records": [{"key": "k", "valueBase64": "AP8=", "timestamp": 1700000000000, "partition": 0,
                          "headers": {"a": "x", "b": {"base64": "AP8="}, "c": ["1", {"base64": "Ag=="}], "d": null}},
                         {"keyBase64": "AP8=", "value": null}]}""")
            .exchange().expectStatus().isOk().expectBody().jsonPath("$.results[0].timestamp").isEqualTo(1_700_000_000_000L);

        List<Record> records = stored(topic, 0);
        assertThat(records.get(0)).isEqualTo(new Record(0, 1_700_000_000_000L, "k".getBytes(StandardCharsets.UTF_8), new byte[] {0, -1},
            Headers.builder().add("a", "x").add("b", new byte[] {0, -1}).add("c", "1").add("c", new byte[] {2})
                .add("d", (byte[]) null).build()));
        assertThat(records.get(1).key()).isEqualTo(new byte[] {0, -1});
        assertThat(records.get(1).value()).as("a tombstone").isNull();
    }

    @Test
    void storesNothingOfABatchThatIsWrongAnywhere() {
        String topic = TestServer.unique("publish");
        server.broker().topics().create(TopicName.of(topic), TopicConfig.ofPartitions(1)).toCompletableFuture().join();
        List<String> wrong = List.of("{\"records\":[{\"value\":\"a\"},{\"vlaue\":\"b\"}]}", "{\"records\":[{\"value\":\"a\"},null]}",
            "{\"records\":[{\"value\":\"a\"},{\"valueBase64\":\"***\"}]}", "{\"records\":[]}", "{}", "null", "[]", "{\"records\":",
            "{\"records\":[{\"value\":\"a\"},{\"value\":\"b\",\"valueBase64\":\"AA==\"}]}", "{\"records\":[{\"value\":{}}]}",
            "{\"records\":[{\"value\":\"a\"},{\"headers\":{\"x\":7}}]}", "{\"records\":[{\"value\":\"a\"},{\"partition\":-2}]}",
            "{\"records\":[{\"value\":\"a\",\"timestamp\":-5}]}");
        for (String body : wrong) {
            client.post().uri("/v1/topics/{t}/messages", topic).contentType(RECORDS).bodyValue(body).exchange()
                .expectStatus().isBadRequest()
                .expectHeader().contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody().jsonPath("$.code").isEqualTo("INVALID_ARGUMENT").jsonPath("$.detail").isNotEmpty();
        }
        client.post().uri("/v1/topics/{t}/messages", topic).contentType(RECORDS)
            .bodyValue("{\"records\":[{\"value\":\"a\"},{\"value\":\"b\",\"partition\":7}]}").exchange()
            .expectStatus().isNotFound().expectBody().jsonPath("$.code").isEqualTo("PARTITION_NOT_FOUND");
        assertThat(stored(topic, 0)).isEmpty();
    }

    @Test
    void refusesWhatIsTooLargeOrNoTopic() {
        String topic = TestServer.unique("publish");
        client.post().uri("/v1/topics/{t}/messages", topic).bodyValue(new byte[TestServer.CONFIG.maxBodyBytes() + 1]).exchange()
            .expectStatus().isEqualTo(413).expectBody().jsonPath("$.code").isEqualTo("CONTENT_TOO_LARGE");
        server.broker().topics().create(TopicName.of(topic), TopicConfig.ofPartitions(1).withMaxBatchBytes(2000)).toCompletableFuture()
            .join();
        client.post().uri("/v1/topics/{t}/messages", topic).bodyValue(new byte[3000]).exchange()
            .expectStatus().isEqualTo(413).expectBody().jsonPath("$.code").isEqualTo("BATCH_TOO_LARGE");
        client.post().uri("/v1/topics/{t}/messages", "no topic").bodyValue("x").exchange()
            .expectStatus().isBadRequest().expectBody().jsonPath("$.code").isEqualTo("INVALID_TOPIC");
        client.post().uri("/v1/topics/__own/messages").bodyValue("x").exchange()
            .expectStatus().isForbidden().expectBody().jsonPath("$.code").isEqualTo("NOT_AUTHORIZED");
        client.post().uri("/v1/topics/{t}/messages", topic).header("Priority", "256").bodyValue("x").exchange()
            .expectStatus().isBadRequest().expectBody().jsonPath("$.code").isEqualTo("INVALID_ARGUMENT");
        assertThat(stored(topic, 0)).isEmpty();
    }
}
