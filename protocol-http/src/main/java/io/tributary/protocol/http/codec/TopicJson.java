package io.tributary.protocol.http.codec;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A topic. */
@Schema(name = "Topic")
public record TopicJson(@Schema(example = "sensors") String name, String id, RetentionJson retention,
                        @Schema(allowableValues = {"off", "compact", "compact-and-delete"}) String compaction,
                        TieringJson tiering, @Schema(allowableValues = {"durable", "memory"}) String storage,
                        @Schema(description = "Notes of the protocol that made it") Map<String, String> attributes,
                        StatsJson stats, List<PartitionJson> partitions) {
    /** One partition's extent. */
    @Schema(name = "Partition")
    public record PartitionJson(int partition, @Schema(description = "The first offset kept") long logStartOffset,
                                @Schema(description = "The offset after the last record") long highWatermark, long sizeInBytes,
                                StatsJson stats) {
    }

    /** What a partition, or a topic, holds and has done. */
    @Schema(name = "LogStats", description = "The counts begin with the server")
    public record StatsJson(@Schema(description = "Offsets from the first kept to the last; compaction leaves fewer records") long records,
                            @Schema(description = "Kept") long sizeInBytes, long appendedRecords, long appendedBytes,
                            @Schema(description = "By clients and subscriptions; what many subscriptions read together counts once")
                            long readBytes, RatesJson rates) {
    }

    /** How fast they have been growing. */
    @Schema(name = "LogRates")
    public record RatesJson(RateJson appendedRecords, RateJson appendedBytes, RateJson readBytes) {
    }

    /**
     * How long records stay.
     *
     * @param maxAge   such as {@code 7d}, {@code 12h}, {@code 1500ms}; null for ever
     * @param maxBytes of one partition; null for any number
     */
    @Schema(name = "Retention")
    public record RetentionJson(
            @Schema(description = "time-and-size, or until-consumed: gone once every subscription has acknowledged them",
                allowableValues = {"time-and-size", "until-consumed"}) @Nullable String kind,
            @Schema(description = "Such as 7d, 12h, 1500ms; absent for ever", example = "7d") @Nullable String maxAge,
            @Schema(description = "Of one partition; absent for any number") @Nullable Long maxBytes) {
    }

    /**
     * Whether sealed segments are stored in the server's object store too.
     *
     * @param localMaxAge   such as {@code 1d}; null for as long as the retention says
     * @param localMaxBytes of one partition; null for as many as the retention says
     */
    @Schema(name = "Tiering")
    public record TieringJson(
            @Schema(description = "Needs a server with tributary.tier.bucket; not for compacted topics") boolean enabled,
            @Schema(description = "How long stored segments stay on the local disk too, such as 1d; absent as long as the retention says",
                example = "1d") @Nullable String localMaxAge,
            @Schema(description = "How many bytes of one partition do; absent for any number") @Nullable Long localMaxBytes) {
    }

    /** What a topic is created with, or changed to; what is absent stays as it is, or as the server's defaults say. */
    @Schema(name = "TopicSettings")
    public record Settings(@Schema(description = "May only grow", example = "3") @Nullable Integer partitions,
                           @Nullable RetentionJson retention,
                           @Schema(description = "compact: only the last record of every key stays, for ever; compact-and-delete: until "
                               + "the retention removes that too", allowableValues = {"off", "compact", "compact-and-delete"})
                           @Nullable String compaction, @Nullable TieringJson tiering,
                           @Schema(description = "memory: gone with the process", allowableValues = {"durable", "memory"})
                           @Nullable String storage) {
    }

    /** A topic in the list. */
    @Schema(name = "TopicSummary")
    public record Summary(String name, int partitions) {
    }

    /** The topics, by name. */
    @Schema(name = "Topics")
    public record Listing(List<Summary> topics) {
    }
}
