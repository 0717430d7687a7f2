package io.tributary.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Credentials;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Topics, errors of the framework, the description, who may call. */
class ApiIT {
    private final WebTestClient client = TestServer.shared().client();

    private void expectProblem(WebTestClient.ResponseSpec answer, int status, String code) {
        answer.expectStatus().isEqualTo(status).expectHeader().contentType(MediaType.APPLICATION_PROBLEM_JSON).expectBody()
            .jsonPath("$.status").isEqualTo(status).jsonPath("$.code").isEqualTo(code).jsonPath("$.title").isNotEmpty()
            .jsonPath("$.detail").isNotEmpty().jsonPath("$.type").isNotEmpty().jsonPath("$.instance").isNotEmpty();
    }

    @Test
    void answersTheFrameworksErrorsWithProblemsToo() {
        expectProblem(client.get().uri("/nowhere").exchange(), 404, "NOT_FOUND");
        expectProblem(client.method(HttpMethod.PATCH).uri("/v1/topics/x").exchange().expectHeader().exists("Allow"), 405,
            "METHOD_NOT_ALLOWED");
        expectProblem(client.put().uri("/v1/topics/x").contentType(MediaType.TEXT_PLAIN).bodyValue("x").exchange(), 415,
            "UNSUPPORTED_MEDIA_TYPE");
        expectProblem(client.get().uri("/v1/topics").accept(MediaType.APPLICATION_PDF).exchange(), 406, "NOT_ACCEPTABLE");
        expectProblem(client.put().uri("/v1/topics/x").contentType(MediaType.APPLICATION_JSON).bodyValue("{\"partitions\":").exchange(),
            400, "INVALID_ARGUMENT");
        expectProblem(client.put().uri("/v1/topics/x").contentType(MediaType.APPLICATION_JSON).bodyValue("{\"partitions\":\"many\"}")
            .exchange(), 400, "INVALID_ARGUMENT");
        expectProblem(client.put().uri("/v1/topics/x").contentType(MediaType.TEXT_PLAIN).bodyValue("x").exchange(), 415,
            "UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void createsDescribesChangesAndDeletesTopics() {
        String topic = TestServer.unique("topic");
        client.put().uri("/v1/topics/{t}", topic).contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"partitions\":2,\"retention\":{\"maxAge\":\"12h\",\"maxBytes\":1000000}}").exchange()
            .expectStatus().isCreated().expectBody().jsonPath("$.partitions.length()").isEqualTo(2)
            .jsonPath("$.retention.maxAge").isEqualTo("12h").jsonPath("$.storage").isEqualTo("durable");
        client.put().uri("/v1/topics/{t}", topic).contentType(MediaType.APPLICATION_JSON).bodyValue("{\"partitions\":3}").exchange()
            .expectStatus().isOk().expectBody().jsonPath("$.partitions.length()").isEqualTo(3)
            .jsonPath("$.retention.maxAge").isEqualTo("12h");
        expectProblem(client.put().uri("/v1/topics/{t}", topic).contentType(MediaType.APPLICATION_JSON).bodyValue("{\"partitions\":1}")
            .exchange(), 400, "INVALID_ARGUMENT");
        client.get().uri("/v1/topics/{t}", topic).exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.name").isEqualTo(topic).jsonPath("$.partitions[2].highWatermark").isEqualTo(0);
        client.get().uri("/v1/topics").exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.topics[?(@.name == '" + topic + "')].partitions").isEqualTo(3)
            .jsonPath("$.topics[?(@.name =~ /__.*/)]").isEmpty();
        client.delete().uri("/v1/topics/{t}", topic).exchange().expectStatus().isNoContent();
        expectProblem(client.get().uri("/v1/topics/{t}", topic).exchange(), 404, "TOPIC_NOT_FOUND");
        expectProblem(client.delete().uri("/v1/topics/{t}", topic).exchange(), 404, "TOPIC_NOT_FOUND");
    }

