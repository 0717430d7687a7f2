package io.tributary.protocol.kafka.translate;

import io.tributary.core.model.Compaction;
import io.tributary.core.model.Retention;
import io.tributary.core.model.Tiering;
import io.tributary.core.model.TopicConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.jspecify.annotations.Nullable;

/**
 * The topic configs that exist here: those that the core enforces, and those of Kafka's that have one possible value here, which alone is
 * accepted. The order is that of application.
 */
@SuppressWarnings("ImmutableEnumChecker") // the functions keep no state
public enum TopicSetting {
    RETENTION("tributary.retention", "retention of the broker", ConfigType.STRING,
        "time-and-size: by retention.ms and retention.bytes. until-consumed: a record goes when every subscription has acknowledged it,"
            + " and is not kept without one; topics declared by AMQP are of this kind.",
        config -> config.retention().kind() == Retention.Kind.UNTIL_CONSUMED ? "until-consumed" : "time-and-size",
        TopicSetting::withKind),
    RETENTION_MS("retention.ms", "log.retention.ms", ConfigType.LONG,
        "How long records are kept, in milliseconds; -1 for ever. Whole segments are removed.",
        config -> Long.toString(config.retention().maxAgeMs()),
        (config, text) -> {
            Retention retention = timeAndSize(config);
            return config.withRetention(new Retention(retention.kind(), number(text, -1, Long.MAX_VALUE), retention.maxBytes()));
        }),
    RETENTION_BYTES("retention.bytes", "log.retention.bytes", ConfigType.LONG,
        "How many bytes of a partition are kept; -1 for any number. Whole segments are removed.",
        config -> Long.toString(config.retention().maxBytes()),
        (config, text) -> {
            Retention retention = timeAndSize(config);
            return config.withRetention(new Retention(retention.kind(), retention.maxAgeMs(), number(text, -1, Long.MAX_VALUE)));
        }),
    SEGMENT_BYTES("segment.bytes", "log.segment.bytes", ConfigType.INT,
        "A segment is sealed at this size.",
        config -> Integer.toString(config.segmentBytes()),
        (config, text) -> config.withSegmentBytes((int) number(text, TopicConfig.MIN_SEGMENT_BYTES, Integer.MAX_VALUE))),
    SEGMENT_MS("segment.ms", "log.roll.ms", ConfigType.LONG,
        "A segment is sealed at this age, in milliseconds from its first record's arrival, when the next record comes.",
        config -> Long.toString(config.segmentMs()),
        (config, text) -> config.withSegmentMs(number(text, 1, Long.MAX_VALUE))),
    MAX_MESSAGE_BYTES("max.message.bytes", "message.max.bytes", ConfigType.INT,
        "The largest record batch taken, in bytes.",
        config -> Integer.toString(config.maxBatchBytes()),
        (config, text) -> config.withMaxBatchBytes((int) number(text, 0, Integer.MAX_VALUE))),
    CLEANUP_POLICY("cleanup.policy", "log.cleanup.policy", ConfigType.LIST,
        "delete: by retention.ms and retention.bytes. compact: all but the last record of every key go. Both may be given.",
        config -> switch (config.compaction().mode()) {
            case OFF -> "delete";
            case COMPACT -> "compact";
            case COMPACT_AND_DELETE -> "compact,delete";
        },
        (config, text) -> config.withCompaction(config.compaction().withMode(cleanupMode(text)))),
    MIN_COMPACTION_LAG_MS("min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms", ConfigType.LONG,
        "A record is not compacted away before it is so old.",
        config -> Long.toString(config.compaction().minLagMs()),
        (config, text) -> config.withCompaction(config.compaction().withMinLagMs(number(text, 0, Long.MAX_VALUE)))),
    DELETE_RETENTION_MS("delete.retention.ms", "log.cleaner.delete.retention.ms", ConfigType.LONG,
        "How long a record without a value stays in a compacted topic once it is the last of its key.",
        config -> Long.toString(config.compaction().tombstoneRetentionMs()),
        (config, text) -> config.withCompaction(config.compaction().withTombstoneRetentionMs(number(text, 0, Long.MAX_VALUE)))),
    MIN_CLEANABLE_DIRTY_RATIO("min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio", ConfigType.DOUBLE,
        "The share of a log's sealed bytes that must be new before it is compacted.",
        config -> Double.toString(config.compaction().minDirtyRatio()),
        (config, text) -> config.withCompaction(config.compaction().withMinDirtyRatio(ratio(text)))),
    MAX_COMPACTION_LAG_MS("max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms", ConfigType.LONG,
        "There is no time after which a record is compacted away for certain.", Never.VALUE),
    SEGMENT_JITTER_MS("segment.jitter.ms", "log.roll.jitter.ms", ConfigType.LONG, "Segments are sealed at their age, not at random.", "0"),
    FLUSH_MS("flush.ms", "log.flush.interval.ms", ConfigType.LONG,
        "When records are forced to the disk is a setting of the broker, tributary.log.durability.", Never.VALUE),
    FLUSH_MESSAGES("flush.messages", "log.flush.interval.messages", ConfigType.LONG,
        "When records are forced to the disk is a setting of the broker, tributary.log.durability.", Never.VALUE),
    PREALLOCATE("preallocate", "log.preallocate", ConfigType.BOOLEAN, "Files grow as they are written.", "false"),
    UNCLEAN_ELECTION("unclean.leader.election.enable", "unclean.leader.election.enable", ConfigType.BOOLEAN,
        "There is one copy, and no election.", "false"),
    REMOTE_STORAGE_ENABLE("remote.storage.enable", "remote.log.storage.system.enable", ConfigType.BOOLEAN,
        "Sealed segments are stored in the broker's object store too. Once this is false again nothing more is; what is there stays"
            + " readable until the retention removes it.",
        config -> Boolean.toString(config.tiering().enabled()),
        (config, text) -> config.withTiering(config.tiering().withEnabled(bool("remote.storage.enable", text)))),
    LOCAL_RETENTION_MS("local.retention.ms", "log.local.retention.ms", ConfigType.LONG,
        "How long the local file of a segment that is in the object store is kept, in milliseconds; -1 for ever, -2 as retention.ms says.",
        config -> Long.toString(config.tiering().localMaxAgeMs()),
        (config, text) -> config.withTiering(config.tiering().withLocalMaxAgeMs(number(text, Tiering.AS_TOTAL, Long.MAX_VALUE)))),
    LOCAL_RETENTION_BYTES("local.retention.bytes", "log.local.retention.bytes", ConfigType.LONG,
        "How many bytes of a partition are kept in local files, once they are in the object store; -1 for any number, -2 as"
            + " retention.bytes says.",
        config -> Long.toString(config.tiering().localMaxBytes()),
        (config, text) -> config.withTiering(config.tiering().withLocalMaxBytes(number(text, Tiering.AS_TOTAL, Long.MAX_VALUE)))),
    DEAD_LETTERS("errors.deadletterqueue.group.enable", "errors.deadletterqueue.group.enable", ConfigType.BOOLEAN,
        "Share groups may let their records end in any topic.", "true"),
    TIMESTAMP_TYPE("message.timestamp.type", "log.message.timestamp.type", ConfigType.STRING,
        "CreateTime: records keep the time that producers gave them. LogAppendTime: they have the time at which they were appended.",
        config -> (config.records().appendTime() ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME).name,
        (config, text) -> config.withRecords(config.records().withAppendTime(appendTime(text)))),
    TIMESTAMP_BEFORE_MAX_MS("message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms", ConfigType.LONG,
        "With CreateTime: how far a record's time may lie before the broker's, in milliseconds.",
        config -> Long.toString(config.records().beforeMaxMs()),
        (config, text) -> config.withRecords(config.records().withBeforeMaxMs(number(text, 0, Long.MAX_VALUE)))),
    TIMESTAMP_AFTER_MAX_MS("message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms", ConfigType.LONG,
        "With CreateTime: how far a record's time may lie after the broker's, in milliseconds.",
        config -> Long.toString(config.records().afterMaxMs()),
        (config, text) -> config.withRecords(config.records().withAfterMaxMs(number(text, 0, Long.MAX_VALUE)))),
    DELAY_HEADERS("tributary.delay.headers", "tributary.topics.delay-headers", ConfigType.BOOLEAN,
        "Records with the headers deliver-at (milliseconds since the epoch) or delay (30s, 500, PT1H) wait for their time before they are"
            + " appended. Batches of other topics are not looked into.",
        config -> Boolean.toString(config.records().delayHeaders()),
        (config, text) -> config.withRecords(config.records().withDelayHeaders(bool("tributary.delay.headers", text)))),
    COMPRESSION_TYPE("compression.type", "compression.type", ConfigType.STRING, "Batches are kept as producers sent them.", "producer"),
    MIN_INSYNC_REPLICAS("min.insync.replicas", "min.insync.replicas", ConfigType.INT, "There is one copy, on this node.", "1");

