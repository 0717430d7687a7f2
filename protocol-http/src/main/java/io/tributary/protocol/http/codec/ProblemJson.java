package io.tributary.protocol.http.codec;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as RFC 9457 describes it, with a code.
 *
 * @param type     identifies the kind of problem: {@code urn:tributary:problem:} and the code in lower case
 * @param instance the path that was asked for
 * @param results  of a batch that failed in part: what became of each record
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Problem", description = "An error (RFC 9457)")
public record ProblemJson(@Schema(example = "urn:tributary:problem:topic-not-found") String type,
                          @Schema(example = "Topic not found") String title, @Schema(example = "404") int status,
                          @Schema(example = "there is no topic 'x'") String detail,
                          @Schema(example = "/v1/topics/x/messages") String instance,
                          @Schema(description = "Stable, for programs", example = "TOPIC_NOT_FOUND") String code,
                          @Schema(description = "Of a batch that failed in part: each record's place, or its code")
                          @Nullable List<Outcome> results) {
    /** What became of one record: stored at a place, waiting under an identifier, or refused with a code. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "PublishOutcome")
    public record Outcome(@Nullable Integer partition, @Nullable Long offset, @Nullable Long timestamp, @Nullable String id,
                          @Nullable Long notBefore, @Nullable String code) {
    }
}
