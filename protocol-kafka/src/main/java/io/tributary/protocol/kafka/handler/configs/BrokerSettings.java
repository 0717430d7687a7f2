package io.tributary.protocol.kafka.handler.configs;

import io.tributary.core.model.TopicConfig;
import io.tributary.protocol.kafka.translate.TopicSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.coordinator.transaction.TransactionLogConfig;
import org.apache.kafka.coordinator.transaction.TransactionStateManagerConfig;
import org.jspecify.annotations.Nullable;

/** The broker's own settings under Kafka's names; they are given at its start and cannot be altered over the wire. */
public final class BrokerSettings {
    /** Kafka's own types and texts, of what it defines in modules that are used here. */
    private static final List<ConfigDef> DEFINITIONS = List.of(GroupCoordinatorConfig.CONFIG_DEF, ShareGroupConfig.CONFIG_DEF,
        TransactionLogConfig.CONFIG_DEF, TransactionStateManagerConfig.CONFIG_DEF);

    private final Map<String, String> values;
    private final Map<String, String> defaults;

    /**
     * Takes the settings in force.
     *
     * @param values   by Kafka's name
     * @param defaults by Kafka's name, for the same names
     */
    public BrokerSettings(Map<String, String> values, Map<String, String> defaults) {
        this.values = Map.copyOf(values);
        this.defaults = Map.copyOf(defaults);
    }

    List<DescribeConfigsResourceResult> describe(TopicConfig topicDefaults) {
        Map<String, String> all = new TreeMap<>(values);
        all.putAll(ofTopics(topicDefaults));
        Map<String, String> unset = new TreeMap<>(defaults);
        unset.putAll(ofTopics(TopicConfig.ofPartitions(1)));
        List<DescribeConfigsResourceResult> results = new ArrayList<>(all.size());
        all.forEach((name, value) -> {
            ConfigSource source = value.equals(unset.getOrDefault(name, value))
                ? ConfigSource.DEFAULT_CONFIG
                : ConfigSource.STATIC_BROKER_CONFIG;
            results.add(new DescribeConfigsResourceResult().setName(name).setValue(value).setReadOnly(true).setConfigSource(source.id())
                .setConfigType(typeOf(name, value).id()).setDocumentation(documentationOf(name))
                .setSynonyms(List.of(new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id()))));
        });
        return results;
    }

    private static Map<String, String> ofTopics(TopicConfig config) {
        Map<String, String> all = new TreeMap<>();
        all.put("num.partitions", Integer.toString(config.partitions()));
        for (TopicSetting setting : TopicSetting.values()) {
            if (setting != TopicSetting.RETENTION) {
                all.put(setting.brokerName(), setting.read(config));
            }
        }
        return all;
    }

    private static ConfigDef.@Nullable ConfigKey definition(String name) {
        for (ConfigDef definitions : DEFINITIONS) {
            ConfigDef.ConfigKey key = definitions.configKeys().get(name);
            if (key != null) {
                return key;
            }
        }
        return null;
    }

    private static @Nullable String documentationOf(String name) {
        for (TopicSetting setting : TopicSetting.values()) {
            if (setting.brokerName().equals(name)) {
                return setting.documentation();
            }
        }
        ConfigDef.ConfigKey key = definition(name);
        return key == null ? null : key.documentation;
    }

    private static ConfigType typeOf(String name, String value) {
        for (TopicSetting setting : TopicSetting.values()) {
            if (setting.brokerName().equals(name)) {
                return setting.type();
            }
        }
        ConfigDef.ConfigKey key = definition(name);
        if (key != null) {
            return ConfigType.valueOf(key.type.name());
        }
        if (value.equals("true") || value.equals("false")) {
            return ConfigType.BOOLEAN;
        }
        return value.matches("-?\\d+") ? ConfigType.LONG : ConfigType.STRING;
    }
}
