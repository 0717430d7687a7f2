package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeStreamsGroupsOptions;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupTopologyDescriptionStatus;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Topology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescription;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescriptionGlobalStore;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescriptionNode;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescriptionSubtopology;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse;
import org.apache.kafka.common.requests.StreamsGroupTopologyDescriptionUpdateResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** A member of a streams group is asked for its application's topology, which then is shown to who describes the group. */
@NullUnmarked // what the clients give in maps is there, or the test fails
@OwnBroker("a place for descriptions, where Kafka needs a plugin")
class StreamsTopologyIT {
    private static final String GROUP = "application";
    private static final int EPOCH = 3;
    private static final byte SOURCE = 1;
    private static final byte PROCESSOR = 2;
    private static final byte SINK = 3;
    private final String member = Uuid.randomUuid().toString();

    private StreamsGroupHeartbeatResponseData heartbeat(RawKafka connection, int epoch) throws IOException {
        StreamsGroupHeartbeatRequestData request = new StreamsGroupHeartbeatRequestData().setGroupId(GROUP).setMemberId(member)
            .setMemberEpoch(epoch);
        if (epoch == 0) {
            request.setRebalanceTimeoutMs(10_000).setProcessId(Uuid.randomUuid().toString()).setActiveTasks(List.of())
                .setStandbyTasks(List.of()).setWarmupTasks(List.of()).setClientTags(List.of()).setTopology(new Topology().setEpoch(EPOCH)
                    .setSubtopologies(List.of(new Subtopology().setSubtopologyId("0").setSourceTopics(List.of("lines")))));
        }
        return connection.ask(StreamsGroupHeartbeatResponse.class, ApiKeys.STREAMS_GROUP_HEARTBEAT, 1, request).data();
    }

    /** Joins as soon as the coordinator is there. */
    private StreamsGroupHeartbeatResponseData join(RawKafka connection) {
        StreamsGroupHeartbeatResponseData joined = await().atMost(KafkaFixture.PATIENCE).until(() -> heartbeat(connection, 0),
            response -> response.errorCode() != Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
        assertThat(Errors.forCode(joined.errorCode())).isEqualTo(Errors.NONE);
        return joined;
    }

    private static TopologyDescriptionNode node(String name, byte type, List<String> successors) {
        return new TopologyDescriptionNode().setName(name).setNodeType(type).setSuccessors(successors);
    }

    private static TopologyDescription description() {
        TopologyDescriptionNode global = node("globals", SOURCE, List.of("globals-in")).setSourceTopics(List.of("table"));
        TopologyDescriptionNode stored = node("globals-in", PROCESSOR, List.of()).setStores(List.of("table-store"));
        return new TopologyDescription()
            .setSubtopologies(List.of(new TopologyDescriptionSubtopology().setSubtopologyId("0").setNodes(List.of(
                node("read", SOURCE, List.of("count")).setSourceTopics(List.of("lines")),
                node("count", PROCESSOR, List.of("write")).setStores(List.of("counts")),
                node("write", SINK, List.of()).setSinkTopic("words")))))
            .setGlobalStores(List.of(new TopologyDescriptionGlobalStore().setSource(global).setProcessor(stored)));
    }

    private Errors tell(RawKafka connection, int epoch) throws IOException {
        StreamsGroupTopologyDescriptionUpdateRequestData request = new StreamsGroupTopologyDescriptionUpdateRequestData()
            .setGroupId(GROUP).setMemberId(member).setTopologyEpoch(epoch).setTopologyDescription(description());
        return Errors.forCode(connection.ask(StreamsGroupTopologyDescriptionUpdateResponse.class,
            ApiKeys.STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE, 0, request).data().errorCode());
    }

    private static StreamsGroupDescription describe(Admin admin) {
        return get(admin.describeStreamsGroups(List.of(GROUP), new DescribeStreamsGroupsOptions().includeTopologyDescription(true)).all())
            .get(GROUP);
    }

    @Test
    void aTopologyIsAskedForKeptAndShown() throws IOException {
        try (KafkaFixture fixture = new KafkaFixture(); RawKafka connection = new RawKafka(fixture.port())) {
            fixture.createTopic("lines", 1);
            Admin admin = fixture.admin();
            StreamsGroupHeartbeatResponseData joined = join(connection);
            assertThat(joined.topologyDescriptionRequired()).isTrue();
            assertThat(describe(admin).topologyDescription()).isEmpty();
            assertThat(tell(connection, EPOCH + 1)).as("of another topology").isNotEqualTo(Errors.NONE);
            assertThat(tell(connection, EPOCH)).isEqualTo(Errors.NONE);
            assertThat(heartbeat(connection, joined.memberEpoch()).topologyDescriptionRequired()).isFalse();
            assertShown(admin);
            fixture.broker().restart();
            assertShown(admin);
        }
    }

    private static void assertShown(Admin admin) {
        StreamsGroupDescription group = describe(admin);
        assertThat(group.topologyDescriptionStatus()).isEqualTo(StreamsGroupTopologyDescriptionStatus.AVAILABLE);
        assertThat(group.topologyDescription()).hasValueSatisfying(described -> {
            assertThat(described.subtopologies()).hasSize(1);
            assertThat(described.subtopologies().iterator().next().nodes().toString()).contains("read", "lines", "count", "counts", "write",
                "words");
            assertThat(described.globalStores().toString()).contains("globals", "table", "table-store");
        });
    }

    @Test
    void aDescriptionGoesWithItsGroup() throws IOException {
        try (KafkaFixture fixture = new KafkaFixture(); RawKafka connection = new RawKafka(fixture.port())) {
            fixture.createTopic("lines", 1);
            Admin admin = fixture.admin();
            join(connection);
            assertThat(tell(connection, EPOCH)).isEqualTo(Errors.NONE);
            heartbeat(connection, -1);
            get(admin.deleteStreamsGroups(List.of(GROUP)).all());
            assertThat(heartbeat(connection, 0).topologyDescriptionRequired()).isTrue();
            assertThat(describe(admin).topologyDescription()).isEmpty();
        }
    }
}
