package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static io.tributary.protocol.kafka.KafkaFixture.poll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do not keep up: others go on without them, and what they do not take is not kept for them. */
class SlowClientIT {
    private static final int PARTITIONS = 4;
    private static final int RECORDS = 8;
    private static final int RECORD_BYTES = 1_000_000;
    private static KafkaProtocol protocol;
    private static KafkaFixture fixture;

    @BeforeAll
    static void start() {
        KafkaProtocol served = new KafkaProtocol(KafkaFixture.CONFIG);
        protocol = served;
        fixture = new KafkaFixture(() -> served);
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aConsumerThatDoesNotPollLosesItsPartitions(String groupProtocol) {
        String topic = "idle-" + groupProtocol;
        fixture.createTopic(topic, PARTITIONS);
        Map<String, Object> group = new HashMap<>(Map.of("group.id", topic, "group.protocol", groupProtocol));
        if (groupProtocol.equals("classic")) {
            group.put("heartbeat.interval.ms", 200);
        }
        KafkaConsumer<String, String> busy = fixture.consumer(group);
        group.put("max.poll.interval.ms", 3_000);
        KafkaConsumer<String, String> idle = fixture.consumer(group);
        idle.subscribe(List.of(topic));
        busy.subscribe(List.of(topic));
        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            idle.poll(Duration.ofMillis(50));
            busy.poll(Duration.ofMillis(50));
            return idle.assignment().size() == PARTITIONS / 2 && busy.assignment().size() == PARTITIONS / 2;
        });

        await().atMost(KafkaFixture.PATIENCE).until(() -> {
            busy.poll(Duration.ofMillis(100));
            return busy.assignment().size() == PARTITIONS;
        });

        get(fixture.producer(Map.of()).send(new ProducerRecord<>(topic, "k", "v")));
        assertThat(poll(busy, 1)).hasSize(1);
        busy.commitSync();
        if (groupProtocol.equals("classic")) {
            assertThatThrownBy(idle::commitSync).isInstanceOf(CommitFailedException.class);
        }
    }

    @Test
    @OwnBroker("its memory")
    void aClientThatDoesNotReadItsSocketHoldsNoMoreThanItsShare() throws IOException {
        fixture.createTopic("large", 1);
        KafkaProducer<String, String> producer = fixture.producer(Map.of());
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            sent.add(producer.send(new ProducerRecord<>("large", Integer.toString(i), "x".repeat(RECORD_BYTES))));
        }
        sent.forEach(KafkaFixture::get);
        try (RawKafka deaf = new RawKafka(fixture.port())) {
            List<RequestHeader> asked = new ArrayList<>();
            for (int i = 0; i < KafkaConfig.DEFAULT.maxInFlightRequests(); i++) {
                asked.add(deaf.sendRequest(ApiKeys.FETCH, 12, all()));
            }
            // All that it has asked for would be half a gigabyte.
            for (int i = 0; i < 200; i++) {
                assertThat(get(producer.send(new ProducerRecord<>("large", 0, "k", "v"))).offset()).isNotNegative();
                assertThat(protocol.memoryTaken()).isLessThan(Runtime.getRuntime().maxMemory() / 4);
            }
            for (RequestHeader header : asked) {
                FetchResponse response = (FetchResponse) AbstractResponse.parseResponse(ByteBuffer.wrap(deaf.receive()), header);
                assertThat(response.data().responses().get(0).partitions().get(0).records().sizeInBytes())
                    .isGreaterThan(RECORDS * RECORD_BYTES);
            }
        }
        await().atMost(KafkaFixture.PATIENCE).untilAsserted(() -> assertThat(protocol.memoryTaken()).isLessThan(1 << 20));
    }

    private static FetchRequestData all() {
        FetchRequestData.FetchPartition partition = new FetchRequestData.FetchPartition().setPartition(0).setFetchOffset(0)
            .setPartitionMaxBytes(Integer.MAX_VALUE);
        return new FetchRequestData().setMaxBytes(Integer.MAX_VALUE).setMaxWaitMs(0).setTopics(List.of(
            new FetchRequestData.FetchTopic().setTopic("large").setPartitions(List.of(partition))));
    }
}
