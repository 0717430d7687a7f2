package io.tributary.protocol.kafka.handler.configs;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupConfigs;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.jspecify.annotations.Nullable;

/** The configs of groups (resource GROUP). A group need not be there to have some. */
final class GroupConfigResource {
    private final GroupCoordinators coordinators;

    GroupConfigResource(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    CompletionStage<List<DescribeConfigsResourceResult>> describe(Call call, String group) {
        RuntimeException refusal = refusal(call, Operation.DESCRIBE_CONFIGS, group);
        return refusal != null ? CompletableFuture.failedFuture(refusal)
            : coordinators.configs(call.namespace()).thenApply(configs -> describe(configs, group));
    }

    private static List<DescribeConfigsResourceResult> describe(GroupConfigs configs, String group) {
        Map<String, String> set = configs.of(group);
        List<DescribeConfigsResourceResult> results = new ArrayList<>();
        configs.inForce(group).forEach((name, value) -> {
            ConfigSource source = set.containsKey(name) ? ConfigSource.GROUP_CONFIG : ConfigSource.DEFAULT_CONFIG;
            results.add(new DescribeConfigsResourceResult().setName(name).setValue(value).setConfigSource(source.id())
                .setConfigType(typeOf(name).id())
                .setSynonyms(List.of(new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id()))));
        });
        return results;
    }

    private static ConfigType typeOf(String name) {
        return GroupConfig.configType(name).map(type -> ConfigType.valueOf(type.name())).orElse(ConfigType.UNKNOWN);
    }

    CompletionStage<Void> change(Call call, String group, Map<String, @Nullable String> changes, boolean validateOnly) {
        RuntimeException refusal = refusal(call, Operation.ALTER_CONFIGS, group);
        return refusal != null ? CompletableFuture.failedFuture(refusal)
            : coordinators.configs(call.namespace()).thenCompose(configs -> configs.change(group, changes, validateOnly));
    }

    private static @Nullable RuntimeException refusal(Call call, Operation operation, String group) {
        if (group.isEmpty()) {
            return new InvalidRequestException("configs are those of one group");
        }
        return call.caller().mayOnGroup(operation, group) ? null : GroupAuthorizationException.forGroupId(group);
    }
}
