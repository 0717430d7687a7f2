package io.tributary.protocol.http.handler;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tributary.core.api.Broker;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Principal;
import io.tributary.protocol.http.codec.DeliveryJson;
import io.tributary.protocol.http.codec.Json;
import io.tributary.protocol.http.codec.MessageJson;
import io.tributary.protocol.http.codec.ProblemJson;
import io.tributary.protocol.http.session.ClientConnection;
import io.tributary.protocol.http.session.EventWriter;
import io.tributary.protocol.http.session.Shutdown;
import io.tributary.protocol.http.session.SubscriptionConsumers;
import io.tributary.protocol.http.session.SubscriptionEvents;
import io.tributary.protocol.http.translate.RecordTranslation;
import io.tributary.protocol.http.translate.TimeText;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Consuming from a subscription: pull, settle, stream. */
@RestController
@Tag(name = "Deliveries")
@ApiResponse(responseCode = "default", description = "What went wrong",
    content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE, schema = @Schema(implementation = ProblemJson.class)))
public final class DeliveryHandler {
    private static final String ACK_DEADLINE = "ackDeadline";
    private static final Duration MIN_DEADLINE = Duration.ofSeconds(1);
    private static final Duration MAX_DEADLINE = Duration.ofHours(12);
    private static final byte[] NO_BODY = new byte[0];

    private final Broker broker;
    private final Guard guard;
    private final Bounds bounds;
    private final SubscriptionConsumers consumers;
    private final Shutdown shutdown;

    public DeliveryHandler(ProtocolContext context, Guard guard, Bounds bounds, SubscriptionConsumers consumers, Shutdown shutdown) {
        this.broker = context.broker();
        this.guard = guard;
        this.bounds = bounds;
        this.consumers = consumers;
        this.shutdown = shutdown;
    }

