package io.tributary.protocol.http.codec;

import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/** A record that waits for its time. */
@JsonSerialize(using = RecordWriter.OfScheduled.class)
public record ScheduledJson(String id, long notBefore, String topic, byte @Nullable [] key, byte @Nullable [] value,
                            List<HeaderValue> headers) {
    /** The same in the words of the OpenAPI description; never instantiated. */
    @Schema(name = "ScheduledRecord", description = "A record that waits for its time")
    public record Described(
            @Schema(description = "Opaque; cancels it") String id,
            @Schema(description = "When it is due: milliseconds since the epoch", example = "1767225600000") long notBefore,
            @Schema(example = "sensors") String topic,
            @Schema(example = "7/temp") @Nullable String key,
            @Schema(description = "In place of key when it is not UTF-8") @Nullable String keyBase64,
            @Schema(example = "21.5") @Nullable String value,
            @Schema(description = "In place of value when it is not UTF-8") @Nullable String valueBase64,
            @Schema(example = "{\"content-type\": \"text/plain\"}") Object headers) {
    }

    /** A page of what waits. */
    @Schema(name = "Schedule")
    public record Page(
            @ArraySchema(schema = @Schema(implementation = Described.class)) List<ScheduledJson> records,
            @Schema(description = "As the parameter after, gives the next page; null at the end") @Nullable String next) {
    }

    /** What became of a cancel. */
    @Schema(name = "Cancelled")
    public record Cancelled(@Schema(description = "Whether the record was still waiting, and now never comes") boolean cancelled) {
    }
}
