package io.tributary.protocol.http.codec;

import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/** A retained value: the last record of its topic and key that was published to be retained. */
@JsonSerialize(using = RecordWriter.OfRetained.class)
public record RetainedJson(String topic, long timestamp, byte @Nullable [] key, byte @Nullable [] value, List<HeaderValue> headers) {
    /** The same in the words of the OpenAPI description; never instantiated. */
    @Schema(name = "RetainedRecord", description = "The last record of its topic and key that was published to be retained")
    public record Described(
            @Schema(example = "sensors") String topic,
            @Schema(description = "Milliseconds since the epoch", example = "1767225600000") long timestamp,
            @Schema(description = "Null for the value of the topic itself", example = "7/temp") @Nullable String key,
            @Schema(example = "21.5") @Nullable String value,
            @Schema(description = "In place of value when it is not UTF-8") @Nullable String valueBase64,
            @Schema(example = "{\"content-type\": \"text/plain\"}") Object headers) {
    }

    /** A page of them. */
    @Schema(name = "RetainedRecords")
    public record Page(
            @ArraySchema(schema = @Schema(implementation = Described.class)) List<RetainedJson> records,
            @Schema(description = "As the parameter after, gives the next page; null at the end") @Nullable String next) {
    }
}
