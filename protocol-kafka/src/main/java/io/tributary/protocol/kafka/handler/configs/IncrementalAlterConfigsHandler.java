package io.tributary.protocol.kafka.handler.configs;

import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.telemetry.Telemetry;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import io.tributary.protocol.kafka.translate.TopicSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.jspecify.annotations.Nullable;

/** IncrementalAlterConfigs (KIP-339): set and delete. No list config here has more than one value, so append and subtract are refused. */
public final class IncrementalAlterConfigsHandler extends ApiHandler<IncrementalAlterConfigsRequest> {
    private final TopicConfigChanges changes;
    private final GroupConfigResource groups;
    private final ClientMetricsResource clientMetrics;

    public IncrementalAlterConfigsHandler(Topics topics, GroupCoordinators coordinators, Telemetry telemetry) {
        super(ApiKeys.INCREMENTAL_ALTER_CONFIGS, IncrementalAlterConfigsRequest.class);
        this.groups = new GroupConfigResource(coordinators);
        this.clientMetrics = new ClientMetricsResource(telemetry);
        this.changes = new TopicConfigChanges(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, IncrementalAlterConfigsRequest request) {
        List<CompletableFuture<AlterConfigsResourceResponse>> results = new ArrayList<>();
        for (AlterConfigsResource resource : request.data().resources()) {
            AlterConfigsResourceResponse response = new AlterConfigsResourceResponse().setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName()).setErrorMessage(null);
            results.add(apply(call, resource, request.data().validateOnly()).handle((done, failure) -> failure == null
                    ? response
                    : response.setErrorCode(KafkaErrors.of(failure).code()).setErrorMessage(KafkaErrors.message(failure)))
                .toCompletableFuture());
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).thenApply(done -> new Reply.Message(
            new IncrementalAlterConfigsResponseData().setResponses(results.stream().map(CompletableFuture::join).toList())));
    }

    private CompletionStage<?> apply(Call call, AlterConfigsResource resource, boolean validateOnly) {
        if (resource.resourceType() == ConfigResource.Type.BROKER.id()
            && resource.configs().stream().allMatch(each -> each.configOperation() == OpType.DELETE.id())) {
            return deleteOfBroker(call);
        }
        if (resource.resourceType() == ConfigResource.Type.CLIENT_METRICS.id()) {
            return clientMetrics.change(call, resource.resourceName(), resource.configs(), validateOnly);
        }
        if (resource.resourceType() != ConfigResource.Type.GROUP.id()) {
            return changes.apply(call, resource.resourceType(), resource.resourceName(),
                config -> TopicSettings.change(config, values(resource), changes.defaults()), validateOnly);
        }
        try {
            return groups.change(call, resource.resourceName(), values(resource), validateOnly);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** No config of the broker can be set over the wire, so what tools take back (throttles of replicas) is unset already. */
    private static CompletionStage<?> deleteOfBroker(Call call) {
        try {
            call.caller().requireOnCluster(Operation.ALTER_CONFIGS);
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Map<String, @Nullable String> values(AlterConfigsResource resource) {
        Map<String, @Nullable String> values = new HashMap<>();
        for (AlterableConfig altered : resource.configs()) {
            OpType operation = OpType.forId(altered.configOperation());
            if (operation == OpType.DELETE) {
                values.put(altered.name(), null);
            } else if (operation == OpType.SET && altered.value() != null) {
                values.put(altered.name(), altered.value());
            } else {
                throw new InvalidConfigurationException("cannot " + operation + " " + altered.name());
            }
        }
        return values;
    }
}
