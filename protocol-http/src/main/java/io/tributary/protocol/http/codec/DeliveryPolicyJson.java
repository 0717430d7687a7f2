package io.tributary.protocol.http.codec;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How a subscription hands out its messages, and what ends them; what is absent is off. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "DeliveryPolicy")
public record DeliveryPolicyJson(
        @Schema(description = "A message expires this long after it was published", example = "1h") @Nullable String messageTtl,
        @Schema(description = "The subscription is deleted after this time without a consumer", example = "7d") @Nullable String expires,
        @Schema(description = "A message that was given back after so many deliveries ends", example = "5") @Nullable Integer maxDeliveries,
        @Nullable DeadLetterJson deadLetter,
        @Schema(description = "fair when absent; by-key: messages of a key to one consumer at a time, in order",
            allowableValues = {"fair", "by-key", "single-active"}) @Nullable String dispatch,
        @Nullable BackOffJson backOff,
        @Schema(description = "Messages of a higher priority come first, whatever their order; what is above this counts as this",
            example = "9", minimum = "1", maximum = "255") @Nullable Integer maxPriority) {
    /** Where messages go that expired, were dropped or came back too often. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "DeadLetter")
    public record DeadLetterJson(
            @Schema(description = "Made if there is none", example = "orders-dead") @Nullable String topic,
            @Schema(description = "The key of every copy; absent for the message's own") @Nullable String key,
            @Schema(description = "How AMQP declared it, when that is more than topic and key can say", accessMode =
                Schema.AccessMode.READ_ONLY) @Nullable String routing) {
    }

    /** How long a message waits that was given back: min, then twice as long each time, up to max. */
    @Schema(name = "BackOff")
    public record BackOffJson(@Schema(example = "1s") @Nullable String min, @Schema(example = "5m") @Nullable String max) {
    }
}
