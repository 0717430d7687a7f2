package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubscriptionName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData.AcquiredRecords;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.requests.ShareAcknowledgeResponse;
import org.apache.kafka.common.requests.ShareFetchResponse;
import org.apache.kafka.common.requests.ShareGroupHeartbeatResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Share sessions request by request (KIP-932, "Share sessions"), and what no client of Kafka's would send. */
@NullUnmarked // what the responses have is there, or the test fails
class ShareSessionIT {
    private static final byte ACCEPT = 1;
    /** Kafka's broker reads what it knows of a group when it is first asked. */
    private static final int FIRST_WAIT_MS = KafkaPeer.isTested() ? 5_000 : 200;
    /** No more records than asked for, whatever batches they are in (KIP-1206). */
    private static final byte RECORD_LIMIT = 1;
    private static final byte RELEASE = 2;
    private static final byte RENEW = 4;
    private static final int MAX_SESSIONS = 3;
    /** More than a subscription keeps in memory. */
    private static final int UNREAD = 12_000;
    /** In no other test. */
    private final String unique = Uuid.randomUuid().toString().replaceAll("[^A-Za-z0-9]", "x");
    private final String group = "g-" + unique;
    private final List<String> topics = new ArrayList<>();
    private final String member = Uuid.randomUuid().toString();
    private static KafkaFixture fixture;
    private RawKafka client;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture(limited(2000));
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static KafkaConfig limited(int maxSessions) {
        return KafkaFixture.CONFIG.withGroups(KafkaFixture.CONFIG.groups().withShares(
            new KafkaConfig.Shares(Duration.ofSeconds(30), Duration.ofMillis(200), 5, 2000, Math.min(200, maxSessions), maxSessions)));
    }

    @BeforeEach
    void connect() throws IOException {
        client = new RawKafka(fixture.port());
        ShareGroupIT.set(fixture, group, Map.of("share.auto.offset.reset", "earliest", "share.record.lock.duration.ms", "30000"));
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
    }

    /** A topic with records, all of which come to the group. */
    private Uuid topic(String name, int records) throws IOException {
        String topic = name + "-" + unique;
        fixture.createTopic(topic, 1);
        topics.add(topic);
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        IntStream.range(0, records).mapToObj(i -> producer.send(new ProducerRecord<>(topic, 0, "k" + i, name + i))).toList()
            .forEach(KafkaFixture::get);
        join();
        return get(fixture.admin().describeTopics(List.of(topic)).allTopicNames()).get(topic).topicId();
    }

