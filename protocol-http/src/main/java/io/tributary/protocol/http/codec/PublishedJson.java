package io.tributary.protocol.http.codec;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** Where the records of a request are stored, in the request's order. */
@Schema(name = "PublishResponse")
public record PublishedJson(List<Place> results) {
    /** One record's place. */
    @Schema(name = "PublishResult")
    public record Place(@Schema(example = "0") int partition, @Schema(example = "12") long offset,
                        @Schema(description = "Milliseconds since the epoch", example = "1767225600000") long timestamp) {
    }
}
