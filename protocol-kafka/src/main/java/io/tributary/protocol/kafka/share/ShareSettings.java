package io.tributary.protocol.kafka.share;

import io.tributary.core.model.StartPosition;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.ShareGroupAutoOffsetResetStrategy;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.jspecify.annotations.Nullable;

/**
 * What holds for one share group. The names in parentheses are Kafka's.
 *
 * @param lock            how long a member has a record before others get it (share.record.lock.duration.ms)
 * @param deliveryLimit   a record that comes back after as many deliveries ends (share.delivery.count.limit); counts when the group's
 *                        subscription is made
 * @param maxLocks        records that one member may have (share.partition.max.record.locks)
 * @param start           where a topic's records begin for a group that is new to it (share.auto.offset.reset)
 * @param startTime      in place of {@code start}: from the first record of this time on, milliseconds since the epoch; null for none
 * @param renews          whether a member may begin a lock anew (share.renew.acknowledge.enable)
 * @param deadLetterTopic where records end that are rejected or come back too often (errors.deadletterqueue.topic.name); empty for none;
 *                        counts when the group's subscription is made
 */
public record ShareSettings(Duration lock, int deliveryLimit, int maxLocks, StartPosition start, @Nullable Long startTime,
                            boolean renews, String deadLetterTopic) {
    /** The group's configs, and the broker's where it has none. */
    public static ShareSettings of(Optional<GroupConfig> group, ShareGroupConfig broker) {
        ShareGroupAutoOffsetResetStrategy reset =
            group.flatMap(GroupConfig::shareAutoOffsetReset).orElse(ShareGroupAutoOffsetResetStrategy.LATEST);
        return new ShareSettings(
            Duration.ofMillis(group.flatMap(GroupConfig::shareRecordLockDurationMs).orElse(broker.shareGroupRecordLockDurationMs())),
            group.flatMap(GroupConfig::shareDeliveryCountLimit).orElse(broker.shareGroupDeliveryCountLimit()),
            group.flatMap(GroupConfig::sharePartitionMaxRecordLocks).orElse(broker.shareGroupPartitionMaxRecordLocks()),
            reset.equals(ShareGroupAutoOffsetResetStrategy.EARLIEST) ? StartPosition.EARLIEST : StartPosition.LATEST,
            reset.type() == ShareGroupAutoOffsetResetStrategy.StrategyType.BY_DURATION ? reset.timestamp() : null,
            group.flatMap(GroupConfig::shareRenewAcknowledgeEnable).orElse(GroupConfig.SHARE_RENEW_ACKNOWLEDGE_ENABLE_DEFAULT),
            group.map(GroupConfig::errorsDLQTopicName).orElse(""));
    }
}
