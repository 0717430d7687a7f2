package io.tributary.protocol.http;

import io.tributary.core.api.stream.StreamKeeper;
import io.tributary.core.api.stream.StreamSubscription;
import io.tributary.core.api.stream.StreamSubscription.Position;
import io.tributary.core.api.stream.StreamsOverview;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Authorizer;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Subscriptions that another protocol keeps. */
class StreamIT {
    private static TestServer server;
    private static WebTestClient client;

    /** Has one that is called kept. */
    private record Keeper(boolean ready) implements StreamKeeper {
        @Override
        public String kind() {
            return "test-stream";
        }

        @Override
        public Collection<Namespace> namespaces() {
            return List.of(Namespace.DEFAULT);
        }

        @Override
        public CompletionStage<List<String>> list(Namespace namespace) {
            return ready ? CompletableFuture.completedFuture(List.of("kept", "hidden"))
                : CompletableFuture.failedFuture(new BrokerException(ErrorCode.CLOSED, "not yet"));
        }

        @Override
        public CompletionStage<@Nullable StreamSubscription> describe(Namespace namespace, String name) {
            return CompletableFuture.completedFuture(!ready || !name.equals("kept") ? null
                : new StreamSubscription(namespace, name, kind(), "classic", "Stable", 2, List.of(
                    position("seen", 1, 7, 3L), position("seen", 0, 4, null), position("secret", 0, 0, 9L))));
        }

        private static Position position(String topic, int partition, long committed, @Nullable Long lag) {
            return new Position(new PartitionId(TopicName.of(topic), partition), committed, lag);
        }

        @Override
        public CompletionStage<List<StreamsOverview.Lag>> lags(Namespace namespace, List<String> names) {
            return CompletableFuture.completedFuture(List.of());
        }
    }

    /** Everything may be done but with what is secret or hidden. */
    private static final class Rights implements Authorizer {
        @Override
        public boolean allows(Principal caller, Operation operation, Resource resource) {
            return !resource.name().equals("secret") && !resource.name().equals("hidden");
        }
    }

    @BeforeAll
    static void start() {
        server = new TestServer(Authenticator.open(), new Rights());
        client = server.client();
        server.broker().streams().add(new Keeper(false));
        server.broker().streams().add(new Keeper(true));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whatThereIsOfAStreamIsToldWithoutTheTopicsThatTheCallerMayNotSee() {
        client.get().uri("/v1/subscriptions/kept").exchange().expectStatus().isOk().expectBody().json("""
            {"name": "kept", "kind": "test-stream", "protocol": "classic", "state": "stable", "members": 2, "lag": 3, "topics": [
              {"topic": "seen", "lag": 3, "partitions": [{"partition": 0, "committed": 4}, {"partition": 1, "committed": 7, "lag": 3}]}]}
            """);
        client.get().uri("/v1/subscriptions/hidden").exchange().expectStatus().isForbidden();
        client.get().uri("/v1/subscriptions/none").exchange().expectStatus().isNotFound();
        client.get().uri("/v1/subscriptions/kept?kind=kafka-group").exchange().expectStatus().isNotFound();
    }

    @Test
    void queuesAndStreamsAreListedTogetherAndAQueueComesFirst() {
        client.get().uri("/v1/subscriptions").exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.subscriptions[?(@.name=='kept')].kind").isEqualTo("test-stream")
            .jsonPath("$.subscriptions[?(@.name=='hidden')]").isEmpty();
        client.put().uri("/v1/subscriptions/kept").contentType(MediaType.APPLICATION_JSON).bodyValue("{\"topic\": \"t\"}").exchange()
            .expectStatus().isCreated().expectBody().jsonPath("$.kind").isEqualTo("queue");
        client.get().uri("/v1/subscriptions").exchange().expectStatus().isOk().expectBody()
            .jsonPath("$.subscriptions[?(@.name=='kept')].kind").value(kinds ->
                org.assertj.core.api.Assertions.assertThat(kinds.toString()).contains("queue").contains("test-stream"));
        client.get().uri("/v1/subscriptions/kept").exchange().expectBody().jsonPath("$.kind").isEqualTo("queue");
        client.get().uri("/v1/subscriptions/kept?kind=test-stream").exchange().expectBody().jsonPath("$.kind").isEqualTo("test-stream");
        client.delete().uri("/v1/subscriptions/kept").exchange().expectStatus().isNoContent();
        client.delete().uri("/v1/subscriptions/kept").exchange().expectStatus().isNotFound();
    }
}
