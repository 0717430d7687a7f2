package io.tributary.protocol.http.codec;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A queue subscription. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Subscription")
public record SubscriptionJson(String name, boolean durable, List<BindingJson> bindings, Map<String, String> attributes,
                               @Schema(description = "Absent when there is none") @Nullable DeliveryPolicyJson delivery, Stats stats) {
    /** A moment's counts. */
    @Schema(name = "SubscriptionStats")
    public record Stats(@Schema(description = "Waiting for a consumer") long ready,
                        @Schema(description = "Delivered and not settled") long outstanding,
                        @Schema(description = "Attached, over whatever protocol") int consumers) {
    }

    /**
     * What feeds a subscription.
     *
     * @param topic null for every topic
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Binding")
    public record BindingJson(@Schema(description = "Absent for every topic", example = "sensors") @Nullable String topic,
                              @Schema(description = "Absent for every record") @Nullable FilterJson filter) {
    }

    /** Exactly one of pattern, subject, address, headers and unkeyed. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Filter", description = "Exactly one of pattern, subject, address, headers and unkeyed")
    public record FilterJson(
            @Schema(description = "Matches the key: + or * is one word, # any number", example = "+/temp") @Nullable String pattern,
            @Schema(description = "The key is exactly this", example = "7/temp") @Nullable String subject,
            @Schema(description = "As pattern, for the topic and key together: topic/key", example = "sensors/+/temp")
            @Nullable String address,
            @Schema(description = "Divides the words: / (then + is one word) or . (then * is)", example = "/") @Nullable String separator,
            @Schema(description = "Header names to their values; null asks for presence") @Nullable Map<String, @Nullable String> headers,
            @Schema(description = "With headers: all of them, or any", allowableValues = {"all", "any"}) @Nullable String match,
            @Schema(description = "true: records without a key") @Nullable Boolean unkeyed) {
    }

    /** What a subscription is created with: a topic and filter, or several bindings. */
    @Schema(name = "SubscriptionSettings")
    public record Settings(@Schema(example = "sensors") @Nullable String topic, @Nullable FilterJson filter,
                           @Schema(description = "In place of topic and filter") @Nullable List<@Nullable BindingJson> bindings,
                           @Schema(description = "latest when absent", allowableValues = {"latest", "earliest"}) @Nullable String start,
                           @Schema(description = "Survives a restart; true when absent") @Nullable Boolean durable,
                           @Schema(description = "No policy when absent") @Nullable DeliveryPolicyJson delivery) {
    }

    /** A subscription in the list. */
    @Schema(name = "SubscriptionSummary")
    public record Summary(String name, boolean durable) {
    }

    /** The subscriptions, by name. */
    @Schema(name = "Subscriptions")
    public record Listing(List<Summary> subscriptions) {
    }
}