    private final String configName;
    private final String brokerName;
    private final ConfigType type;
    private final String documentation;
    private final Function<TopicConfig, String> reader;
    private final BiFunction<TopicConfig, String, TopicConfig> writer;
    private final boolean fixed;

    TopicSetting(String configName, String brokerName, ConfigType type, String documentation, Function<TopicConfig, String> reader,
                 BiFunction<TopicConfig, String, TopicConfig> writer) {
        this.configName = configName;
        this.brokerName = brokerName;
        this.type = type;
        this.documentation = documentation;
        this.reader = reader;
        this.writer = writer;
        this.fixed = false;
    }

    TopicSetting(String configName, String brokerName, ConfigType type, String documentation, String onlyValue) {
        this.configName = configName;
        this.brokerName = brokerName;
        this.type = type;
        this.documentation = documentation;
        this.reader = config -> onlyValue;
        this.writer = (config, text) -> {
            if (!text.equals(onlyValue)) {
                throw new InvalidConfigurationException(configName + " can only be " + onlyValue + " here, not " + text);
            }
            return config;
        };
        this.fixed = true;
    }

    /** The setting of this name, or null. */
    public static @Nullable TopicSetting find(String configName) {
        return Arrays.stream(values()).filter(setting -> setting.configName.equals(configName)).findFirst().orElse(null);
    }

