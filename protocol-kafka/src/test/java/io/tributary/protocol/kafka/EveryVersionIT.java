package io.tributary.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every API in every version that is advertised gets an answer in that version, read with Kafka's own classes. */
@NullUnmarked // what the clients give in maps is there, or the test fails
class EveryVersionIT {
    private static final String TOPIC = "versions";
    private static final Set<ApiKeys> NOT_OFFERED = EnumSet.of(ApiKeys.INITIALIZE_SHARE_GROUP_STATE, ApiKeys.READ_SHARE_GROUP_STATE,
        ApiKeys.WRITE_SHARE_GROUP_STATE, ApiKeys.DELETE_SHARE_GROUP_STATE, ApiKeys.READ_SHARE_GROUP_STATE_SUMMARY,
        ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS, ApiKeys.PUSH_TELEMETRY, ApiKeys.UNREGISTER_BROKER, ApiKeys.UNREGISTER_CONTROLLER,
        ApiKeys.ADD_RAFT_VOTER, ApiKeys.REMOVE_RAFT_VOTER);
    private static final byte[] VALUE = {1, 2, 3};
    private static KafkaFixture fixture;
    private static Uuid topicId;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture();
        fixture.createTopic(TOPIC, 2);
        topicId = KafkaFixture.get(fixture.admin().describeTopics(List.of(TOPIC)).allTopicNames()).get(TOPIC).topicId();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static AbstractResponse exchange(ApiKeys api, short version, ApiMessage body) {
        return new WireClient(fixture.port()).exchange(api, version, body);
    }

    private static List<ApiVersion> advertised() {
        ApiVersionsResponse response =
            (ApiVersionsResponse) exchange(ApiKeys.API_VERSIONS, (short) 0, ApiKeys.API_VERSIONS.messageType.newRequest());
        return new ArrayList<>(response.data().apiKeys());
    }

    @TestFactory
    Stream<DynamicTest> answersEveryVersion() {
        return advertised().stream().flatMap(advertisedVersion -> {
            ApiKeys api = ApiKeys.forId(advertisedVersion.apiKey());
            List<DynamicTest> tests = new ArrayList<>();
            // Produce is advertised from version 0 as Kafka does, and served from the oldest that the library has.
            for (short v = api.oldestVersion(); v <= advertisedVersion.maxVersion(); v++) {
                short version = v;
                tests.add(DynamicTest.dynamicTest(api + " " + version, () -> {
                    AbstractResponse response = exchange(api, version, request(api, version));
                    assertThat(response.apiKey()).isEqualTo(api);
                    assertThat(response.errorCounts()).doesNotContainKey(Errors.UNKNOWN_SERVER_ERROR);
                }));
            }
            return tests.stream();
        });
    }

    /** Every API that brokers have for clients, in its released versions, but for those that the documentation calls refused. */
    private static Map<ApiKeys, String> expected() {
        Map<ApiKeys, String> versions = new EnumMap<>(ApiKeys.class);
        ApiKeys.brokerApis().forEach(api -> api.toApiVersionForApiResponse(false, ListenerType.BROKER)
            .filter(version -> !NOT_OFFERED.contains(api)).ifPresent(version -> versions.put(api, range(version))));
        return versions;
    }

    private static Map<ApiKeys, String> offered() {
        Map<ApiKeys, String> versions = new EnumMap<>(ApiKeys.class);
        advertised().forEach(version -> versions.put(ApiKeys.forId(version.apiKey()), range(version)));
        return versions;
    }

    private static String range(ApiVersion version) {
        return version.minVersion() + "-" + version.maxVersion();
    }

    @Test
    void theVersionsOfKafkaAreOffered() {
        assertThat(offered()).containsAllEntriesOf(expected());
    }

    @Test
    @DiffersFromKafka("the state of its share coordinator, Streams topologies and the administration of its quorum are offered too")
    void nothingElseIsOffered() {
        assertThat(offered()).containsOnlyKeys(expected().keySet());
    }

