package io.tributary.protocol.kafka.handler.configs;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.telemetry.NamespaceTelemetry;
import io.tributary.protocol.kafka.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.jspecify.annotations.Nullable;

/**
 * The configs of subscriptions to what clients measure (resource CLIENT_METRICS, KIP-714): setting one makes the subscription, deleting the
 * last one ends it.
 */
final class ClientMetricsResource {
    private final Telemetry telemetry;

    ClientMetricsResource(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    CompletionStage<List<DescribeConfigsResourceResult>> describe(Call call, String subscription) {
        RuntimeException refusal = refusal(call, Operation.DESCRIBE_CONFIGS, subscription);
        return refusal != null ? CompletableFuture.failedFuture(refusal)
            : telemetry.of(call.namespace()).thenApply(clients -> describe(clients, subscription));
    }

    /** All configs, whether or not there is such a subscription, as Kafka does. */
    private static List<DescribeConfigsResourceResult> describe(NamespaceTelemetry clients, String subscription) {
        Map<String, String> set = clients.of(subscription);
        List<DescribeConfigsResourceResult> results = new ArrayList<>();
        ClientMetricsConfigs.configDef().configKeys().forEach((name, key) -> {
            String value = set.getOrDefault(name, ConfigDef.convertToString(key.defaultValue, key.type));
            ConfigSource source = set.containsKey(name) ? ConfigSource.CLIENT_METRICS_CONFIG : ConfigSource.DEFAULT_CONFIG;
            results.add(new DescribeConfigsResourceResult().setName(name).setValue(value).setConfigSource(source.id())
                .setConfigType(ConfigType.valueOf(key.type.name()).id()).setDocumentation(key.documentation)
                .setSynonyms(List.of(new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id()))));
        });
        return results;
    }

    CompletionStage<Void> change(Call call, String subscription, Collection<AlterableConfig> changes, boolean validateOnly) {
        RuntimeException refusal = refusal(call, Operation.ALTER_CONFIGS, subscription);
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        return telemetry.of(call.namespace()).thenCompose(clients -> clients.change(subscription, values -> {
            changes.forEach(change -> apply(values, change));
            return values;
        }, validateOnly));
    }

    private static void apply(Map<String, String> values, AlterableConfig change) {
        OpType operation = OpType.forId(change.configOperation());
        String value = change.value();
        if (operation == OpType.DELETE) {
            values.remove(change.name());
            return;
        }
        if (value == null) {
            throw new InvalidConfigurationException("config " + change.name() + " has no value");
        }
        if (operation != OpType.SET) {
            // As Kafka, whose controller does not know which of these are lists.
            throw new InvalidConfigurationException("Can't " + operation + " to key " + change.name() + " because its type is not LIST.");
        }
        values.put(change.name(), value);
    }

    private static @Nullable RuntimeException refusal(Call call, Operation operation, String subscription) {
        if (!call.caller().mayOnCluster(operation)) {
            return new ClusterAuthorizationException("User:" + call.caller().principal().name() + " may not " + operation + " the cluster");
        }
        return subscription.isEmpty() ? new InvalidRequestException("Client metrics subscription name must not be empty") : null;
    }
}