    public String configName() {
        return configName;
    }

    /** The broker's setting from which the default comes. */
    public String brokerName() {
        return brokerName;
    }

    public ConfigType type() {
        return type;
    }

    public String documentation() {
        return documentation;
    }

    /** Whether there is only one value. */
    public boolean isFixed() {
        return fixed;
    }

    public String read(TopicConfig config) {
        return reader.apply(config);
    }

    /**
     * The configuration with this setting changed.
     *
     * @throws InvalidConfigurationException for a value that is out of bounds or not enforced here
     */
    public TopicConfig write(TopicConfig config, String value) {
        try {
            return writer.apply(config, value.strip());
        } catch (NumberFormatException e) {
            throw new InvalidConfigurationException(configName + " takes a number within its bounds, not " + value);
        }
    }

    /** Kafka's default for what is not to happen; apart, since the constants need it before the class has its own. */
    private static final class Never {
        static final String VALUE = Long.toString(Long.MAX_VALUE);
    }

    private static long number(String text, long min, long max) {
        long value = Long.parseLong(text);
        if (value < min || value > max) {
            throw new NumberFormatException();
        }
        return value;
    }

    private static boolean bool(String name, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new InvalidConfigurationException(name + " is true or false, not " + text);
        };
    }

    private static boolean appendTime(String text) {
        if (text.equals(TimestampType.LOG_APPEND_TIME.name)) {
            return true;
        }
        if (text.equals(TimestampType.CREATE_TIME.name)) {
            return false;
        }
        throw new InvalidConfigurationException("message.timestamp.type is CreateTime or LogAppendTime, not " + text);
    }

    private static double ratio(String text) {
        double value = Double.parseDouble(text);
        if (!(value >= 0 && value <= 1)) {
            throw new NumberFormatException();
        }
        return value;
    }

    private static Compaction.Mode cleanupMode(String text) {
        List<String> policies = Arrays.stream(text.split(",")).map(String::strip).distinct().sorted().toList();
        if (policies.equals(List.of("compact", "delete"))) {
            return Compaction.Mode.COMPACT_AND_DELETE;
        }
        return switch (text.strip()) {
            case "delete" -> Compaction.Mode.OFF;
            case "compact" -> Compaction.Mode.COMPACT;
            default -> throw new InvalidConfigurationException("cleanup.policy is compact, delete or both, not " + text);
        };
    }

    private static TopicConfig withKind(TopicConfig config, String text) {
        Retention.Kind kind = switch (text) {
            case "until-consumed" -> Retention.Kind.UNTIL_CONSUMED;
            case "time-and-size" -> Retention.Kind.TIME_AND_SIZE;
            default -> throw new InvalidConfigurationException("tributary.retention is until-consumed or time-and-size, not " + text);
        };
        if (kind == config.retention().kind()) {
            return config;
        }
        return config.withRetention(kind == Retention.Kind.UNTIL_CONSUMED ? Retention.UNTIL_CONSUMED : Retention.DEFAULT);
    }

    private static Retention timeAndSize(TopicConfig config) {
        if (config.retention().kind() != Retention.Kind.TIME_AND_SIZE) {
            throw new InvalidConfigurationException(
                "this topic keeps records until they are consumed; set tributary.retention=time-and-size with it");
        }
        return config.retention();
    }
}