    /** The group has a member that subscribes to the topics. */
    private void join() throws IOException {
        ShareGroupHeartbeatRequestData joining = new ShareGroupHeartbeatRequestData().setGroupId(group).setMemberId(member)
            .setMemberEpoch(0).setSubscribedTopicNames(topics);
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            ShareGroupHeartbeatResponseData joined =
                client.ask(ShareGroupHeartbeatResponse.class, ApiKeys.SHARE_GROUP_HEARTBEAT, 1, joining).data();
            return joined.assignment() != null && joined.assignment().topicPartitions().size() == topics.size();
        });
    }

    private Subscription subscription() {
        return fixture.broker().broker().subscriptions().find(new SubscriptionName(Namespace.DEFAULT, group));
    }

    private ShareFetchRequestData request(String member, int epoch, Uuid... topics) {
        ShareFetchRequestData request = new ShareFetchRequestData().setGroupId(group).setMemberId(member).setShareSessionEpoch(epoch)
            .setMaxWaitMs(epoch == 0 && topics.length > 0 ? FIRST_WAIT_MS : 200)
            .setMinBytes(1).setMaxBytes(1 << 20).setMaxRecords(100).setBatchSize(100);
        for (Uuid topic : topics) {
            ShareFetchRequestData.FetchTopic named = new ShareFetchRequestData.FetchTopic().setTopicId(topic);
            named.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(0));
            request.topics().add(named);
        }
        return request;
    }

    private static ShareFetchRequestData limited(ShareFetchRequestData request, int records) {
        return request.setMaxRecords(records).setShareAcquireMode(RECORD_LIMIT);
    }

    private static ShareFetchRequestData acknowledging(ShareFetchRequestData request, long first, long last, byte... types) {
        request.topics().forEach(topic -> topic.partitions().forEach(partition ->
            partition.acknowledgementBatches().add(new ShareFetchRequestData.AcknowledgementBatch().setFirstOffset(first)
                .setLastOffset(last).setAcknowledgeTypes(list(types)))));
        return request;
    }

    private static List<Byte> list(byte... types) {
        List<Byte> list = new ArrayList<>();
        for (byte type : types) {
            list.add(type);
        }
        return list;
    }

    private static ShareFetchResponse fetch(RawKafka client, ShareFetchRequestData request) throws IOException {
        return client.ask(ShareFetchResponse.class, ApiKeys.SHARE_FETCH, 2, request);
    }

    private Errors acknowledge(int epoch, Uuid topic, ShareAcknowledgeRequestData.AcknowledgementBatch... batches) throws IOException {
        ShareAcknowledgeRequestData.AcknowledgeTopic named = new ShareAcknowledgeRequestData.AcknowledgeTopic().setTopicId(topic);
        named.partitions().add(new ShareAcknowledgeRequestData.AcknowledgePartition().setPartitionIndex(0)
            .setAcknowledgementBatches(List.of(batches)));
        ShareAcknowledgeRequestData request =
            new ShareAcknowledgeRequestData().setGroupId(group).setMemberId(member).setShareSessionEpoch(epoch);
        request.topics().add(named);
        ShareAcknowledgeResponse response = client.ask(ShareAcknowledgeResponse.class, ApiKeys.SHARE_ACKNOWLEDGE, 2, request);
        return response.error() != Errors.NONE
            ? response.error()
            : Errors.forCode(response.data().responses().iterator().next().partitions().get(0).errorCode());
    }

    private static ShareAcknowledgeRequestData.AcknowledgementBatch batch(long first, long last, byte... types) {
        return new ShareAcknowledgeRequestData.AcknowledgementBatch().setFirstOffset(first).setLastOffset(last)
            .setAcknowledgeTypes(list(types));
    }

    private static PartitionData only(ShareFetchResponse response) {
        assertThat(response.error()).isEqualTo(Errors.NONE);
        assertThat(response.data().responses()).hasSize(1);
        return response.data().responses().iterator().next().partitions().get(0);
    }

    private static List<Long> offsets(ShareFetchResponse response) {
        List<Long> offsets = new ArrayList<>();
        response.data().responses().forEach(topic -> topic.partitions().forEach(partition -> {
            Set<Long> read = new HashSet<>();
            for (Record record : ShareFetchResponse.recordsOrFail(partition).records()) {
                read.add(record.offset());
            }
            List<Long> acquired = new ArrayList<>();
            for (AcquiredRecords run : partition.acquiredRecords()) {
                for (long offset = run.firstOffset(); offset <= run.lastOffset(); offset++) {
                    acquired.add(offset);
                }
            }
            // Kafka sends whole batches, of which only some may be acquired.
            assertThat(read).containsAll(acquired);
            offsets.addAll(acquired);
        }));
        return offsets;
    }

    @Test
    void theEpochTellsASessionsLife() throws IOException {
        Uuid topic = topic("t", 3);
        assertThat(fetch(client, request(member, 1, topic)).error()).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
        assertThat(acknowledge(0, topic, batch(0, 0, ACCEPT))).isEqualTo(Errors.INVALID_SHARE_SESSION_EPOCH);
        assertThat(offsets(fetch(client, request(member, 0, topic)))).containsExactly(0L, 1L, 2L);
        assertThat(fetch(client, request(member, 2)).error()).isEqualTo(Errors.INVALID_SHARE_SESSION_EPOCH);
        assertThat(acknowledge(3, topic, batch(0, 0, ACCEPT))).isEqualTo(Errors.INVALID_SHARE_SESSION_EPOCH);
        assertThat(acknowledge(1, topic, batch(0, 0, ACCEPT))).isEqualTo(Errors.NONE);
        assertThat(offsets(fetch(client, request(member, 2)))).isEmpty();
        ShareFetchResponse last = fetch(client, acknowledging(request(member, -1, topic), 1, 1, ACCEPT));
        assertThat(Errors.forCode(only(last).acknowledgeErrorCode())).isEqualTo(Errors.NONE);
        assertThat(fetch(client, request(member, 3)).error()).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
        assertThat(offsets(fetch(client, request(member, 0, topic)))).containsExactly(2L);
    }

    @Test
    @DiffersFromKafka("what the session had stays locked until its time is over")
    void aSessionThatBeginsAgainGivesBackWhatItHad() throws IOException {
        Uuid topic = topic("t", 3);
        fetch(client, request(member, 0, topic));
        ShareFetchResponse again = fetch(client, request(member, 0, topic));
        assertThat(offsets(again)).containsExactly(0L, 1L, 2L);
        assertThat(only(again).acquiredRecords()).allMatch(run -> run.deliveryCount() == 2);
    }

    @Test
    void aConnectionThatDiesGivesBackWhatItsSessionHad() throws IOException {
        Uuid topic = topic("t", 3);
        try (RawKafka dying = new RawKafka(fixture.port())) {
            assertThat(offsets(fetch(dying, request(Uuid.randomUuid().toString(), 0, topic)))).hasSize(3);
        }
        List<Long> got = new ArrayList<>(offsets(fetch(client, request(member, 0, topic))));
        int[] epoch = {1};
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            got.addAll(offsets(fetch(client, request(member, epoch[0]++))));
            return got.size() == 3;
        });
        assertThat(got).containsExactly(0L, 1L, 2L);
    }

    @Test
    @OwnBroker("a limit of sessions that is soon reached")
    void aSessionMoreThanMayBeIsRefused() throws IOException {
        try (KafkaFixture own = new KafkaFixture(limited(MAX_SESSIONS)); RawKafka connection = new RawKafka(own.port())) {
            for (int i = 0; i < MAX_SESSIONS; i++) {
                assertThat(fetch(connection, request(Uuid.randomUuid().toString(), 0)).error()).isEqualTo(Errors.NONE);
            }
            assertThat(fetch(connection, request(member, 0)).error()).isEqualTo(Errors.SHARE_SESSION_LIMIT_REACHED);
        }
    }

    @Test
    void theLimitsOfAFetchHold() throws IOException {
        Uuid topic = topic("t", 20);
        ShareFetchResponse response = fetch(client, limited(request(member, 0, topic), 7));
        assertThat(offsets(response)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(only(response).acquiredRecords()).extracting(AcquiredRecords::firstOffset).containsExactly(0L);
        assertThat(offsets(fetch(client, limited(request(member, 1), 5)))).containsExactly(7L, 8L, 9L, 10L, 11L);
        assertThat(offsets(fetch(client, limited(request(member, 2), 0)))).isEmpty();
        assertThat(offsets(fetch(client, request(member, 3)))).first().isEqualTo(12L);
    }

    @Test
    @DiffersFromKafka("whole batches are acquired, however large")
    void bytesAndBatchesAreLimitedToo() throws IOException {
        Uuid topic = topic("t", 20);
        ShareFetchResponse response = fetch(client, request(member, 0, topic).setMaxRecords(7).setBatchSize(3));
        assertThat(only(response).acquiredRecords()).extracting(AcquiredRecords::firstOffset).containsExactly(0L, 3L, 6L);
        assertThat(offsets(fetch(client, request(member, 1).setMaxBytes(5)))).containsExactly(7L, 8L);
    }

    static Stream<Arguments> nonsense() {
        return Stream.of(
            Arguments.of(batch(0, 3, ACCEPT), Errors.INVALID_REQUEST),
            Arguments.of(batch(3, 3, ACCEPT), Errors.INVALID_REQUEST),
            Arguments.of(batch(0, Long.MAX_VALUE, ACCEPT), Errors.INVALID_REQUEST),
            Arguments.of(batch(Long.MAX_VALUE, Long.MAX_VALUE, ACCEPT), Errors.INVALID_REQUEST),
            Arguments.of(batch(0, Long.MAX_VALUE - 1, ACCEPT, ACCEPT), Errors.INVALID_REQUEST),
            Arguments.of(batch(1, 0, ACCEPT), Errors.INVALID_REQUEST),
            Arguments.of(batch(0, 0), Errors.INVALID_REQUEST),
            Arguments.of(batch(0, 2, ACCEPT, ACCEPT), Errors.INVALID_REQUEST),
            Arguments.of(batch(0, 0, (byte) 5), Errors.INVALID_REQUEST),
            Arguments.of(batch(0, 0, (byte) -1), Errors.INVALID_REQUEST),
            Arguments.of(batch(0, 0, RENEW), Errors.INVALID_REQUEST));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void nonsenseSettlesNothing(ShareAcknowledgeRequestData.AcknowledgementBatch wrong, Errors error) throws IOException {
        Uuid topic = topic("t", 3);
        fetch(client, request(member, 0, topic));
        assertThat(acknowledge(1, topic, wrong)).isEqualTo(error);
        assertThat(acknowledge(2, topic, batch(0, 2, ACCEPT, RELEASE, ACCEPT))).isEqualTo(Errors.NONE);
        assertThat(acknowledge(3, topic, batch(1, 1, ACCEPT))).isEqualTo(Errors.INVALID_RECORD_STATE);
        assertThat(acknowledge(4, topic, batch(0, 1, ACCEPT))).isEqualTo(Errors.INVALID_RECORD_STATE);
        assertThat(offsets(fetch(client, request(member, 5)))).containsExactly(1L);
    }

    @Test
    void whatIsSaidOfOffsetsBeforeTheFirstThatIsNotSettledIsPassedOver() throws IOException {
        Uuid topic = topic("t", 3);
        fetch(client, request(member, 0, topic));
        assertThat(acknowledge(1, topic, batch(0, 1, ACCEPT))).isEqualTo(Errors.NONE);
        assertThat(acknowledge(2, topic, batch(0, 0, ACCEPT))).isEqualTo(Errors.NONE);
        assertThat(acknowledge(3, topic, batch(0, 1, RELEASE, ACCEPT))).isEqualTo(Errors.NONE);
        assertThat(acknowledge(4, topic, batch(0, 2, RELEASE, RELEASE, ACCEPT))).isEqualTo(Errors.NONE);
        ShareGroupIT.awaitSettled(fixture, group);
        assertThat(offsets(fetch(client, request(member, 5)))).isEmpty();
    }

    @Test
    @DiffersFromKafka("an offset below zero is one before the first that is not settled")
    void noOffsetIsBelowZero() throws IOException {
        Uuid topic = topic("t", 3);
        fetch(client, request(member, 0, topic));
        assertThat(acknowledge(1, topic, batch(-1, 0, ACCEPT))).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void nobodyAcknowledgesForAnother() throws IOException {
        Uuid topic = topic("t", 3);
        String other = Uuid.randomUuid().toString();
        assertThat(offsets(fetch(client, request(other, 0, topic)))).hasSize(3);
        fetch(client, request(member, 0, topic).setMaxWaitMs(200));
        assertThat(acknowledge(1, topic, batch(0, 2, ACCEPT))).isEqualTo(Errors.INVALID_RECORD_STATE);
        ShareFetchResponse owners = fetch(client, acknowledging(request(other, 1, topic), 0, 2, ACCEPT));
        assertThat(Errors.forCode(only(owners).acknowledgeErrorCode())).isEqualTo(Errors.NONE);
    }

    @Test
    void whatIsNotThereIsTold() throws IOException {
        Uuid topic = topic("t", 1);
        ShareFetchRequestData beyond = request(member, 0, topic, Uuid.randomUuid());
        beyond.topics().find(topic).partitions().find(0).setPartitionIndex(0);
        beyond.topics().find(topic).partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(9));
        ShareFetchResponse response = fetch(client, beyond);
        assertThat(offsets(response)).containsExactly(0L);
        assertThat(response.errorCounts()).containsKeys(Errors.UNKNOWN_TOPIC_ID, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    @DiffersFromKafka("any name is taken")
    void namesThatNoSubscriptionCanHaveAreRefused() throws IOException {
        Uuid topic = topic("t", 1);
        assertThat(fetch(client, request(member, 0, topic).setGroupId("")).error()).isEqualTo(Errors.INVALID_GROUP_ID);
        assertThat(fetch(client, request(member, 0, topic).setGroupId("mqtt/device")).error()).isEqualTo(Errors.INVALID_GROUP_ID);
        assertThat(fetch(client, request(member, 0, topic).setGroupId("g".repeat(2000))).error()).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(fetch(client, request("m".repeat(2000), 0, topic)).error()).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    @OwnBroker("a consumer of the core's")
    void recordsOfOtherTopicsHoldUpNothingAndStayAsTheyWere() throws IOException {
        topic("other", UNREAD);
        Uuid topic = topic("t", 3);
        List<Long> got = new ArrayList<>(offsets(fetch(client, request(member, 0, topic).setMaxRecords(5))));
        int[] epoch = {1};
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            got.addAll(offsets(fetch(client, request(member, epoch[0]++).setMaxRecords(5))));
            return got.size() == 3;
        });
        assertThat(got).containsExactly(0L, 1L, 2L);
        Consumer consumer = get(subscription().attach(ConsumerOptions.SHARED, new DeliveryHandler() {
            @Override
            public void onDelivery(Delivery delivery) {
                throw new AssertionError("nothing is asked for by credit");
            }

            @Override
            public void onCancelled(BrokerException cause) {
                // The broker ends with the test.
            }
        }).toCompletableFuture());
        List<Delivery> others = new ArrayList<>();
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            others.addAll(get(consumer.pull(UNREAD, Duration.ofSeconds(1)).toCompletableFuture()));
            return others.size() >= UNREAD;
        });
        assertThat(others).hasSize(UNREAD).allMatch(delivery -> delivery.deliveryCount() == 1);
        assertThat(others).allMatch(delivery -> delivery.topic().name().startsWith("other"));
        assertThat(others).extracting(delivery -> delivery.record().offset())
            .containsExactlyElementsOf(IntStream.range(0, UNREAD).mapToObj(Long::valueOf).toList());
    }
}
