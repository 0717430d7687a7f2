package io.tributary.protocol.http.handler;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicName;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;
import io.tributary.protocol.http.codec.Json;
import io.tributary.protocol.http.codec.ProblemJson;
import io.tributary.protocol.http.codec.TopicJson;
import io.tributary.protocol.http.session.ClientConnection;
import io.tributary.protocol.http.translate.TopicTranslation;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Topics: list, describe, create or change, delete. */
@RestController
@Tag(name = "Topics")
@ApiResponse(responseCode = "default", description = "What went wrong",
    content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE, schema = @Schema(implementation = ProblemJson.class)))
public final class TopicHandler {
    private final Topics topics;
    private final Guard guard;

    public TopicHandler(ProtocolContext context, Guard guard) {
        this.topics = context.broker().topics();
        this.guard = guard;
    }

    /** Those that the caller may describe, without the broker's own. */
    @GetMapping(path = "/v1/topics", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "List the topics", description = "By name, without the broker's own.")
    public TopicJson.Listing list(ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        List<TopicJson.Summary> summaries = topics.list(caller.namespace()).stream()
            .filter(topic -> !topic.name().isInternal())
            .filter(topic -> guard.allows(caller, io.tributary.core.security.Operation.DESCRIBE, Resource.topic(topic.name().name())))
            .map(topic -> new TopicJson.Summary(topic.name().name(), topic.config().partitions()))
            .toList();
        return new TopicJson.Listing(summaries);
    }

    /** One topic. */
    @GetMapping(path = "/v1/topics/{topic}", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Describe a topic")
    public TopicJson describe(@PathVariable String topic, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        TopicName name = guard.topic(caller, io.tributary.core.security.Operation.DESCRIBE, topic);
        Topic found = topics.find(name);
        if (found == null) {
            throw new BrokerException(ErrorCode.TOPIC_NOT_FOUND, "there is no topic '" + topic + "'");
        }
        return TopicTranslation.toJson(found);
    }

    /** Creates a topic, or changes what the body names. */
    @PutMapping(path = "/v1/topics/{topic}", consumes = MediaType.APPLICATION_JSON_VALUE, produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Create or change a topic", description = "Answers 201 when the topic was made, 200 when it was there. What the "
        + "body does not name stays as it is. The number of partitions may only grow; the storage cannot change.",
        requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(content = @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(implementation = TopicJson.Settings.class))))
    public Mono<ResponseEntity<TopicJson>> put(
            @PathVariable String topic, @RequestBody(required = false) byte @Nullable [] body, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        TopicJson.Settings settings = Json.read(body == null ? new byte[0] : body, TopicJson.Settings.class);
        boolean exists = topics.find(guard.topic(caller, io.tributary.core.security.Operation.DESCRIBE, topic)) != null;
        return put(topic, settings, caller, ClientConnection.of(exchange.getResponse()), exists);
    }

    private Mono<ResponseEntity<TopicJson>> put(String topic, TopicJson.Settings settings, Principal caller, ClientConnection connection,
                                                boolean exists) {
        if (exists) {
            TopicName name = guard.topic(caller, io.tributary.core.security.Operation.ALTER, topic);
            return connection.on(topics.update(name, config -> TopicTranslation.apply(config, settings)))
                .map(changed -> ResponseEntity.ok(TopicTranslation.toJson(changed)));
        }
        TopicName name = guard.topic(caller, io.tributary.core.security.Operation.CREATE, topic);
        return connection.on(topics.create(name, TopicTranslation.apply(topics.defaults(), settings)))
            .map(made -> ResponseEntity.status(HttpStatus.CREATED).body(TopicTranslation.toJson(made)))
            // Another caller was faster: then this one changes what that one made.
            .onErrorResume(failure -> BrokerException.of(failure).code() == ErrorCode.TOPIC_EXISTS,
                failure -> put(topic, settings, caller, connection, true));
    }

    /** Deletes a topic and its records. */
    @DeleteMapping(path = "/v1/topics/{topic}")
    @Operation(summary = "Delete a topic and its records",
        responses = @ApiResponse(responseCode = "204", description = "The topic is gone", content = @Content))
    public Mono<ResponseEntity<Void>> delete(@PathVariable String topic, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        TopicName name = guard.topic(caller, io.tributary.core.security.Operation.DELETE, topic);
        return ClientConnection.of(exchange.getResponse()).on(topics.delete(name)).thenReturn(ResponseEntity.noContent().build());
    }
}
