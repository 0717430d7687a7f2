package io.tributary.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fetch sessions as KIP-227 has them, request by request. */
@NullUnmarked // what the clients give in maps is there, or the test fails
class FetchSessionIT {
    private static final int PARTITIONS = 3;
    private static final int VERSION = 17;
    private static KafkaFixture fixture;
    private static int topics;

    private final String topic = "sessions-" + topics++;
    private Uuid topicId;
    private KafkaProducer<String, String> producer;
    private RawKafka connection;

    @BeforeAll
    static void startBroker() {
        fixture = new KafkaFixture();
    }

    @AfterAll
    static void stopBroker() {
        fixture.close();
    }

    @BeforeEach
    void start() throws IOException {
        fixture.createTopic(topic, PARTITIONS);
        topicId = KafkaFixture.get(fixture.admin().describeTopics(List.of(topic)).allTopicNames()).get(topic).topicId();
        producer = fixture.producer(Map.of());
        connection = new RawKafka(fixture.port());
    }

    @AfterEach
    void stop() throws IOException {
        connection.close();
    }

    private void publish(int partition, String value) {
        KafkaFixture.get(producer.send(new ProducerRecord<>(topic, partition, null, value)));
    }

    private FetchResponse fetch(int session, int epoch, FetchPartition... partitions) throws IOException {
        return fetch(session, epoch, List.of(), partitions);
    }

    private FetchResponse fetch(int session, int epoch, List<Integer> forgotten, FetchPartition... partitions) throws IOException {
        FetchRequestData request = new FetchRequestData().setMaxWaitMs(0).setMinBytes(1).setMaxBytes(1 << 20).setSessionId(session)
            .setSessionEpoch(epoch);
        if (partitions.length > 0) {
            request.topics().add(new FetchTopic().setTopicId(topicId).setPartitions(List.of(partitions)));
        }
        if (!forgotten.isEmpty()) {
            request.forgottenTopicsData().add(new ForgottenTopic().setTopicId(topicId).setPartitions(forgotten));
        }
        return connection.ask(FetchResponse.class, ApiKeys.FETCH, VERSION, request);
    }

    private static FetchPartition from(int partition, long offset) {
        return new FetchPartition().setPartition(partition).setFetchOffset(offset).setPartitionMaxBytes(1 << 20);
    }

    private FetchResponse begin() throws IOException {
        return fetch(FetchMetadata.INVALID_SESSION_ID, FetchMetadata.INITIAL_EPOCH, from(0, 0), from(1, 0), from(2, 0));
    }

    private static List<Integer> told(FetchResponse response) {
        List<Integer> numbers = new ArrayList<>();
        for (FetchableTopicResponse each : response.data().responses()) {
            each.partitions().forEach(partition -> numbers.add(partition.partitionIndex()));
        }
        return numbers;
    }

    private static PartitionData only(FetchResponse response) {
        assertThat(told(response)).hasSize(1);
        return response.data().responses().get(0).partitions().get(0);
    }

    @Test
    void tellsOnlyWhatIsNews() throws IOException {
        FetchResponse first = begin();
        int session = first.sessionId();
        assertThat(session).isPositive();
        assertThat(told(first)).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(told(fetch(session, 1))).as("nothing has happened").isEmpty();

        publish(1, "x");
        PartitionData data = only(fetch(session, 2));
        assertThat(data.partitionIndex()).isEqualTo(1);
        assertThat(data.records().sizeInBytes()).isPositive();
        assertThat(told(fetch(session, 3, from(1, 1)))).as("what was read is read no more").isEmpty();
    }

    @Test
    void tellsWhenTheLogBeginsLater() throws IOException {
        publish(2, "x");
        int session = begin().sessionId();
        assertThat(told(fetch(session, 1, from(2, 1)))).isEmpty();
        KafkaFixture.get(fixture.admin().deleteRecords(Map.of(new TopicPartition(topic, 2), RecordsToDelete.beforeOffset(1))).all());
        assertThat(only(fetch(session, 2)).logStartOffset()).isEqualTo(1);
    }

