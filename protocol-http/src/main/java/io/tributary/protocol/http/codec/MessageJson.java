package io.tributary.protocol.http.codec;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * A record that a subscription delivers, with what settles it.
 *
 * @param ackId null when nothing is to be acknowledged
 */
@JsonSerialize(using = RecordWriter.OfMessage.class)
public record MessageJson(@Nullable String ackId, int deliveryCount, boolean redelivered, RecordJson record) {
    /** The same in the words of the OpenAPI description; never instantiated. */
    @Schema(name = "Message", description = "A record delivered by a subscription; the fields of Record follow in the same object")
    public record Described(
            @Schema(description = "Opaque; acknowledges this delivery until its deadline") String ackId,
            @Schema(description = "1 the first time", example = "1") int deliveryCount,
            @Schema(description = "It was, or after a restart may have been, delivered before") boolean redelivered,
            @Schema(example = "sensors") String topic,
            @Schema(example = "0") int partition,
            @Schema(example = "12") long offset,
            @Schema(example = "1767225600000") long timestamp,
            @Schema(example = "7/temp") @Nullable String key,
            @Schema(example = "21.5") @Nullable String value,
            @Schema(example = "{\"content-type\": \"text/plain\"}") Object headers) {
    }
}
