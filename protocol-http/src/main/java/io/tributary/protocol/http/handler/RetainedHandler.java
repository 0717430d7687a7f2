package io.tributary.protocol.http.handler;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tributary.core.api.retained.RetainedValues;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicName;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Principal;
import io.tributary.protocol.http.codec.ProblemJson;
import io.tributary.protocol.http.codec.RetainedJson;
import io.tributary.protocol.http.session.ClientConnection;
import io.tributary.protocol.http.translate.RetainedTranslation;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The last values of a topic's keys. */
@RestController
@Tag(name = "Messages")
@ApiResponse(responseCode = "default", description = "What went wrong",
    content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE, schema = @Schema(implementation = ProblemJson.class)))
public final class RetainedHandler {
    private final RetainedValues retained;
    private final Guard guard;
    private final Bounds bounds;

    public RetainedHandler(ProtocolContext context, Guard guard, Bounds bounds) {
        this.retained = context.broker().retained();
        this.guard = guard;
        this.bounds = bounds;
    }

    /** A page of those that a pattern takes. */
    @GetMapping(path = "/v1/topics/{topic}/retained", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Read retained values", description = "The last record of each key that was published to be retained, by MQTT or "
        + "with retain=true, and has not expired. A page may hold fewer than the limit, and even none, while next is not null.")
    public Mono<RetainedJson.Page> find(
            @PathVariable String topic,
            @Parameter(description = "Keys as MQTT's topic filters: + is one word, # any number; all when absent", example = "+/temp")
            @RequestParam(required = false) @Nullable String subject,
            @Parameter(description = "next of the page before") @RequestParam(required = false) @Nullable String after,
            @Parameter(description = "1 to 1000; 100 when absent") @RequestParam(required = false) @Nullable Integer limit,
            ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        TopicName name = guard.topic(caller, io.tributary.core.security.Operation.READ, topic);
        if (RetainedTranslation.isAmongAll(name)) {
            // Where a page ends may be any topic's address.
            guard.everyTopic(caller, io.tributary.core.security.Operation.READ);
        }
        int most = Bounds.count("limit", limit, Bounds.DEFAULT_LIMIT, RetainedValues.MAX_VALUES);
        SubjectPattern pattern = RetainedTranslation.pattern(name, subject);
        return ClientConnection.of(exchange.getResponse())
            .on(retained.find(caller.namespace(), pattern, RetainedTranslation.after(after), most, bounds.maxResponseBytes()))
            .map(page -> RetainedTranslation.toJson(name, page));
    }
}