    private static ApiMessage request(ApiKeys api, short version) {
        return switch (api) {
            case PRODUCE -> produce(version);
            case FETCH -> fetch(version);
            case LIST_OFFSETS -> listOffsets();
            case METADATA -> new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName(TOPIC),
                new MetadataRequestTopic().setName(version < 4 ? "made-too" : "missing")))
                .setAllowAutoTopicCreation(version < 4);
            case OFFSET_COMMIT -> offsetCommit(version);
            case OFFSET_FETCH -> offsetFetch(version);
            case ADD_PARTITIONS_TO_TXN -> addPartitions(version);
            case ADD_OFFSETS_TO_TXN -> new AddOffsetsToTxnRequestData().setTransactionalId("nobody's").setGroupId("g");
            case END_TXN -> new EndTxnRequestData().setTransactionalId("nobody's").setCommitted(true);
            case TXN_OFFSET_COMMIT -> txnOffsetCommit(version);
            case INIT_PRODUCER_ID -> new InitProducerIdRequestData().setTransactionalId("id " + version).setTransactionTimeoutMs(1000);
            case DESCRIBE_TRANSACTIONS -> new DescribeTransactionsRequestData().setTransactionalIds(List.of("nobody's", ""));
            case DESCRIBE_PRODUCERS -> describeProducers();
            case WRITE_TXN_MARKERS -> writeMarkers();
            case FIND_COORDINATOR -> version < 4
                ? new FindCoordinatorRequestData().setKey("g")
                : new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g", "h"));
            case JOIN_GROUP -> new JoinGroupRequestData().setGroupId("joined").setSessionTimeoutMs(10_000).setProtocolType("consumer");
            case LEAVE_GROUP -> new LeaveGroupRequestData().setGroupId("left");
            case DESCRIBE_GROUPS -> new DescribeGroupsRequestData().setGroups(List.of("nobody"));
            case CONSUMER_GROUP_DESCRIBE -> new ConsumerGroupDescribeRequestData().setGroupIds(List.of("nobody"));
            case DELETE_GROUPS -> new DeleteGroupsRequestData().setGroupsNames(List.of("nobody"));
            case CREATE_TOPICS -> createTopics(version);
            case DELETE_TOPICS -> version < 6
                ? new DeleteTopicsRequestData().setTopicNames(List.of("missing"))
                : new DeleteTopicsRequestData().setTopics(List.of(new DeleteTopicState().setName("missing"),
                    new DeleteTopicState().setName(null).setTopicId(Uuid.randomUuid())));
            case DELETE_RECORDS -> new DeleteRecordsRequestData().setTopics(List.of(new DeleteRecordsTopic().setName(TOPIC)
                .setPartitions(List.of(new DeleteRecordsPartition().setPartitionIndex(1).setOffset(0)))));
            case CREATE_PARTITIONS -> createPartitions();
            case DESCRIBE_CONFIGS -> new DescribeConfigsRequestData().setResources(List.of(
                new DescribeConfigsResource().setResourceType((byte) 2).setResourceName(TOPIC),
                new DescribeConfigsResource().setResourceType((byte) 4).setResourceName("0")));
            case DESCRIBE_TOPIC_PARTITIONS -> new DescribeTopicPartitionsRequestData().setResponsePartitionLimit(1);
            case DESCRIBE_ACLS -> new DescribeAclsRequestData().setResourceTypeFilter((byte) 1).setPatternTypeFilter((byte) 1)
                .setOperation((byte) 1).setPermissionType((byte) 1);
            case ALTER_USER_SCRAM_CREDENTIALS -> new AlterUserScramCredentialsRequestData()
                .setDeletions(List.of(new ScramCredentialDeletion().setName("nobody").setMechanism((byte) 1)))
                .setUpsertions(List.of(new ScramCredentialUpsertion().setName("somebody").setMechanism((byte) 9)));
            case SHARE_GROUP_HEARTBEAT -> new ShareGroupHeartbeatRequestData().setGroupId("shared-" + version)
                .setMemberId(Uuid.randomUuid().toString()).setSubscribedTopicNames(List.of(TOPIC));
            case SHARE_GROUP_DESCRIBE -> new ShareGroupDescribeRequestData().setGroupIds(List.of("nobody"));
            case SHARE_FETCH -> new ShareFetchRequestData().setGroupId("fetching-" + version).setMemberId(Uuid.randomUuid().toString())
                .setMaxRecords(1).setTopics(shared());
            case SHARE_ACKNOWLEDGE -> new ShareAcknowledgeRequestData().setGroupId("fetching-" + version)
                .setMemberId(Uuid.randomUuid().toString()).setShareSessionEpoch(1);
            case DESCRIBE_SHARE_GROUP_OFFSETS -> new DescribeShareGroupOffsetsRequestData().setGroups(List.of(
                new DescribeShareGroupOffsetsRequestGroup().setGroupId("nobody").setTopics(null)));
            case ALTER_SHARE_GROUP_OFFSETS -> new AlterShareGroupOffsetsRequestData().setGroupId("nobody");
            case DELETE_SHARE_GROUP_OFFSETS -> new DeleteShareGroupOffsetsRequestData().setGroupId("nobody");
            default -> api.messageType.newRequest();
        };
    }

    private static ShareFetchRequestData.FetchTopicCollection shared() {
        ShareFetchRequestData.FetchTopicCollection topics = new ShareFetchRequestData.FetchTopicCollection();
        ShareFetchRequestData.FetchTopic topic = new ShareFetchRequestData.FetchTopic().setTopicId(topicId);
        topic.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(0));
        topic.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(9));
        topics.add(topic);
        return topics;
    }

    private static ApiMessage produce(short version) {
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        TopicProduceData topic = new TopicProduceData().setPartitionData(List.of(
            new PartitionProduceData().setIndex(0).setRecords(MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(VALUE))),
            new PartitionProduceData().setIndex(9).setRecords(MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(VALUE)))));
        topics.add(version < 13 ? topic.setName(TOPIC) : topic.setTopicId(topicId));
        return new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1000).setTopicData(topics);
    }

    private static ApiMessage addPartitions(short version) {
        AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName(TOPIC).setPartitions(List.of(0, 1)));
        if (version < 4) {
            return new AddPartitionsToTxnRequestData().setV3AndBelowTransactionalId("nobody's").setV3AndBelowTopics(topics);
        }
        AddPartitionsToTxnRequestData request = new AddPartitionsToTxnRequestData();
        request.transactions().add(new AddPartitionsToTxnTransaction().setTransactionalId("nobody's").setTopics(topics));
        request.transactions().add(new AddPartitionsToTxnTransaction().setTransactionalId("nobody's either").setVerifyOnly(true)
            .setTopics(topics.duplicate()));
        return request;
    }

    private static ApiMessage txnOffsetCommit(short version) {
        TxnOffsetCommitRequestTopic topic = new TxnOffsetCommitRequestTopic().setPartitions(List.of(
            new TxnOffsetCommitRequestPartition().setPartitionIndex(0).setCommittedOffset(1).setCommittedMetadata("m"),
            new TxnOffsetCommitRequestPartition().setPartitionIndex(9).setCommittedOffset(1)));
        return new TxnOffsetCommitRequestData().setTransactionalId("nobody's").setGroupId("committing")
            .setTopics(List.of(version < 6 ? topic.setName(TOPIC) : topic.setTopicId(topicId)));
    }

    private static ApiMessage describeProducers() {
        DescribeProducersRequestData request = new DescribeProducersRequestData();
        request.topics().add(new DescribeProducersRequestData.TopicRequest().setName(TOPIC).setPartitionIndexes(List.of(0, 9)));
        return request;
    }

    private static ApiMessage writeMarkers() {
        return new WriteTxnMarkersRequestData().setMarkers(List.of(new WritableTxnMarker().setProducerId(1 << 30)
            .setProducerEpoch((short) 0).setTopics(List.of(
                new WritableTxnMarkerTopic().setName(TOPIC).setPartitionIndexes(List.of(1, 9)),
                new WritableTxnMarkerTopic().setName("__transaction_state").setPartitionIndexes(List.of(0)),
                new WritableTxnMarkerTopic().setName("no topic/at all").setPartitionIndexes(List.of(0))))));
    }

    private static ApiMessage fetch(short version) {
        FetchTopic topic = new FetchTopic().setPartitions(List.of(new FetchPartition().setPartition(0).setPartitionMaxBytes(1000),
            new FetchPartition().setPartition(9).setPartitionMaxBytes(1000)));
        return new FetchRequestData().setMaxBytes(1000).setMinBytes(1)
            .setTopics(List.of(version < 13 ? topic.setTopic(TOPIC) : topic.setTopicId(topicId)));
    }

    private static ApiMessage listOffsets() {
        List<ListOffsetsPartition> partitions = new ArrayList<>();
        for (long timestamp : new long[] {-1, -2, 0}) {
            partitions.add(new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(timestamp));
        }
        return new ListOffsetsRequestData().setReplicaId(-1)
            .setTopics(List.of(new ListOffsetsTopic().setName(TOPIC).setPartitions(partitions)));
    }

    private static ApiMessage offsetCommit(short version) {
        OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setPartitions(List.of(
            new OffsetCommitRequestPartition().setPartitionIndex(0).setCommittedOffset(1).setCommittedMetadata("m"),
            new OffsetCommitRequestPartition().setPartitionIndex(9).setCommittedOffset(1)));
        return new OffsetCommitRequestData().setGroupId("committing").setGenerationIdOrMemberEpoch(-1)
            .setTopics(List.of(version < 10 ? topic.setName(TOPIC) : topic.setTopicId(topicId)));
    }

    private static ApiMessage offsetFetch(short version) {
        if (version < 8) {
            return new OffsetFetchRequestData().setGroupId("committing")
                .setTopics(List.of(new OffsetFetchRequestTopic().setName(TOPIC).setPartitionIndexes(List.of(0, 9))));
        }
        OffsetFetchRequestTopics topic = new OffsetFetchRequestTopics().setPartitionIndexes(List.of(0, 9));
        return new OffsetFetchRequestData().setGroups(List.of(
            new OffsetFetchRequestGroup().setGroupId("committing")
                .setTopics(List.of(version < 10 ? topic.setName(TOPIC) : topic.setTopicId(topicId))),
            new OffsetFetchRequestGroup().setGroupId("other").setTopics(null)));
    }

    private static ApiMessage createTopics(short version) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(1000);
        request.topics().add(new CreatableTopic().setName("made-by-" + version).setNumPartitions(1).setReplicationFactor((short) 1));
        request.topics().add(new CreatableTopic().setName("__bad").setNumPartitions(1).setReplicationFactor((short) 1));
        return request;
    }

    private static ApiMessage createPartitions() {
        CreatePartitionsRequestData request = new CreatePartitionsRequestData().setTimeoutMs(1000).setValidateOnly(true);
        request.topics().add(new CreatePartitionsTopic().setName(TOPIC).setCount(3).setAssignments(null));
        return request;
    }
}
