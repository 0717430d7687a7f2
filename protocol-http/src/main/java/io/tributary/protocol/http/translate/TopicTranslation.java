package io.tributary.protocol.http.translate;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Retention;
import io.tributary.core.model.Tiering;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicConfig.Storage;
import io.tributary.protocol.http.codec.TopicJson;
import io.tributary.protocol.http.codec.TopicJson.RetentionJson;
import io.tributary.protocol.http.codec.TopicJson.TieringJson;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Topics as JSON, and a topic's settings as the core's. */
public final class TopicTranslation {
    private static final String TIME_AND_SIZE = "time-and-size";
    private static final String UNTIL_CONSUMED = "until-consumed";
    private static final Duration MAX_AGE = Duration.ofDays(36_500);

    private TopicTranslation() {
    }

    public static TopicJson toJson(Topic topic) {
        List<TopicJson.PartitionJson> partitions = topic.partitions().stream().map(TopicTranslation::toJson).toList();
        return new TopicJson(topic.name().name(), topic.id().toString(), toJson(topic.config().retention()),
            toText(topic.config().compaction().mode()), toJson(topic.config().tiering()),
            topic.config().storage().name().toLowerCase(Locale.ROOT), topic.config().attributes(),
            StatsTranslation.toJson(topic.stats()), partitions);
    }

    private static TopicJson.PartitionJson toJson(Partition partition) {
        return new TopicJson.PartitionJson(partition.id().partition(), partition.logStartOffset(), partition.highWatermark(),
            partition.sizeInBytes(), StatsTranslation.toJson(partition.stats()));
    }

    private static RetentionJson toJson(Retention retention) {
        return new RetentionJson(retention.kind() == Retention.Kind.UNTIL_CONSUMED ? UNTIL_CONSUMED : TIME_AND_SIZE,
            retention.maxAgeMs() == Retention.UNLIMITED ? null : TimeText.write(Duration.ofMillis(retention.maxAgeMs())),
            retention.maxBytes() == Retention.UNLIMITED ? null : retention.maxBytes());
    }

    private static TieringJson toJson(Tiering tiering) {
        return new TieringJson(tiering.enabled(),
            tiering.localMaxAgeMs() < 0 ? null : TimeText.write(Duration.ofMillis(tiering.localMaxAgeMs())),
            tiering.localMaxBytes() < 0 ? null : tiering.localMaxBytes());
    }

    /** The configuration with what the settings name. Fails with INVALID_ARGUMENT. */
    public static TopicConfig apply(TopicConfig config, TopicJson.Settings settings) {
        TopicConfig result = config;
        if (settings.partitions() != null) {
            result = result.withPartitions(settings.partitions());
        }
        if (settings.storage() != null) {
            result = result.withStorage(storage(settings.storage()));
        }
        if (settings.retention() != null) {
            result = result.withRetention(retention(settings.retention()));
        }
        if (settings.compaction() != null) {
            result = result.withCompaction(result.compaction().withMode(compactionMode(settings.compaction())));
        }
        if (settings.tiering() != null) {
            result = result.withTiering(tiering(settings.tiering()));
        }
        return result;
    }

    private static String toText(Compaction.Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Compaction.Mode compactionMode(String text) {
        return Arrays.stream(Compaction.Mode.values()).filter(mode -> toText(mode).equals(text)).findAny().orElseThrow(() ->
            new BrokerException(ErrorCode.INVALID_ARGUMENT, "compaction may be off, compact or compact-and-delete"));
    }

    private static Storage storage(String text) {
        return switch (text) {
            case "durable" -> Storage.DURABLE;
            case "memory" -> Storage.MEMORY;
            default -> throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "storage may be durable or memory");
        };
    }

    private static Retention retention(RetentionJson json) {
        String kind = json.kind() == null ? TIME_AND_SIZE : json.kind();
        if (kind.equals(UNTIL_CONSUMED)) {
            if (json.maxAge() != null || json.maxBytes() != null) {
                throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "retention until-consumed has neither maxAge nor maxBytes");
            }
            return Retention.UNTIL_CONSUMED;
        }
        if (!kind.equals(TIME_AND_SIZE)) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "retention.kind may be time-and-size or until-consumed");
        }
        return new Retention(Retention.Kind.TIME_AND_SIZE, ageMs("retention.maxAge", json.maxAge()),
            bytes("retention.maxBytes", json.maxBytes()));
    }

    private static Tiering tiering(TieringJson json) {
        return new Tiering(json.enabled(),
            json.localMaxAge() == null ? Tiering.AS_TOTAL : ageMs("tiering.localMaxAge", json.localMaxAge()),
            json.localMaxBytes() == null ? Tiering.AS_TOTAL : bytes("tiering.localMaxBytes", json.localMaxBytes()));
    }

    private static long ageMs(String setting, @Nullable String maxAge) {
        return maxAge == null ? Retention.UNLIMITED
            : TimeText.span(setting, maxAge, Duration.ZERO, Duration.ofMillis(1), MAX_AGE).toMillis();
    }

    private static long bytes(String setting, @Nullable Long maxBytes) {
        if (maxBytes == null) {
            return Retention.UNLIMITED;
        }
        if (maxBytes < 1) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, setting + " must be at least 1");
        }
        return maxBytes;
    }
}
