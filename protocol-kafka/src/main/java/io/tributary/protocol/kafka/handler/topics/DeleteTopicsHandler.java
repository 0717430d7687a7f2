package io.tributary.protocol.kafka.handler.topics;

import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import io.tributary.protocol.kafka.translate.SpreadResults;
import io.tributary.protocol.kafka.translate.TopicIds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteTopicsRequest;

/** DeleteTopics, by name or identifier. The broker's own topics are refused. */
public final class DeleteTopicsHandler extends ApiHandler<DeleteTopicsRequest> {
    private final Topics topics;
    private final TopicLookup lookup;

    public DeleteTopicsHandler(Topics topics) {
        super(ApiKeys.DELETE_TOPICS, DeleteTopicsRequest.class);
        this.topics = topics;
        this.lookup = new TopicLookup(topics);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DeleteTopicsRequest request) {
        List<CompletableFuture<DeletableTopicResult>> results = new ArrayList<>();
        // Version 6 has a list of names or identifiers, earlier ones a list of names; Kafka's class gives both in one form.
        for (DeleteTopicState asked : request.topics()) {
            results.add(delete(call, asked));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).thenApply(done -> {
            DeleteTopicsResponseData response = new DeleteTopicsResponseData();
            results.forEach(result -> response.responses().add(result.join()));
            return new Reply.Message(response);
        });
    }

    private CompletableFuture<DeletableTopicResult> delete(Call call, DeleteTopicState asked) {
        DeletableTopicResult result = SpreadResults.deletedTopic().setName(asked.name()).setTopicId(asked.topicId());
        TopicLookup.Result found = lookup.find(call, asked.name(), asked.topicId(), Operation.DELETE);
        Topic topic = found.topic();
        if (topic == null) {
            return failed(result, found.error());
        }
        if (topic.name().isInternal()) {
            return failed(result, Errors.INVALID_TOPIC_EXCEPTION);
        }
        result.setName(topic.name().name()).setTopicId(TopicIds.toKafka(topic.id()));
        return topics.delete(topic.name()).handle((done, failure) -> failure == null
            ? result
            : result.setErrorCode(KafkaErrors.of(failure).code()).setErrorMessage(KafkaErrors.message(failure))).toCompletableFuture();
    }

    private static CompletableFuture<DeletableTopicResult> failed(DeletableTopicResult result, Errors error) {
        return CompletableFuture.completedFuture(result.setErrorCode(error.code()).setErrorMessage(error.message()));
    }
}
