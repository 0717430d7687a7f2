package io.tributary.protocol.kafka.handler.configs;

import io.tributary.core.model.TopicConfig;
import io.tributary.protocol.kafka.translate.TopicSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/** The broker's own settings under Kafka's names; they are given at its start and cannot be altered over the wire. */
public final class BrokerSettings {
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
        all.put("num.partitions", Integer.toString(topicDefaults.partitions()));
        all.put("default.replication.factor", "1");
        for (TopicSetting setting : TopicSetting.values()) {
            if (setting != TopicSetting.RETENTION) {
                all.put(setting.brokerName(), setting.read(topicDefaults));
            }
        }
        List<DescribeConfigsResourceResult> results = new ArrayList<>(all.size());
        all.forEach((name, value) -> {
            ConfigSource source = value.equals(defaults.getOrDefault(name, value))
                ? ConfigSource.DEFAULT_CONFIG
                : ConfigSource.STATIC_BROKER_CONFIG;
            results.add(new DescribeConfigsResourceResult().setName(name).setValue(value).setReadOnly(true).setConfigSource(source.id())
                .setConfigType(typeOf(value).id())
                .setSynonyms(List.of(new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id()))));
        });
        return results;
    }

    private static ConfigType typeOf(String value) {
        if (value.equals("true") || value.equals("false")) {
            return ConfigType.BOOLEAN;
        }
        return value.matches("-?\\d+") ? ConfigType.LONG : ConfigType.STRING;
    }
}
