package io.tributary.protocol.http.codec;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream subscription: a position in each partition. It is to be seen here, and changed by its own protocol. */
@Schema(name = "StreamSubscription")
public record StreamJson(String name, @Schema(example = "kafka-group") String kind,
                         @Schema(description = "How its members divide the partitions", example = "consumer") String protocol,
                         @Schema(example = "stable") String state, int members,
                         @Schema(description = "Records to the ends of all partitions") long lag,
                         @Schema(description = "Those that the caller may describe, by name") List<TopicPosition> topics)
        implements SubscriptionView {
    /** Where it is in a topic. */
    @Schema(name = "StreamTopic")
    public record TopicPosition(String topic, long lag, List<PartitionPosition> partitions) {
    }

    /** Where it is in a partition. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "StreamPartition")
    public record PartitionPosition(int partition, @Schema(description = "The first offset that is not consumed") long committed,
                                    @Schema(description = "Absent when there is no such partition any more") @Nullable Long lag) {
    }
}
