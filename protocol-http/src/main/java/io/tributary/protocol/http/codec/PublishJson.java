package io.tributary.protocol.http.codec;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A batch to be published. */
@Schema(name = "PublishRequest", description = "Records that are stored in this order")
public record PublishJson(@Nullable List<@Nullable Entry> records) {
    /** One record. A record without value and valueBase64 is a tombstone. */
    @Schema(name = "PublishRecord")
    public record Entry(
            @Schema(example = "7/temp") @Nullable String key,
            @Schema(description = "A key that is not text") @Nullable String keyBase64,
            @Schema(example = "21.5") @Nullable String value,
            @Schema(description = "A value that is not text") @Nullable String valueBase64,
            @Schema(description = "Name to text, to {\"base64\": ...}, or to an array of these", type = "object",
                example = "{\"content-type\": \"text/plain\"}") @Nullable Map<String, @Nullable JsonNode> headers,
            @Schema(description = "By the key's hash when absent") @Nullable Integer partition,
            @Schema(description = "Milliseconds since the epoch; now when absent") @Nullable Long timestamp,
            @Schema(description = "Not to be seen before this span has passed: 30s, milliseconds or an ISO 8601 duration", example = "30s")
            @Nullable String delay,
            @Schema(description = "In place of delay, not to be seen before this time: ISO 8601, or milliseconds since the epoch",
                example = "2027-01-31T12:00:00Z") @Nullable String notBefore) {
    }
}
