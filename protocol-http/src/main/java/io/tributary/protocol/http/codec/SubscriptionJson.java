package io.tributary.protocol.http.codec;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A queue subscription. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Subscription")
public record SubscriptionJson(String name, @Schema(description = "queue") String kind, boolean durable,
                               List<BindingJson> bindings, Map<String, String> attributes,
                               @Schema(description = "Absent when there is none") @Nullable DeliveryPolicyJson delivery, Stats stats)
        implements SubscriptionView {
    /** The kind of what is acknowledged message by message. */
    public static final String QUEUE = "queue";

    /** A moment's counts. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "SubscriptionStats")
    public record Stats(@Schema(description = "Waiting for a consumer") long ready,
                        @Schema(description = "Delivered and not settled") long outstanding,
                        @Schema(description = "Attached, over whatever protocol") int consumers,
                        @Schema(description = "Of the values of what is ready; absent where no limit of bytes has them counted")
                        @Nullable Long readyBytes,
                        @Schema(description = "Since the timestamp of the oldest record that is not settled; absent when there is none")
                        @Nullable Long oldestAgeMs, Counts counts, Rates rates) {
    }

    /** Since the start of the server, or of the subscription. */
    @Schema(name = "SubscriptionCounts", description = "Since the server, or the subscription, began. What leaves counts once: as "
        + "acknowledged, dead-lettered, expired or dropped")
    public record Counts(@Schema(description = "Records that came into it") long published,
                         @Schema(description = "Deliveries, repeated ones included") long delivered,
                         @Schema(description = "Deliveries of what was, or may have been, delivered before") long redelivered,
                         long acknowledged, @Schema(description = "Ended with a copy in the dead-letter topic") long deadLettered,
                         @Schema(description = "Their time had passed, and there was no dead-letter topic") long expired,
                         @Schema(description = "Rejected, over the limit, delivered too often, purged or removed by retention")
                         long dropped) {
    }

    /** How fast the counts of the same names have been growing. */
    @Schema(name = "SubscriptionRates")
    public record Rates(RateJson published, RateJson delivered, RateJson redelivered, RateJson acknowledged) {
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

    /** Exactly one of pattern, subject, address, headers, selector, tags and unkeyed. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Filter", description = "Exactly one of pattern, subject, address, headers, selector, tags and unkeyed")
    public record FilterJson(
            @Schema(description = "Matches the key: + or * is one word, # any number", example = "+/temp") @Nullable String pattern,
            @Schema(description = "The key is exactly this", example = "7/temp") @Nullable String subject,
            @Schema(description = "As pattern, for the topic and key together: topic/key", example = "sensors/+/temp")
            @Nullable String address,
            @Schema(description = "Divides the words: / (then + is one word) or . (then * is)", example = "/") @Nullable String separator,
            @Nullable HeadersJson headers,
            @Schema(description = "A message selector in the syntax of JMS", example = "site = 'north' AND temperature > 25")
            @Nullable String selector,
            @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            @Schema(description = "The header tag is one of these; each may be several with || between them, or * for every record",
                example = "[\"created\", \"paid\"]") @Nullable List<@Nullable String> tags,
            @Schema(description = "true: records without a key") @Nullable Boolean unkeyed) {
        /** A filter of the kind that is given and no other. */
        public static FilterJson ofPattern(String pattern, String separator) {
            return new FilterJson(pattern, null, null, separator, null, null, null, null);
        }

        public static FilterJson ofSubject(String subject) {
            return new FilterJson(null, subject, null, null, null, null, null, null);
        }

        public static FilterJson ofAddress(String address, String separator) {
            return new FilterJson(null, null, address, separator, null, null, null, null);
        }

        public static FilterJson ofHeaders(HeadersJson headers) {
            return new FilterJson(null, null, null, null, headers, null, null, null);
        }

        public static FilterJson ofSelector(String selector) {
            return new FilterJson(null, null, null, null, null, selector, null, null);
        }

        public static FilterJson ofTags(List<@Nullable String> tags) {
            return new FilterJson(null, null, null, null, null, null, tags, null);
        }

        public static FilterJson ofUnkeyed() {
            return new FilterJson(null, null, null, null, null, null, null, true);
        }
    }

    /** Either all or any. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "HeadersFilter", description = "Either all or any: header names to their values; null asks for presence")
    public record HeadersJson(@Nullable Map<String, @Nullable String> all, @Nullable Map<String, @Nullable String> any) {
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
    public record Summary(String name, @Schema(description = "queue, or kafka-group for what Kafka's groups commit") String kind,
                          boolean durable) {
    }

    /** The subscriptions, by name. */
    @Schema(name = "Subscriptions")
    public record Listing(List<Summary> subscriptions) {
    }
}