    @Test
    void compactsATopicWhoseRecordsThenNeedAKey() {
        String topic = TestServer.unique("compacted");
        client.put().uri("/v1/topics/{t}", topic).contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"compaction\":\"compact\"}").exchange()
            .expectStatus().isCreated().expectBody().jsonPath("$.compaction").isEqualTo("compact");
        expectProblem(client.post().uri("/v1/topics/{t}/messages", topic).bodyValue("x").exchange(), 400, "INVALID_BATCH");
        client.post().uri("/v1/topics/{t}/messages?key=k", topic).bodyValue("x").exchange().expectStatus().isOk();
        client.put().uri("/v1/topics/{t}", topic).contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"compaction\":\"off\"}").exchange().expectStatus().isOk().expectBody().jsonPath("$.compaction").isEqualTo("off");
        client.post().uri("/v1/topics/{t}/messages", topic).bodyValue("x").exchange().expectStatus().isOk();
        expectProblem(client.put().uri("/v1/topics/{t}", topic).contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"compaction\":\"sometimes\"}").exchange(), 400, "INVALID_ARGUMENT");
    }

    @Test
    void refusesTheObjectStoreOnAServerThatHasNone() {
        String topic = TestServer.unique("tiered");
        expectProblem(client.put().uri("/v1/topics/{t}", topic).contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"tiering\":{\"enabled\":true,\"localMaxAge\":\"1d\"}}").exchange(), 400, "INVALID_ARGUMENT");
        client.put().uri("/v1/topics/{t}", topic).contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"tiering\":{\"enabled\":false,\"localMaxAge\":\"1d\",\"localMaxBytes\":1000}}").exchange()
            .expectStatus().isCreated().expectBody().jsonPath("$.tiering.enabled").isEqualTo(false)
            .jsonPath("$.tiering.localMaxAge").isEqualTo("1d").jsonPath("$.tiering.localMaxBytes").isEqualTo(1000);
        expectProblem(client.put().uri("/v1/topics/{t}", topic).contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"tiering\":{\"enabled\":false,\"localMaxBytes\":-5}}").exchange(), 400, "INVALID_ARGUMENT");
    }

    @Test
    void describesEveryCall() {
        WebTestClient.BodyContentSpec description = client.get().uri("/v3/api-docs").exchange().expectStatus().isOk().expectBody();
        for (String path : new String[] {"/v1/topics", "/v1/topics/{topic}", "/v1/topics/{topic}/messages", "/v1/topics/{topic}/events",
            "/v1/subscriptions", "/v1/subscriptions/{name}", "/v1/subscriptions/{name}/pull", "/v1/subscriptions/{name}/ack",
            "/v1/subscriptions/{name}/nack", "/v1/subscriptions/{name}/extend", "/v1/subscriptions/{name}/events"}) {
            description.jsonPath("$.paths['" + path + "']").exists();
        }
        description.jsonPath("$.components.schemas.Problem.properties.code").exists()
            .jsonPath("$.components.schemas.PullRequest.properties.wait").exists()
            .jsonPath("$.components.schemas.Record.properties.valueBase64").exists()
            .jsonPath("$.paths['/v1/topics/{topic}/messages'].post.requestBody.content['application/vnd.tributary.records+json']").exists()
            .jsonPath("$.paths['/v1/topics/{topic}/messages'].get.parameters[?(@.name == 'wait')].description").isNotEmpty();
    }

    @Test
    void asksForCredentialsAndKeepsToWhatIsAllowed() {
        Authenticator authenticator = credentials -> credentials instanceof Credentials.Password password
            && password.password().equals("right:one")
            ? CompletableFuture.completedFuture(new Principal(password.username(), new Namespace("tenant")))
            : CompletableFuture.failedFuture(new BrokerException(ErrorCode.AUTHENTICATION_FAILED, "unknown"));
        try (TestServer server = new TestServer(authenticator, (principal, operation, resource) -> operation == Operation.DESCRIBE)) {
            WebTestClient secured = server.client();
            expectProblem(secured.get().uri("/v1/topics").exchange().expectHeader().exists("WWW-Authenticate"), 401,
                "AUTHENTICATION_FAILED");
            expectProblem(secured.get().uri("/v1/topics").header("Authorization", "Basic ***").exchange(), 401, "AUTHENTICATION_FAILED");
            expectProblem(secured.get().uri("/v1/topics").headers(headers -> headers.setBasicAuth("ann", "wrong")).exchange(), 401,
                "AUTHENTICATION_FAILED");
            secured.get().uri("/v1/topics").headers(headers -> headers.setBasicAuth("ann", "right:one")).exchange().expectStatus().isOk();
            expectProblem(secured.post().uri("/v1/topics/x/messages").headers(headers -> headers.setBasicAuth("ann", "right:one"))
                .bodyValue("x").exchange(), 403, "NOT_AUTHORIZED");
            assertThat(server.broker().topics().list(new Namespace("tenant"))).isEmpty();
        }
    }
}