    @Test
    void readsNoMoreWhatIsForgotten() throws IOException {
        int session = begin().sessionId();
        assertThat(told(fetch(session, 1, List.of(0)))).isEmpty();
        publish(0, "x");
        publish(2, "y");
        assertThat(told(fetch(session, 2))).containsExactly(2);
        assertThat(fetch(session, 3, List.of(1, 2)).sessionId()).as("without a partition there is no session").isZero();
        assertThat(fetch(session, 4).error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void putsAPartitionThatBroughtRecordsBehindTheOthers() throws IOException {
        int session = begin().sessionId();
        for (int i = 0; i < PARTITIONS; i++) {
            publish(i, "x");
        }
        assertThat(told(fetch(session, 1))).containsExactly(0, 1, 2);
        publish(1, "y");
        assertThat(told(fetch(session, 2, from(0, 1), from(1, 1), from(2, 1)))).containsExactly(1);
        publish(0, "z");
        publish(1, "z");
        publish(2, "z");
        assertThat(told(fetch(session, 3, from(1, 2)))).containsExactly(0, 2, 1);
    }

    @Test
    void refusesAnEpochThatIsNotTheNext() throws IOException {
        int session = begin().sessionId();
        assertThat(fetch(session, 2).error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        assertThat(fetch(session, 1).error()).isEqualTo(Errors.NONE);
        assertThat(fetch(session, 1).error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
    }

    @Test
    void refusesTopicsByNameInASessionByIdentifier() throws IOException {
        int session = begin().sessionId();
        FetchRequestData request = new FetchRequestData().setMaxBytes(1).setSessionId(session).setSessionEpoch(1);
        assertThat(connection.ask(FetchResponse.class, ApiKeys.FETCH, 12, request).error()).isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
    }

    @Test
    void endsAndBeginsAnew() throws IOException {
        int session = begin().sessionId();
        FetchResponse again = fetch(session, FetchMetadata.INITIAL_EPOCH, from(0, 0));
        assertThat(again.sessionId()).isPositive().isNotEqualTo(session);
        assertThat(fetch(session, 1).error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        FetchResponse last = fetch(again.sessionId(), FetchMetadata.FINAL_EPOCH, from(0, 0));
        assertThat(last.sessionId()).isZero();
        assertThat(told(last)).containsExactly(0);
        assertThat(fetch(again.sessionId(), 1).error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void doesNotWaitWhenThereIsNothingToRead() throws IOException {
        int session = begin().sessionId();
        FetchRequestData end = new FetchRequestData().setMaxWaitMs(Integer.MAX_VALUE).setMinBytes(1).setMaxBytes(1 << 20)
            .setSessionId(session).setSessionEpoch(FetchMetadata.FINAL_EPOCH);
        FetchResponse response = connection.ask(FetchResponse.class, ApiKeys.FETCH, VERSION, end);
        assertThat(response.error()).isEqualTo(Errors.NONE);
        assertThat(told(response)).isEmpty();
    }

    @Test
    void outlivesItsConnection() throws IOException {
        int session = begin().sessionId();
        connection.close();
        connection = new RawKafka(fixture.port());
        publish(0, "x");
        assertThat(told(fetch(session, 1))).containsExactly(0);
    }

    /** What the session tells of each partition of a topic that is deleted while it has them. */
    private List<Errors> deleteWhileRead() throws IOException {
        int session = begin().sessionId();
        KafkaFixture.get(fixture.admin().deleteTopics(List.of(topic)).all());
        int[] epoch = {1};
        await().untilAsserted(() -> assertThat(told(fetch(session, epoch[0]++))).hasSize(PARTITIONS));
        FetchResponse response = fetch(session, epoch[0]);
        return response.data().responses().get(0).partitions().stream().map(partition -> Errors.forCode(partition.errorCode())).toList();
    }

    @Test
    void tellsOfATopicThatIsGoneUntilItIsForgotten() throws IOException {
        assertThat(deleteWhileRead()).hasSize(PARTITIONS)
            .allMatch(error -> error == Errors.UNKNOWN_TOPIC_ID || error == Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    @DiffersFromKafka("a session remembers the topic's name, and answers UNKNOWN_TOPIC_OR_PARTITION")
    void tellsThatTheIdentifierOfATopicThatIsGoneIsUnknown() throws IOException {
        assertThat(deleteWhileRead()).containsOnly(Errors.UNKNOWN_TOPIC_ID);
    }
}
