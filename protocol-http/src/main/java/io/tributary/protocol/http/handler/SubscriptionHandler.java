package io.tributary.protocol.http.handler;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tributary.core.api.Broker;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.Topic;
import io.tributary.core.api.stats.SubscriptionReport;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;
import io.tributary.protocol.http.codec.Json;
import io.tributary.protocol.http.codec.ProblemJson;
import io.tributary.protocol.http.codec.SubscriptionJson;
import io.tributary.protocol.http.codec.SubscriptionView;
import io.tributary.protocol.http.session.ClientConnection;
import io.tributary.protocol.http.translate.BindingTranslation;
import io.tributary.protocol.http.translate.PolicyTranslation;
import io.tributary.protocol.http.translate.StatsTranslation;
import io.tributary.protocol.http.translate.StreamTranslation;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Subscriptions: list, describe, create, delete. An AMQP queue and an HTTP subscription of one name are the same. */
@RestController
@Tag(name = "Subscriptions")
@ApiResponse(responseCode = "default", description = "What went wrong",
    content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE, schema = @Schema(implementation = ProblemJson.class)))
public final class SubscriptionHandler {
    private final Broker broker;
    private final Guard guard;

    public SubscriptionHandler(ProtocolContext context, Guard guard) {
        this.broker = context.broker();
        this.guard = guard;
    }

    /** Those that the caller may describe. */
    @GetMapping(path = "/v1/subscriptions", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "List the subscriptions", description = "By name; AMQP queues, MQTT sessions and Kafka's groups are among them.")
    public Mono<SubscriptionJson.Listing> list(ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        Stream<SubscriptionJson.Summary> queues = broker.subscriptions().list(caller.namespace()).stream()
            .map(one -> new SubscriptionJson.Summary(one.name().name(), SubscriptionJson.QUEUE, one.config().durable()));
        return ClientConnection.of(exchange.getResponse()).on(broker.streams().list(caller.namespace()).thenApply(streams ->
            new SubscriptionJson.Listing(Stream.concat(queues,
                    streams.stream().map(one -> new SubscriptionJson.Summary(one.name(), one.kind(), true)))
                .filter(one -> guard.allows(caller, io.tributary.core.security.Operation.DESCRIBE, Resource.subscription(one.name())))
                .sorted(Comparator.comparing(SubscriptionJson.Summary::name)).toList())));
    }

    /** One subscription, with its counts; of several of one name the queue, unless another kind is asked for. */
    @GetMapping(path = "/v1/subscriptions/{name}", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Describe a subscription", description = "A Kafka group may have the name of a queue: then the queue is "
        + "described, unless another kind is asked for.")
    public Mono<SubscriptionView> describe(
            @PathVariable String name,
            @Parameter(description = "As in the list", example = "kafka-group") @RequestParam(required = false) @Nullable String kind,
            ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        SubscriptionName wanted = guard.subscription(caller, io.tributary.core.security.Operation.DESCRIBE, name);
        boolean any = kind == null;
        Subscription queue = any || SubscriptionJson.QUEUE.equals(kind) ? broker.subscriptions().find(wanted) : null;
        CompletionStage<? extends SubscriptionView> described = queue == null ? stream(caller, kind, name) : describe(queue);
        return ClientConnection.of(exchange.getResponse()).on(described.thenApply(Function.identity()));
    }

    private CompletionStage<SubscriptionView> stream(Principal caller, @Nullable String kind, String name) {
        return broker.streams().find(caller.namespace(), kind, name).thenApply(found -> {
            if (found == null) {
                throw notFound(name);
            }
            return StreamTranslation.toJson(found, topic ->
                guard.allows(caller, io.tributary.core.security.Operation.DESCRIBE, Resource.topic(topic.name())));
        });
    }

