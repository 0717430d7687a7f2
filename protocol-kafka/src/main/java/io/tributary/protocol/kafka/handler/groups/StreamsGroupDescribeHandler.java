package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.AuthorizedOperations;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData.TopicInfo;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData.TopologyDescription;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData.TopologyDescriptionGlobalStore;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData.TopologyDescriptionNode;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.StreamsGroupDescribeRequest;
import org.jspecify.annotations.Nullable;

/** StreamsGroupDescribe (KIP-1071). */
public final class StreamsGroupDescribeHandler extends GroupHandler<StreamsGroupDescribeRequest> {
    public StreamsGroupDescribeHandler(GroupCoordinators coordinators) {
        super(ApiKeys.STREAMS_GROUP_DESCRIBE, StreamsGroupDescribeRequest.class, coordinators);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, StreamsGroupDescribeRequest request) {
        List<String> allowed = new ArrayList<>();
        List<DescribedGroup> described = new ArrayList<>();
        for (String group : request.data().groupIds()) {
            if (call.caller().mayOnGroup(Operation.DESCRIBE, group)) {
                allowed.add(group);
            } else {
                described.add(new DescribedGroup().setGroupId(group).setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code()));
            }
        }
        boolean withDescription = request.data().includeTopologyDescription();
        return coordinator(call).thenCompose(coordinator -> coordinator.streamsGroupDescribe(call.context(), allowed, withDescription))
            .thenApply(found -> {
                found.forEach(group -> described.add(shown(call, group, request.data().includeAuthorizedOperations())));
                return new Reply.Message(new StreamsGroupDescribeResponseData().setGroups(described));
            });
    }

    private static DescribedGroup shown(Call call, DescribedGroup group, boolean withOperations) {
        if (group.errorCode() != Errors.NONE.code()) {
            return group;
        }
        Stream<String> topics = Stream.concat(topicsOf(group.topology()), topicsOf(group.topologyDescription()));
        if (!topics.allMatch(topic -> call.caller().mayOnTopic(Operation.DESCRIBE, topic))) {
            return new DescribedGroup().setGroupId(group.groupId()).setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                .setErrorMessage("The described group uses topics that the client is not authorized to describe.");
        }
        return withOperations ? group.setAuthorizedOperations(AuthorizedOperations.onGroup(call.caller(), group.groupId())) : group;
    }

    private static Stream<String> topicsOf(@Nullable TopologyDescription described) {
        if (described == null) {
            return Stream.of();
        }
        Stream<TopologyDescriptionNode> nodes = Stream.concat(
            described.subtopologies().stream().flatMap(part -> part.nodes().stream()),
            described.globalStores().stream().map(TopologyDescriptionGlobalStore::source));
        return nodes.flatMap(node -> Stream.concat(node.sourceTopics() == null ? Stream.of() : node.sourceTopics().stream(),
            Stream.ofNullable(node.sinkTopic())));
    }

    private static Stream<String> topicsOf(StreamsGroupDescribeResponseData.@Nullable Topology topology) {
        List<Subtopology> parts = topology == null ? null : topology.subtopologies();
        return parts == null ? Stream.of() : parts.stream().flatMap(part -> Stream.of(part.sourceTopics().stream(),
            part.repartitionSinkTopics().stream(), part.repartitionSourceTopics().stream().map(TopicInfo::name),
            part.stateChangelogTopics().stream().map(TopicInfo::name)).flatMap(names -> names));
    }
}
