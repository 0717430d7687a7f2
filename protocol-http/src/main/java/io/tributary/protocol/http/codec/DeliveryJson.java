package io.tributary.protocol.http.codec;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bodies of pull, ack, nack and extend. */
public final class DeliveryJson {
    private DeliveryJson() {
    }

    /** Asks for messages. */
    @Schema(name = "PullRequest")
    public record Pull(@Schema(description = "1 to 1000; 10 when absent", example = "10") @Nullable Integer max,
                       @Schema(description = "How long to wait for the first; 0 when absent", example = "5s")
                       @JsonProperty("wait") @Nullable String patience,
                       @Schema(description = "When a message that is not settled is delivered again; 30s when absent", example = "30s")
                       @Nullable String ackDeadline) {
    }

    /** The messages pulled. */
    @Schema(name = "PullResponse")
    public record Pulled(
            @ArraySchema(schema = @Schema(implementation = MessageJson.Described.class)) List<MessageJson> messages) {
    }

    /** Settles deliveries. */
    @Schema(name = "AckRequest")
    public record Ack(@Schema(description = "1 to 1000") @Nullable List<@Nullable String> ackIds) {
    }

    /** Gives deliveries back. */
    @Schema(name = "NackRequest")
    public record Nack(@Schema(description = "1 to 1000") @Nullable List<@Nullable String> ackIds,
                       @Schema(description = "Whether they are delivered again; true when absent, false drops them")
                       @Nullable Boolean requeue) {
    }

    /** Gives deliveries more time. */
    @Schema(name = "ExtendRequest")
    public record Extend(@Schema(description = "1 to 1000") @Nullable List<@Nullable String> ackIds,
                         @Schema(description = "From now; 30s when absent", example = "1m") @Nullable String ackDeadline) {
    }

    /** What became of the identifiers of a request. */
    @Schema(name = "SettleResponse")
    public record Settled(@Schema(description = "How many were outstanding, and are settled or extended now") int settled,
                          @Schema(description = "Those that were not outstanding: settled before, past their deadline, or not of this "
                              + "subscription or this run of the server") List<String> unknown) {
    }
}
