package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Metadata of a million topics: it is told, others are served meanwhile, and the memory for it comes back. */
@OwnBroker("its memory, and its bound of topics that one request makes")
class LargeMetadataIT {
    private static final int NAMES = 1_000_000;
    private static final int MANY = 50_000;
    private static final int MADE_BY_ONE_REQUEST = 1_000;
    private static KafkaProtocol protocol;
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        KafkaProtocol served = new KafkaProtocol(KafkaFixture.CONFIG);
        protocol = served;
        fixture = new KafkaFixture(() -> served);
        fixture.createTopic("undisturbed", 1);
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static MetadataResponse ask(List<MetadataRequestTopic> topics, boolean mayCreate) {
        return (MetadataResponse) new WireClient(fixture.port()).exchange(ApiKeys.METADATA, 9,
            new MetadataRequestData().setTopics(topics).setAllowAutoTopicCreation(mayCreate));
    }

    private static List<MetadataRequestTopic> names(int count) {
        List<MetadataRequestTopic> topics = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            topics.add(new MetadataRequestTopic().setName(Integer.toString(i, Character.MAX_RADIX)));
        }
        return topics;
    }

    /** The bytes of an answer. Kafka's own class of it takes minutes to read so many names, whose hashes are too much alike. */
    private static byte[] raw(List<MetadataRequestTopic> topics) {
        try (RawKafka connection = new RawKafka(fixture.port())) {
            connection.sendRequest(ApiKeys.METADATA, 9, new MetadataRequestData().setTopics(topics).setAllowAutoTopicCreation(false));
            return connection.receive();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aMillionNamesAreAnsweredWhileOthersAreServed() {
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        CompletableFuture<byte[]> asking = CompletableFuture.supplyAsync(() -> raw(names(NAMES)));
        do {
            assertThat(get(producer.send(new ProducerRecord<>("undisturbed", "k", "v"))).offset()).isNotNegative();
        } while (!asking.isDone());
        int withoutContent = 8;
        assertThat(asking.join().length).isGreaterThan(NAMES * withoutContent);
        await().atMost(KafkaFixture.PATIENCE).untilAsserted(() -> assertThat(protocol.memoryTaken()).isLessThan(1 << 20));
    }

    @Test
    void oneNameAskedForOftenTakesNoLonger() {
        byte[] answer = raw(Collections.nCopies(MANY, new MetadataRequestTopic().setName("undisturbed")));
        assertThat(answer.length).isGreaterThan(MANY * "undisturbed".length());
    }

    @Test
    void oneRequestMakesFewTopics() {
        MetadataResponse response = ask(names(3 * MADE_BY_ONE_REQUEST), true);
        assertThat(response.data().topics()).filteredOn(topic -> topic.errorCode() == Errors.NONE.code()).hasSize(MADE_BY_ONE_REQUEST);
        assertThat(get(fixture.admin().listTopics().names())).hasSizeLessThan(2 * MADE_BY_ONE_REQUEST);
    }
}
