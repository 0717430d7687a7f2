package io.tributary.protocol.kafka.coordinator;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.api.stream.StreamKeeper;
import io.tributary.core.api.stream.StreamSubscription;
import io.tributary.core.api.stream.StreamSubscription.Position;
import io.tributary.core.api.stream.StreamsOverview;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.TopicName;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.jspecify.annotations.Nullable;

/**
 * Classic, consumer and streams groups, for who looks at the core's subscriptions. Share groups are not here: they are queue subscriptions.
 * The coordinators answer on their own threads; one that nobody has used is not started for this.
 */
public final class GroupsView implements StreamKeeper {
    public static final String KIND = "kafka-group";
    private static final List<String> TYPES =
        List.of(GroupType.CLASSIC.toString(), GroupType.CONSUMER.toString(), GroupType.STREAMS.toString());

    private final GroupCoordinators coordinators;
    private final Topics topics;

    public GroupsView(GroupCoordinators coordinators, Topics topics) {
        this.coordinators = coordinators;
        this.topics = topics;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Collection<Namespace> namespaces() {
        return coordinators.running();
    }

    @Override
    public CompletionStage<List<String>> list(Namespace namespace) {
        return groups(namespace).thenApply(groups -> groups.stream().map(ListedGroup::groupId).toList());
    }

    private CompletionStage<List<ListedGroup>> groups(Namespace namespace) {
        if (!coordinators.running().contains(namespace)) {
            return CompletableFuture.completedFuture(List.of());
        }
        return coordinators.of(namespace)
            .thenCompose(coordinator ->
                coordinator.listGroups(context(ApiKeys.LIST_GROUPS), new ListGroupsRequestData().setTypesFilter(TYPES)))
            .thenApply(listed -> {
                if (listed.errorCode() != Errors.NONE.code()) {
                    throw Errors.forCode(listed.errorCode()).exception();
                }
                return listed.groups();
            });
    }

    @Override
    public CompletionStage<@Nullable StreamSubscription> describe(Namespace namespace, String name) {
        return groups(namespace).thenCompose(groups -> groups.stream().filter(group -> group.groupId().equals(name)).findFirst()
            .map(group -> describe(namespace, group)).orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    private CompletionStage<@Nullable StreamSubscription> describe(Namespace namespace, ListedGroup group) {
        String type = group.groupType().toLowerCase(Locale.ROOT);
        return coordinators.of(namespace).thenCompose(coordinator -> members(coordinator, group.groupId(), GroupType.parse(type))
            .thenCombine(positions(coordinator, namespace, group.groupId()), (members, positions) ->
                new StreamSubscription(namespace, group.groupId(), KIND, type, group.groupState(), members, positions)));
    }

    private static CompletionStage<Integer> members(GroupCoordinator coordinator, String group, GroupType type) {
        List<String> asked = List.of(group);
        return switch (type) {
            case CONSUMER -> coordinator.consumerGroupDescribe(context(ApiKeys.CONSUMER_GROUP_DESCRIBE), asked)
                .thenApply(found -> found.get(0).members().size());
            case STREAMS -> coordinator.streamsGroupDescribe(context(ApiKeys.STREAMS_GROUP_DESCRIBE), asked, false)
                .thenApply(found -> found.get(0).members().size());
            default -> coordinator.describeGroups(context(ApiKeys.DESCRIBE_GROUPS), asked)
                .thenApply(found -> found.get(0).members().size());
        };
    }

    @Override
    public CompletionStage<List<StreamsOverview.Lag>> lags(Namespace namespace, List<String> names) {
        return coordinators.of(namespace).thenCompose(coordinator -> {
            List<CompletableFuture<StreamsOverview.Lag>> asked = names.stream()
                .map(name -> positions(coordinator, namespace, name).thenApply(positions ->
                    new StreamsOverview.Lag(namespace, KIND, name, StreamSubscription.lagOf(positions))).toCompletableFuture())
                .toList();
            return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(done -> asked.stream().map(CompletableFuture::join).toList());
        });
    }

    private CompletionStage<List<Position>> positions(GroupCoordinator coordinator, Namespace namespace, String group) {
        OffsetFetchRequestGroup all = new OffsetFetchRequestGroup().setGroupId(group).setTopics(null);
        return coordinator.fetchOffsets(context(ApiKeys.OFFSET_FETCH), all, false).thenApply(found -> positions(namespace, found));
    }

    private List<Position> positions(Namespace namespace, OffsetFetchResponseGroup found) {
        List<Position> positions = new ArrayList<>();
        for (OffsetFetchResponseTopics topic : found.topics()) {
            TopicName name = name(namespace, topic.name());
            if (name == null) {
                continue;
            }
            Topic there = topics.find(name);
            List<Partition> logs = there == null ? List.of() : there.partitions();
            for (OffsetFetchResponsePartitions partition : topic.partitions()) {
                int number = partition.partitionIndex();
                if (partition.committedOffset() != OffsetFetchResponse.INVALID_OFFSET) {
                    Long lag = number < logs.size() ? Math.max(0, logs.get(number).highWatermark() - partition.committedOffset()) : null;
                    positions.add(new Position(new PartitionId(name, number), partition.committedOffset(), lag));
                }
            }
        }
        return positions;
    }

    /** Null for what was never a topic here. */
    private static @Nullable TopicName name(Namespace namespace, String topic) {
        try {
            return new TopicName(namespace, topic);
        } catch (BrokerException noName) {
            return null;
        }
    }

    /** The broker itself asks. */
    private static RequestContext context(ApiKeys api) {
        return new RequestContext(new RequestHeader(api, api.latestVersion(), "tributary", 0), "view", InetAddress.getLoopbackAddress(),
            KafkaPrincipal.ANONYMOUS, new ListenerName("view"), SecurityProtocol.PLAINTEXT, ClientInformation.EMPTY, false);
    }
}
