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
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.jspecify.annotations.Nullable;

/** AlterConfigs, the older way: what is not named goes back to its default. */
public final class AlterConfigsHandler extends ApiHandler<AlterConfigsRequest> {
    private final TopicConfigChanges changes;

    public AlterConfigsHandler(Topics topics) {
        super(ApiKeys.ALTER_CONFIGS, AlterConfigsRequest.class);
        this.changes = new TopicConfigChanges(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, AlterConfigsRequest request) {
        List<CompletableFuture<AlterConfigsResourceResponse>> results = new ArrayList<>();
        for (AlterConfigsResource resource : request.data().resources()) {
            AlterConfigsResourceResponse response = new AlterConfigsResourceResponse().setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName()).setErrorMessage(null);
            results.add(changes.apply(call, resource.resourceType(), resource.resourceName(), config -> replace(config, resource),
                request.data().validateOnly()).handle((done, failure) -> failure == null
                    ? response
                    : response.setErrorCode(KafkaErrors.of(failure).code()).setErrorMessage(KafkaErrors.message(failure)))
                .toCompletableFuture());
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).thenApply(done -> new Reply.Message(
            new AlterConfigsResponseData().setResponses(results.stream().map(CompletableFuture::join).toList())));
    }

    private TopicConfig replace(TopicConfig config, AlterConfigsResource resource) {
        Map<String, @Nullable String> values = new HashMap<>();
        resource.configs().forEach(altered -> values.put(altered.name(), altered.value()));
        return TopicSettings.replace(config, values, changes.defaults());
    }
}
