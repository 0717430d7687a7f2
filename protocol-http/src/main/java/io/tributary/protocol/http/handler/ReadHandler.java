package io.tributary.protocol.http.handler;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tributary.core.api.Broker;
import io.tributary.core.api.Topic;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicName;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Principal;
import io.tributary.protocol.http.codec.ProblemJson;
import io.tributary.protocol.http.codec.RecordJson;
import io.tributary.protocol.http.codec.RecordsJson;
import io.tributary.protocol.http.session.ClientConnection;
import io.tributary.protocol.http.session.EventWriter;
import io.tributary.protocol.http.session.Shutdown;
import io.tributary.protocol.http.session.TopicEvents;
import io.tributary.protocol.http.session.TopicReader;
import io.tributary.protocol.http.translate.ReadFrom;
import io.tributary.protocol.http.translate.RecordTranslation;
import io.tributary.protocol.http.translate.TimeText;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Reading a topic by offset or time, once or as a stream. */
@RestController
@Tag(name = "Messages")
@ApiResponse(responseCode = "default", description = "What went wrong",
    content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE, schema = @Schema(implementation = ProblemJson.class)))
public final class ReadHandler {
    private static final String OFFSET = "The next offset to read: a number for one partition, or partition:offset pairs (0:12,1:40)";
    private static final String FROM = "earliest, latest, an ISO 8601 time, or milliseconds since the epoch";
    private static final String PARTITION = "All of them when absent";
    private static final int EVENT_PIECE_BYTES = 256 * 1024;

    private final Broker broker;
    private final Guard guard;
    private final Bounds bounds;
    private final Shutdown shutdown;

    public ReadHandler(ProtocolContext context, Guard guard, Bounds bounds, Shutdown shutdown) {
        this.broker = context.broker();
        this.guard = guard;
        this.bounds = bounds;
        this.shutdown = shutdown;
    }

    /** Some records. */
    @GetMapping(path = "/v1/topics/{topic}/messages", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Read records", description = "Reads without consuming. next tells the offsets to go on from.")
    public Mono<RecordsJson> read(
            @PathVariable String topic,
            @Parameter(description = OFFSET, example = "0") @RequestParam(required = false) @Nullable String offset,
            @Parameter(description = FROM + "; earliest when neither is given") @RequestParam(required = false) @Nullable String from,
            @Parameter(description = PARTITION) @RequestParam(required = false) @Nullable Integer partition,
            @Parameter(description = "1 to 10000; 100 when absent") @RequestParam(required = false) @Nullable Integer limit,
            @Parameter(description = "How long to wait for the first record, when there is none; not at all when absent", example = "5s")
            @RequestParam(required = false) @Nullable String wait, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        Topic found = find(guard.topic(caller, io.tributary.core.security.Operation.READ, topic));
        List<Integer> partitions = partitions(found, partition);
        ReadFrom start = ReadFrom.parse(offset, from, partitions, new ReadFrom.Earliest());
        int max = Bounds.count("limit", limit, Bounds.DEFAULT_LIMIT, Bounds.MAX_RECORDS);
        Duration patience = TimeText.span("wait", wait, Duration.ZERO, Duration.ZERO, bounds.maxWait());
        ClientConnection connection = ClientConnection.of(exchange.getResponse());
        return TopicReader.open(found, partitions, start, connection, bounds.maxResponseBytes())
            .flatMap(reader -> reader.readOrWait(max, patience).takeUntilOther(shutdown.stopping()).defaultIfEmpty(List.of())
                .map(page -> new RecordsJson(toJson(found.name(), page), new TreeMap<>(reader.positions()))));
    }

    /** All records from a position on, as they come. */
    @GetMapping(path = "/v1/topics/{topic}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Operation(summary = "Stream records", description = "Server-sent events, one for each record. The event's id holds the position "
        + "after it: a client that connects again with Last-Event-ID goes on from there. An event skipped tells that retention removed "
        + "records before they were sent; an event error, with a problem, is the last.",
        responses = @ApiResponse(responseCode = "200", content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
            schema = @Schema(implementation = RecordJson.Described.class))))
    public Mono<Void> stream(
            @PathVariable String topic,
            @Parameter(description = OFFSET) @RequestParam(required = false) @Nullable String offset,
            @Parameter(description = FROM + "; latest when neither is given") @RequestParam(required = false) @Nullable String from,
            @Parameter(description = PARTITION) @RequestParam(required = false) @Nullable Integer partition,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId, ServerWebExchange exchange) {
        Principal caller = AuthenticationFilter.caller(exchange);
        Topic found = find(guard.topic(caller, io.tributary.core.security.Operation.READ, topic));
        List<Integer> partitions = partitions(found, partition);
        ReadFrom start = lastEventId == null || lastEventId.isEmpty() ? ReadFrom.parse(offset, from, partitions, new ReadFrom.Latest())
            : ReadFrom.pairs(lastEventId, partitions, new ReadFrom.Earliest());
        ClientConnection connection = ClientConnection.of(exchange.getResponse());
        String instance = exchange.getRequest().getPath().value();
        return TopicReader.open(found, partitions, start, connection, EVENT_PIECE_BYTES)
            .flatMap(reader -> new EventWriter(exchange.getResponse(), connection, shutdown)
                .write(new TopicEvents(broker, found, reader)::next, instance));
    }

    private Topic find(TopicName name) {
        Topic topic = broker.topics().find(name);
        if (topic == null) {
            throw new BrokerException(ErrorCode.TOPIC_NOT_FOUND, "there is no topic '" + name.name() + "'");
        }
        return topic;
    }

    private static List<Integer> partitions(Topic topic, @Nullable Integer partition) {
        int count = topic.partitions().size();
        if (partition == null) {
            if (count > Bounds.MAX_PARTITIONS) {
                throw new BrokerException(ErrorCode.INVALID_ARGUMENT,
                    "the topic has " + count + " partitions; of more than " + Bounds.MAX_PARTITIONS + " they are read one by one");
            }
            return IntStream.range(0, count).boxed().toList();
        }
        if (partition < 0 || partition >= count) {
            throw new BrokerException(ErrorCode.PARTITION_NOT_FOUND, "the topic has partitions 0 to " + (count - 1));
        }
        return List.of(partition);
    }

    private static List<RecordJson> toJson(TopicName topic, List<TopicReader.Positioned> page) {
        return page.stream().map(one -> RecordTranslation.toJson(topic, one.partition(), one.record())).toList();
    }
}
