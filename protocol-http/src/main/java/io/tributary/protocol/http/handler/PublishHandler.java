package io.tributary.protocol.http.handler;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tributary.core.api.Broker;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Topic;
import io.tributary.core.api.TransactionRequest;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.TopicName;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Principal;
import io.tributary.protocol.http.codec.Json;
import io.tributary.protocol.http.codec.ProblemJson;
import io.tributary.protocol.http.codec.PublishJson;
import io.tributary.protocol.http.codec.PublishedJson;
import io.tributary.protocol.http.session.ClientConnection;
import io.tributary.protocol.http.translate.DueTime;
import io.tributary.protocol.http.translate.PublishTranslation;
import io.tributary.protocol.http.translate.RequestHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Publishing. */
@RestController
@Tag(name = "Messages")
@ApiResponse(responseCode = "default", description = "What went wrong",
    content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE, schema = @Schema(implementation = ProblemJson.class)))
public final class PublishHandler {
    /** A body that holds several records. */
    public static final String RECORDS_JSON = "application/vnd.tributary.records+json";

    private final Broker broker;
    private final Guard guard;
    private final Bounds bounds;

    public PublishHandler(ProtocolContext context, Guard guard, Bounds bounds) {
        this.broker = context.broker();
        this.guard = guard;
        this.bounds = bounds;
    }

    /** One record: the body is its value. */
    @PostMapping(path = "/v1/topics/{topic}/messages", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Publish one record", description = "The body, whatever it is, becomes the record's value. Answered when the "
        + "record is durable. Content-Type, Content-Encoding, Correlation-Id, Message-Id, Reply-To, Expiration, Priority and ce-* become "
        + "record headers of the same name in lower case; a header of your own is sent as Header-<name>. The topic is made if need be.",
        parameters = {@Parameter(in = ParameterIn.HEADER, name = "Header-color", description = "An own header: stored as color",
            schema = @Schema(type = "string")),
            @Parameter(in = ParameterIn.HEADER, name = DueTime.DELAY_HEADER, schema = @Schema(type = "string", example = "30s"),
                description = "Not to be seen before this span has passed: 500ms, 30s, 2m, 1h, 7d, milliseconds, or ISO 8601 (PT1H30M)"),
            @Parameter(in = ParameterIn.HEADER, name = DueTime.NOT_BEFORE_HEADER,
                schema = @Schema(type = "string", example = "2027-01-31T12:00:00Z"),
                description = "In place of Delay, not to be seen before this time: ISO 8601, or milliseconds since the epoch")},
        requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(content = {@Content(mediaType = MediaType.ALL_VALUE,
            schema = @Schema(type = "string", format = "binary"), examples = @ExampleObject("21.5")),
            @Content(mediaType = RECORDS_JSON,
            schema = @Schema(implementation = PublishJson.class), examples = @ExampleObject("""
                {"records": [
                  {"key": "7/temp", "value": "21.5", "headers": {"content-type": "text/plain"}},
                  {"key": "8/temp", "valueBase64": "AAH/"}
                ]}"""))}))
    public Mono<PublishedJson> publish(
            @PathVariable String topic,
            @Parameter(description = "The record's key", example = "7/temp") @RequestParam(required = false) @Nullable String key,
            @Parameter(description = "By the key's hash when absent") @RequestParam(required = false) @Nullable Integer partition,
            @Parameter(description = "Keep it as the last value of its key too, or with an empty value end the one that is kept")
            @RequestParam(defaultValue = "false") boolean retain,
            ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        TopicName name = guard.topic(caller, io.tributary.core.security.Operation.WRITE, topic);
        Headers headers = RequestHeaders.toRecord(exchange.getRequest().getHeaders());
        long notBefore = notBefore(exchange);
        return body(exchange).flatMap(value -> publish(name,
            List.of(PublishTranslation.single(name, key, partition, headers, value).withNotBefore(notBefore).withRetain(retain)), false,
            exchange));
    }

    /** Several records. */
    @PostMapping(path = "/v1/topics/{topic}/messages", consumes = RECORDS_JSON, produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Publish several records", description = "Everything is checked before the first record is stored; records of one "
        + "partition keep their order. Answered when all are durable.",
        requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(content = {@Content(mediaType = MediaType.ALL_VALUE,
            schema = @Schema(type = "string", format = "binary"), examples = @ExampleObject("21.5")),
            @Content(mediaType = RECORDS_JSON,
            schema = @Schema(implementation = PublishJson.class), examples = @ExampleObject("""
                {"records": [
                  {"key": "7/temp", "value": "21.5", "headers": {"content-type": "text/plain"}},
                  {"key": "8/temp", "valueBase64": "AAH/"}
                ]}"""))}))
    public Mono<PublishedJson> publishBatch(
            @PathVariable String topic,
            @Parameter(description = "Store all of the records or none, in whatever partitions, also when the server is killed meanwhile")
            @RequestParam(defaultValue = "false") boolean atomic,
            @Parameter(description = "Keep each as the last value of its key too, or with an empty value end the one that is kept")
            @RequestParam(defaultValue = "false") boolean retain,
            ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        TopicName name = guard.topic(caller, io.tributary.core.security.Operation.WRITE, topic);
        long notBefore = notBefore(exchange);
        return body(exchange).flatMap(body -> publish(name,
            PublishTranslation.batch(name, Json.read(body, PublishJson.class), Bounds.MAX_RECORDS, notBefore).stream()
                .map(request -> request.withRetain(retain)).toList(), atomic, exchange));
    }

