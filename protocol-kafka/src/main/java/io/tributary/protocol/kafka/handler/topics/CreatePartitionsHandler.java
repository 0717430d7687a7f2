package io.tributary.protocol.kafka.handler.topics;

import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.CreatePartitionsRequest;

/** CreatePartitions (KIP-195): the number given is the new total. */
public final class CreatePartitionsHandler extends ApiHandler<CreatePartitionsRequest> {
    private final Topics topics;
    private final TopicLookup lookup;
    private final int nodeId;

    public CreatePartitionsHandler(Topics topics, int nodeId) {
        super(ApiKeys.CREATE_PARTITIONS, CreatePartitionsRequest.class);
        this.topics = topics;
        this.lookup = new TopicLookup(topics);
        this.nodeId = nodeId;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, CreatePartitionsRequest request) {
        requireFew(call, request);
        List<CompletableFuture<CreatePartitionsTopicResult>> results = new ArrayList<>();
        for (CreatePartitionsTopic asked : request.data().topics()) {
            results.add(create(call, asked, request.data().validateOnly()));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).thenApply(done ->
            new Reply.Message(new CreatePartitionsResponseData().setResults(results.stream().map(CompletableFuture::join).toList())));
    }

    private void requireFew(Call call, CreatePartitionsRequest request) {
        long additional = 0;
        for (CreatePartitionsTopic asked : request.data().topics()) {
            Topic topic = lookup.byName(call, asked.name(), Operation.ALTER).topic();
            additional += topic == null ? 0 : Math.max(0, asked.count() - topic.partitions().size());
        }
        if (additional > CreateTopicsHandler.MAX_PARTITIONS_PER_REQUEST) {
            throw new PolicyViolationException("Excessively large number of additional partitions per request.");
        }
    }

    private CompletableFuture<CreatePartitionsTopicResult> create(Call call, CreatePartitionsTopic asked, boolean validateOnly) {
        CreatePartitionsTopicResult result = new CreatePartitionsTopicResult().setName(asked.name()).setErrorMessage(null);
        try {
            TopicLookup.Result found = lookup.byName(call, asked.name(), Operation.ALTER);
            Topic topic = found.topic();
            if (topic == null) {
                throw found.error().exception();
            }
            check(topic, asked);
            if (validateOnly) {
                return CompletableFuture.completedFuture(result);
            }
            return topics.update(topic.name(), config -> grown(config, asked.count()))
                .handle((updated, failure) -> failure == null ? result : failed(result, failure)).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failed(result, e));
        }
    }

    private void check(Topic topic, CreatePartitionsTopic asked) {
        if (topic.name().isInternal()) {
            throw new InvalidTopicException("this topic is the broker's own");
        }
        grown(topic.config(), asked.count());
        if (asked.assignments() != null) {
            if (asked.assignments().size() != asked.count() - topic.config().partitions()) {
                throw new InvalidReplicaAssignmentException("one assignment is needed for each new partition");
            }
            asked.assignments().forEach(assignment -> SingleReplica.checkNodes(assignment.brokerIds(), nodeId));
        }
    }

    private static TopicConfig grown(TopicConfig config, int count) {
        if (count <= config.partitions() || count > TopicConfig.MAX_PARTITIONS) {
            throw new InvalidPartitionsException("the topic has " + config.partitions() + " partitions, and can have up to "
                + TopicConfig.MAX_PARTITIONS + "; " + count + " is no increase to that");
        }
        return config.withPartitions(count);
    }

    private static CreatePartitionsTopicResult failed(CreatePartitionsTopicResult result, Throwable failure) {
        return result.setErrorCode(KafkaErrors.of(failure).code()).setErrorMessage(KafkaErrors.message(failure));
    }
}