    /** Takes messages, which are to be settled before their deadline. */
    @PostMapping(path = "/v1/subscriptions/{name}/pull", consumes = MediaType.APPLICATION_JSON_VALUE,
        produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Pull messages", description = "At once if there are any, else as soon as there are, or none after wait. A "
        + "message that is not acknowledged within ackDeadline is delivered again.",
        requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(content = @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(implementation = DeliveryJson.Pull.class))))
    public Mono<DeliveryJson.Pulled> pull(
            @PathVariable String name, @RequestBody(required = false) byte @Nullable [] body, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        Subscription subscription = find(caller, name);
        DeliveryJson.Pull request = Json.read(body == null ? NO_BODY : body, DeliveryJson.Pull.class);
        int max = Bounds.count("max", request.max(), Bounds.DEFAULT_PULL, Bounds.MAX_PULL);
        Duration wait = TimeText.span("wait", request.patience(), Duration.ZERO, Duration.ZERO, bounds.maxWait());
        return consumers.pull(subscription, max, wait, deadline(request.ackDeadline()), ClientConnection.of(exchange.getResponse()))
            .takeUntilOther(shutdown.stopping())
            .defaultIfEmpty(List.of())
            .map(pulled -> new DeliveryJson.Pulled(toJson(pulled)));
    }

    /** Acknowledges. */
    @PostMapping(path = "/v1/subscriptions/{name}/ack", consumes = MediaType.APPLICATION_JSON_VALUE,
        produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Acknowledge messages", description = "They are not delivered again. Those not outstanding are told.",
        requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(content = @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(implementation = DeliveryJson.Ack.class))))
    public Mono<DeliveryJson.Settled> ack(
            @PathVariable String name, @RequestBody(required = false) byte @Nullable [] body, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        SubscriptionName subscription = find(caller, name).name();
        List<String> ackIds = Bounds.ackIds(Json.read(body == null ? NO_BODY : body, DeliveryJson.Ack.class).ackIds());
        return answer(consumers.settle(subscription, ackIds, Settlement.ACK), exchange);
    }

    /** Gives back. */
    @PostMapping(path = "/v1/subscriptions/{name}/nack", consumes = MediaType.APPLICATION_JSON_VALUE,
        produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Give messages back", description = "They are delivered again at once, or dropped with requeue false.",
        requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(content = @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(implementation = DeliveryJson.Nack.class))))
    public Mono<DeliveryJson.Settled> nack(
            @PathVariable String name, @RequestBody(required = false) byte @Nullable [] body, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        SubscriptionName subscription = find(caller, name).name();
        DeliveryJson.Nack request = Json.read(body == null ? NO_BODY : body, DeliveryJson.Nack.class);
        boolean requeue = request.requeue() == null || request.requeue();
        return answer(consumers.settle(subscription, Bounds.ackIds(request.ackIds()), requeue ? Settlement.REQUEUE : Settlement.REJECT),
            exchange);
    }

    /** Gives more time. */
    @PostMapping(path = "/v1/subscriptions/{name}/extend", consumes = MediaType.APPLICATION_JSON_VALUE,
        produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Extend the deadline of messages", description = "The new deadline counts from now.",
        requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(content = @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(implementation = DeliveryJson.Extend.class))))
    public Mono<DeliveryJson.Settled> extend(
            @PathVariable String name, @RequestBody(required = false) byte @Nullable [] body, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        SubscriptionName subscription = find(caller, name).name();
        DeliveryJson.Extend request = Json.read(body == null ? NO_BODY : body, DeliveryJson.Extend.class);
        return answer(consumers.extend(subscription, Bounds.ackIds(request.ackIds()), deadline(request.ackDeadline())), exchange);
    }

    /** Messages as they come. */
    @GetMapping(path = "/v1/subscriptions/{name}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Operation(summary = "Stream messages", description = "Server-sent events, one for each message. With ack=auto a message is "
        + "acknowledged once it has gone to the socket. With ack=manual each has an ackId for the ack call, no more than prefetch are "
        + "outstanding, and what is not acknowledged when the stream ends is delivered again. An event error, with a problem, is the last.",
        responses = @ApiResponse(responseCode = "200", content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
            schema = @Schema(implementation = MessageJson.Described.class))))
    public Mono<Void> stream(
            @PathVariable String name,
            @Parameter(description = "auto when absent", schema = @Schema(allowableValues = {"auto", "manual"}))
            @RequestParam(required = false) @Nullable String ack,
            @Parameter(description = "1 to 1000; 100 when absent") @RequestParam(required = false) @Nullable Integer prefetch,
            @Parameter(description = "With ack=manual; 30s when absent") @RequestParam(required = false) @Nullable String ackDeadline,
            ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        Subscription subscription = find(caller, name);
        boolean automatic = automatic(ack);
        if (automatic && ackDeadline != null) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "ackDeadline belongs to ack=manual");
        }
        int credit = Bounds.count("prefetch", prefetch, Bounds.DEFAULT_LIMIT, Bounds.MAX_PULL);
        Duration deadline = automatic ? Duration.ZERO : deadline(ackDeadline);
        ClientConnection connection = ClientConnection.of(exchange.getResponse());
        String instance = exchange.getRequest().getPath().value();
        return Mono.usingWhen(
            Mono.fromSupplier(() -> consumers.attach(subscription, deadline)),
            consumer -> new EventWriter(exchange.getResponse(), connection, shutdown)
                .write(new SubscriptionEvents(consumer, connection, automatic, credit, deadline)::next, instance),
            consumer -> Mono.fromCompletionStage(() -> consumers.release(consumer)).onErrorComplete());
    }

    private static boolean automatic(@Nullable String ack) {
        return switch (ack == null ? "auto" : ack) {
            case "auto" -> true;
            case "manual" -> false;
            default -> throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "ack may be auto or manual");
        };
    }

    private Subscription find(Principal caller, String name) {
        return SubscriptionHandler.find(broker, guard.subscription(caller, io.tributary.core.security.Operation.READ, name));
    }

    private static Duration deadline(@Nullable String text) {
        return TimeText.span(ACK_DEADLINE, text, SubscriptionConsumers.DEFAULT_DEADLINE, MIN_DEADLINE, MAX_DEADLINE);
    }

    private static List<MessageJson> toJson(List<SubscriptionConsumers.Pulled> pulled) {
        return pulled.stream().map(one -> RecordTranslation.toJson(one.delivery(), one.ackId())).toList();
    }

    private static Mono<DeliveryJson.Settled> answer(CompletionStage<SubscriptionConsumers.Outcome> outcome, ServerWebExchange exchange) {
        return ClientConnection.of(exchange.getResponse()).on(outcome)
            .map(told -> new DeliveryJson.Settled(told.settled(), told.unknown()));
    }
}