    /** As the request's headers ask for. */
    private static long notBefore(ServerWebExchange exchange) {
        HttpHeaders sent = exchange.getRequest().getHeaders();
        return DueTime.of(sent.getFirst(DueTime.DELAY_HEADER), sent.getFirst(DueTime.NOT_BEFORE_HEADER), "", System.currentTimeMillis());
    }

    /** Read by hand, because the framework will not hand over a body that is called a form, as curl's are by default. */
    private Mono<byte[]> body(ServerWebExchange exchange) {
        return DataBufferUtils.join(exchange.getRequest().getBody(), bounds.maxBodyBytes()).map(buffer -> {
            byte[] bytes = new byte[buffer.readableByteCount()];
            buffer.read(bytes);
            DataBufferUtils.release(buffer);
            return bytes;
        }).defaultIfEmpty(new byte[0]);
    }

    private Mono<PublishedJson> publish(TopicName name, List<PublishRequest> requests, boolean atomic, ServerWebExchange exchange) {
        ClientConnection connection = ClientConnection.of(exchange.getResponse());
        Topic existing = broker.topics().find(name);
        int hint = orderingHint(exchange.getRequest());
        CompletionStage<List<CompletableFuture<PublishResult>>> stored = existing != null ? store(existing, requests, hint, atomic)
            : broker.topics().getOrAutoCreate(name).thenCompose(topic -> store(topic, requests, hint, atomic));
        return connection.on(stored).map(PublishHandler::answer);
    }

    /** Requests of one connection keep their order, whether their records have a key or not. */
    private static int orderingHint(ServerHttpRequest request) {
        return request.getRemoteAddress() == null ? 0 : request.getRemoteAddress().hashCode();
    }

    /** Completes when every record has been stored or has failed. */
    private CompletionStage<List<CompletableFuture<PublishResult>>> store(Topic topic, List<PublishRequest> requests, int hint,
            boolean atomic) {
        requests.forEach(request -> check(topic, request));
        if (atomic) {
            return broker.transactions().commit(new TransactionRequest(requests, List.of()))
                .thenApply(results -> results.stream().map(CompletableFuture::completedFuture).toList());
        }
        List<CompletableFuture<PublishResult>> results = new ArrayList<>(requests.size());
        for (PublishRequest request : requests) {
            results.add(broker.publisher().publish(request.withOrderingHint(hint)).toCompletableFuture());
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).handle((done, failure) -> results);
    }

    /** What would fail when stored fails before, so that a batch is not stored in part. */
    private static void check(Topic topic, PublishRequest request) {
        if (request.partition() != PublishRequest.ANY_PARTITION) {
            topic.partition(request.partition());
        }
        if (request.retain() && request.notBefore() != PublishRequest.AT_ONCE) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a record that waits for its time cannot be retained");
        }
        byte[] key = request.key();
        byte[] value = request.value();
        long size = (key == null ? 0 : key.length) + (value == null ? 0L : value.length);
        for (Header header : request.headers()) {
            byte[] bytes = header.value();
            size += header.name().length() + (bytes == null ? 0 : bytes.length);
        }
        if (size > topic.config().maxBatchBytes()) {
            throw new BrokerException(ErrorCode.BATCH_TOO_LARGE,
                "a record of " + size + " bytes is over the topic's bound of " + topic.config().maxBatchBytes());
        }
    }

    private static PublishedJson answer(List<CompletableFuture<PublishResult>> results) {
        if (results.stream().noneMatch(CompletableFuture::isCompletedExceptionally)) {
            return new PublishedJson(results.stream().map(result -> PublishTranslation.toJson(result.join())).toList());
        }
        List<ProblemJson.Outcome> outcomes = new ArrayList<>(results.size());
        BrokerException first = null;
        for (CompletableFuture<PublishResult> result : results) {
            if (result.isCompletedExceptionally()) {
                BrokerException failure = BrokerException.of(result.handle((value, thrown) -> thrown).join());
                first = first == null ? failure : first;
                outcomes.add(new ProblemJson.Outcome(null, null, null, null, null, failure.code().name()));
            } else {
                PublishedJson.Place place = PublishTranslation.toJson(result.join());
                outcomes.add(new ProblemJson.Outcome(place.partition(), place.offset(), place.timestamp(), place.id(), place.notBefore(),
                    null));
            }
        }
        if (first == null || results.size() == 1) {
            throw first == null ? new BrokerException(ErrorCode.INTERNAL, "a failure without a cause") : first;
        }
        throw new PublishFailure(first, outcomes);
    }
}
