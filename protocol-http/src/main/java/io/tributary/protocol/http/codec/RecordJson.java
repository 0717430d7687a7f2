package io.tributary.protocol.http.codec;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/** A stored record. Bytes that are UTF-8 are written as text, others in Base64 under another name. */
@JsonSerialize(using = RecordWriter.OfRecord.class)
public record RecordJson(String topic, int partition, long offset, long timestamp, byte @Nullable [] key, byte @Nullable [] value,
                         List<HeaderValue> headers) {
    /** The same in the words of the OpenAPI description; never instantiated. */
    @Schema(name = "Record", description = "A stored record")
    public record Described(
            @Schema(example = "sensors") String topic,
            @Schema(example = "0") int partition,
            @Schema(example = "12") long offset,
            @Schema(description = "Milliseconds since the epoch", example = "1767225600000") long timestamp,
            @Schema(description = "The key as text; null when there is none", example = "7/temp") @Nullable String key,
            @Schema(description = "In place of key when it is not UTF-8") @Nullable String keyBase64,
            @Schema(description = "The value as text; null for a tombstone", example = "21.5") @Nullable String value,
            @Schema(description = "In place of value when it is not UTF-8") @Nullable String valueBase64,
            @Schema(description = "Name to text, {\"base64\": ...} when not UTF-8, or an array when the name is repeated",
                example = "{\"content-type\": \"text/plain\"}") Object headers) {
    }
}
