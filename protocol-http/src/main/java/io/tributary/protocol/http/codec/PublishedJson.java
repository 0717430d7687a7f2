package io.tributary.protocol.http.codec;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the records of a request are stored, in the request's order. */
@Schema(name = "PublishResponse")
public record PublishedJson(List<Place> results) {
    /** One record's place, or that it waits. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "PublishResult", description = "partition, offset and timestamp of a record that was stored in its topic; id and "
        + "notBefore of one that waits for its time")
    public record Place(@Schema(example = "0") @Nullable Integer partition, @Schema(example = "12") @Nullable Long offset,
                        @Schema(description = "Milliseconds since the epoch", example = "1767225600000") @Nullable Long timestamp,
                        @Schema(description = "Cancels it") @Nullable String id,
                        @Schema(description = "Milliseconds since the epoch") @Nullable Long notBefore) {
    }
}
