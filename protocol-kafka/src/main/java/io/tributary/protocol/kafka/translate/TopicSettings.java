package io.tributary.protocol.kafka.translate;

import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import java.util.Map;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.jspecify.annotations.Nullable;

/** Changes of a topic's configs as Kafka's requests give them. */
public final class TopicSettings {
    private TopicSettings() {
    }

    /**
     * Applies changes.
     *
     * @param changes  a config's name to its value, or to null for its default, which a config that is not enforced has always
     * @param defaults where defaults are taken from
     * @throws InvalidConfigurationException for a config that is not enforced here, and for a bad value; then nothing is changed
     */
    public static TopicConfig change(TopicConfig config, Map<String, @Nullable String> changes, TopicConfig defaults) {
        changes.forEach((name, value) -> {
            // Tools delete what they might have set; what cannot be set is unset already.
            if (value != null && TopicSetting.find(name) == null) {
                throw new InvalidConfigurationException("topic config " + name + " is not enforced by this broker");
            }
        });
        TopicConfig changed = config;
        for (TopicSetting setting : TopicSetting.values()) {
            if (changes.containsKey(setting.configName())) {
                String value = changes.get(setting.configName());
                changed = setting.write(changed, value == null ? setting.read(defaults) : value);
            }
        }
        boolean deletes = !changed.compaction().isOn() && changed.retention().kind() == Retention.Kind.TIME_AND_SIZE;
        if (changed.tiering().enabled() && !deletes) {
            throw new InvalidConfigurationException("remote.storage.enable goes neither with cleanup.policy=compact nor with"
                + " tributary.retention=until-consumed");
        }
        return changed;
    }

    /** All configs set anew: what is not named takes its default (AlterConfigs, which is not incremental). */
    public static TopicConfig replace(TopicConfig config, Map<String, @Nullable String> values, TopicConfig defaults) {
        TopicConfig cleared = config.withRetention(defaults.retention()).withCompaction(defaults.compaction())
            .withTiering(defaults.tiering()).withSegmentBytes(defaults.segmentBytes()).withSegmentMs(defaults.segmentMs())
            .withMaxBatchBytes(defaults.maxBatchBytes()).withRecords(defaults.records());
        return change(cleared, values, defaults);
    }
}
