package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.api.Broker;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.handler.topics.TopicCreation;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.StreamsInvalidTopologyException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Topology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatRequest;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse.Status;
import org.apache.kafka.coordinator.group.streams.StreamsGroupHeartbeatResult;
import org.jspecify.annotations.Nullable;

/** StreamsGroupHeartbeat (KIP-1071): the broker assigns the tasks of a Kafka Streams application, and makes its internal topics. */
public final class StreamsGroupHeartbeatHandler extends GroupHandler<StreamsGroupHeartbeatRequest> {
    private final TopicCreation creation;

    public StreamsGroupHeartbeatHandler(GroupCoordinators coordinators, Broker broker) {
        super(ApiKeys.STREAMS_GROUP_HEARTBEAT, StreamsGroupHeartbeatRequest.class, coordinators);
        this.creation = new TopicCreation(broker);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, StreamsGroupHeartbeatRequest request) {
        String group = request.data().groupId();
        if (!call.caller().mayOnGroup(Operation.READ, group)) {
            throw GroupAuthorizationException.forGroupId(group);
        }
        checkTopics(call, request.data().topology());
        return coordinator(call).thenCompose(coordinator -> coordinator.streamsGroupHeartbeat(call.context(), request.data()))
            .thenCompose(result -> createTopics(call, result));
    }

    private static void checkTopics(Call call, @Nullable Topology topology) {
        if (topology == null) {
            return;
        }
        Set<String> hidden = new TreeSet<>();
        for (String name : namesIn(topology)) {
            if (!TopicName.isLegal(name) || !TopicLookup.isVisible(new TopicName(call.namespace(), name))) {
                throw new StreamsInvalidTopologyException("topic '" + name + "' cannot be part of a topology");
            }
            if (!call.caller().mayOnTopic(Operation.DESCRIBE, name)) {
                hidden.add(name);
            }
        }
        if (!hidden.isEmpty()) {
            throw new TopicAuthorizationException(hidden);
        }
    }

    private static Set<String> namesIn(Topology topology) {
        Set<String> names = new TreeSet<>();
        for (Subtopology part : topology.subtopologies()) {
            names.addAll(part.sourceTopics());
            names.addAll(part.repartitionSinkTopics());
            part.repartitionSourceTopics().forEach(topic -> names.add(topic.name()));
            part.stateChangelogTopics().forEach(topic -> names.add(topic.name()));
        }
        return names;
    }

    /** Makes the topics that the topology lacks before it answers; what cannot be made is told in the status that they are missing. */
    private CompletionStage<Reply> createTopics(Call call, StreamsGroupHeartbeatResult result) {
        Collection<CreatableTopic> missing = result.creatableTopics().values();
        if (missing.isEmpty()) {
            return Reply.now(result.data());
        }
        Set<String> denied = new TreeSet<>();
        missing.stream().map(CreatableTopic::name).filter(name -> !TopicCreation.mayCreate(call, name)).forEach(denied::add);
        if (!denied.isEmpty()) {
            return Reply.now(withDetail(result.data(), "Unauthorized to CREATE on topics " + String.join(", ", denied) + "."));
        }
        Set<String> failures = new ConcurrentSkipListSet<>();
        List<CompletableFuture<?>> made = new ArrayList<>();
        for (CreatableTopic topic : missing) {
            made.add(create(call, topic, failures));
        }
        return CompletableFuture.allOf(made.toArray(CompletableFuture[]::new)).thenApply(done -> new Reply.Message(
            failures.isEmpty() ? result.data() : withDetail(result.data(), "Creation failed: " + String.join(", ", failures) + ".")));
    }

    private CompletableFuture<?> create(Call call, CreatableTopic topic, Set<String> failures) {
        CompletionStage<?> created;
        try {
            created = creation.create(call, topic);
        } catch (RuntimeException refused) {
            created = CompletableFuture.failedFuture(refused);
        }
        return created.handle((done, failure) -> {
            // Two members may ask at once.
            if (failure != null && KafkaErrors.of(failure) != Errors.TOPIC_ALREADY_EXISTS) {
                failures.add(topic.name() + " (" + KafkaErrors.message(failure) + ")");
            }
            return null;
        }).toCompletableFuture();
    }

    private static StreamsGroupHeartbeatResponseData withDetail(StreamsGroupHeartbeatResponseData data, String detail) {
        List<StreamsGroupHeartbeatResponseData.Status> all = data.status() == null ? new ArrayList<>() : new ArrayList<>(data.status());
        for (StreamsGroupHeartbeatResponseData.Status status : all) {
            if (status.statusCode() == Status.MISSING_INTERNAL_TOPICS.code()) {
                status.setStatusDetail(status.statusDetail() + " " + detail);
                return data;
            }
        }
        all.add(new StreamsGroupHeartbeatResponseData.Status().setStatusCode(Status.MISSING_INTERNAL_TOPICS.code())
            .setStatusDetail(detail));
        return data.setStatus(all);
    }
}
