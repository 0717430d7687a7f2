package io.tributary.protocol.http.handler;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tributary.core.api.Schedule;
import io.tributary.core.api.ScheduledRecord;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;
import io.tributary.protocol.http.codec.ProblemJson;
import io.tributary.protocol.http.codec.ScheduledJson;
import io.tributary.protocol.http.session.ClientConnection;
import io.tributary.protocol.http.translate.RecordTranslation;
import io.tributary.protocol.http.translate.TimeText;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** What waits for its time: list, cancel. A caller sees the records of topics that it may read, and cancels those that it may write. */
@RestController
@Tag(name = "Schedule")
@ApiResponse(responseCode = "default", description = "What went wrong",
    content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE, schema = @Schema(implementation = ProblemJson.class)))
public final class ScheduleHandler {
    private final Schedule schedule;
    private final Guard guard;

    public ScheduleHandler(ProtocolContext context, Guard guard) {
        this.schedule = context.broker().schedule();
        this.guard = guard;
    }

    /** A page by due time. */
    @GetMapping(path = "/v1/schedule", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "List the records that wait", description = "In the order in which they are due. A page may hold fewer than the "
        + "limit, and even none, while next is not null.")
    public Mono<ScheduledJson.Page> list(
            @Parameter(description = "Due at or after this: an ISO 8601 time, or milliseconds since the epoch")
            @RequestParam(required = false) @Nullable String from,
            @Parameter(description = "next of the page before") @RequestParam(required = false) @Nullable String after,
            @Parameter(description = "1 to 1000; 100 when absent") @RequestParam(required = false) @Nullable Integer limit,
            ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        int max = Bounds.count("limit", limit, Bounds.DEFAULT_LIMIT, Schedule.MAX_PAGE);
        long fromMs = from == null ? 0 : TimeText.instantMs("from", from);
        return ClientConnection.of(exchange.getResponse()).on(schedule.list(fromMs, after, max)).map(records -> {
            List<ScheduledJson> shown = records.stream()
                .filter(record -> mayDo(caller, io.tributary.core.security.Operation.READ, record))
                .map(RecordTranslation::toJson).toList();
            return new ScheduledJson.Page(shown, records.isEmpty() ? null : records.get(records.size() - 1).id());
        });
    }

    /** Ends a record's waiting. */
    @DeleteMapping(path = "/v1/schedule/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Cancel a record that waits", description = "Answered when that is durable. A record that was delivered, or "
        + "cancelled before, or never there, is not an error.")
    public Mono<ScheduledJson.Cancelled> cancel(@PathVariable String id, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        CompletionStage<Boolean> cancelled = schedule.find(id).thenCompose(record ->
            record != null && mayDo(caller, io.tributary.core.security.Operation.WRITE, record) ? schedule.cancel(id)
                : CompletableFuture.completedFuture(false));
        return ClientConnection.of(exchange.getResponse()).on(cancelled).map(ScheduledJson.Cancelled::new);
    }

    private boolean mayDo(Principal caller, io.tributary.core.security.Operation operation, ScheduledRecord record) {
        return record.topic().namespace().equals(caller.namespace())
            && guard.allows(caller, operation, Resource.topic(record.topic().name()));
    }
}