    /** Creates a subscription; one that is there already with the same bindings is left alone. */
    @PutMapping(path = "/v1/subscriptions/{name}", consumes = MediaType.APPLICATION_JSON_VALUE, produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Create a subscription", description = "Answers 201 when it was made, 200 when it was there with the same "
        + "bindings, durability and delivery policy, 409 when it was there with others. Topics that are named are made if there are none.",
        requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(content = @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(implementation = SubscriptionJson.Settings.class),
            examples = @ExampleObject("""
                {"topic": "sensors", "filter": {"pattern": "+/temp"}, "start": "earliest"}"""))))
    public Mono<ResponseEntity<SubscriptionJson>> put(
            @PathVariable String name, @RequestBody(required = false) byte @Nullable [] body, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        SubscriptionName wanted = guard.subscription(caller, io.tributary.core.security.Operation.CREATE, name);
        SubscriptionJson.Settings settings = Json.read(body == null ? new byte[0] : body, SubscriptionJson.Settings.class);
        List<Binding> bindings = BindingTranslation.bindings(caller.namespace(), settings);
        StartPosition start = BindingTranslation.start(settings.start());
        DeliveryPolicy policy = PolicyTranslation.policy(caller.namespace(), settings.delivery());
        boolean durable = settings.durable() == null || settings.durable();
        SubscriptionConfig config = (durable ? SubscriptionConfig.DURABLE : SubscriptionConfig.TRANSIENT).withPolicy(policy);
        for (Binding binding : bindings) {
            if (binding.topic() != null) {
                guard.topic(caller, io.tributary.core.security.Operation.READ, binding.topic().name());
            } else {
                guard.everyTopic(caller, io.tributary.core.security.Operation.READ);
            }
        }
        Stream<@Nullable TopicName> named = bindings.stream().map(Binding::topic);
        if (policy.deadLetter() instanceof DeadLetterTarget.ToTopic to) {
            guard.topic(caller, io.tributary.core.security.Operation.WRITE, to.topic().name());
            named = Stream.concat(named, Stream.of(to.topic()));
        }
        CompletionStage<ResponseEntity<SubscriptionJson>> answer = topics(named)
            .thenCompose(ready -> broker.subscriptions().create(wanted, config, bindings, start))
            .thenCompose(made -> describe(made).thenApply(json -> ResponseEntity.status(HttpStatus.CREATED).body(json)))
            .exceptionallyCompose(failure -> existing(wanted, bindings, config, BrokerException.of(failure)));
        return ClientConnection.of(exchange.getResponse()).on(answer);
    }

    /** Completes when the topics are there. */
    private CompletionStage<Void> topics(Stream<@Nullable TopicName> named) {
        List<CompletableFuture<Topic>> made = named.distinct()
            .flatMap(topic -> topic == null || broker.topics().find(topic) != null ? Stream.empty()
                : Stream.of(broker.topics().getOrAutoCreate(topic).toCompletableFuture()))
            .toList();
        return CompletableFuture.allOf(made.toArray(CompletableFuture[]::new));
    }

    private CompletionStage<ResponseEntity<SubscriptionJson>> existing(SubscriptionName name, List<Binding> bindings,
                                                                       SubscriptionConfig config, BrokerException failure) {
        Subscription existing = broker.subscriptions().find(name);
        if (failure.code() != ErrorCode.SUBSCRIPTION_EXISTS || existing == null) {
            return CompletableFuture.failedFuture(failure);
        }
        existing.touch();
        boolean sameConfig = existing.config().durable() == config.durable() && existing.config().policy().equals(config.policy());
        if (!sameConfig || !new HashSet<>(existing.bindings()).equals(new HashSet<>(bindings))) {
            return CompletableFuture.failedFuture(new BrokerException(ErrorCode.SUBSCRIPTION_EXISTS,
                "there is a subscription '" + name.name() + "' with other bindings, another durability or another delivery policy"));
        }
        return describe(existing).thenApply(ResponseEntity::ok);
    }

    /** Ends a subscription. */
    @DeleteMapping(path = "/v1/subscriptions/{name}")
    @Operation(summary = "Delete a subscription", description = "What it had not delivered stays in its topics.",
        responses = @ApiResponse(responseCode = "204", description = "The subscription is gone", content = @Content))
    public Mono<ResponseEntity<Void>> delete(@PathVariable String name, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        SubscriptionName wanted = guard.subscription(caller, io.tributary.core.security.Operation.DELETE, name);
        return ClientConnection.of(exchange.getResponse()).on(broker.subscriptions().delete(wanted))
            .thenReturn(ResponseEntity.noContent().build());
    }

    /** The subscription of this name; fails with SUBSCRIPTION_NOT_FOUND. */
    static Subscription find(Broker broker, SubscriptionName name) {
        Subscription found = broker.subscriptions().find(name);
        if (found == null) {
            throw notFound(name.name());
        }
        return found;
    }

    private static BrokerException notFound(String name) {
        return new BrokerException(ErrorCode.SUBSCRIPTION_NOT_FOUND, "there is no subscription '" + name + "'");
    }

    private static CompletionStage<SubscriptionJson> describe(Subscription subscription) {
        return subscription.report().thenApply(report -> toJson(subscription, report));
    }

    private static SubscriptionJson toJson(Subscription subscription, SubscriptionReport report) {
        return new SubscriptionJson(subscription.name().name(), SubscriptionJson.QUEUE, subscription.config().durable(),
            subscription.bindings().stream().map(BindingTranslation::toJson).toList(), subscription.config().attributes(),
            PolicyTranslation.toJson(subscription.config().policy()),
            StatsTranslation.toJson(report));
    }
}
