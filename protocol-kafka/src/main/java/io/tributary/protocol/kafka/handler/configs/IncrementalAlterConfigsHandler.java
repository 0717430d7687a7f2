package io.tributary.protocol.kafka.handler.configs;

import io.tributary.core.api.Topics;
import io.tributary.core.model.TopicConfig;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import io.tributary.protocol.kafka.translate.TopicSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
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

    public IncrementalAlterConfigsHandler(Topics topics) {
        super(ApiKeys.INCREMENTAL_ALTER_CONFIGS, IncrementalAlterConfigsRequest.class);
        this.changes = new TopicConfigChanges(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, IncrementalAlterConfigsRequest request) {
        List<CompletableFuture<AlterConfigsResourceResponse>> results = new ArrayList<>();
        for (AlterConfigsResource resource : request.data().resources()) {
            AlterConfigsResourceResponse response = new AlterConfigsResourceResponse().setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName()).setErrorMessage(null);
            results.add(changes.apply(call, resource.resourceType(), resource.resourceName(), config -> change(config, resource),
                request.data().validateOnly()).handle((done, failure) -> failure == null
                    ? response
                    : response.setErrorCode(KafkaErrors.of(failure).code()).setErrorMessage(KafkaErrors.message(failure)))
                .toCompletableFuture());
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).thenApply(done -> new Reply.Message(
            new IncrementalAlterConfigsResponseData().setResponses(results.stream().map(CompletableFuture::join).toList())));
    }

    private TopicConfig change(TopicConfig config, AlterConfigsResource resource) {
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
        return TopicSettings.change(config, values, changes.defaults());
    }
}
