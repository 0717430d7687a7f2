package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.batch.TransactionMarker;
import io.tributary.core.model.TopicName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Kafka's consumer with either isolation level, over transactions that are put into the log without a coordinator. */
@OwnBroker("transactions that are put into the log without a coordinator")
class ReadCommittedIT {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    @Test
    void seesWhatItsIsolationLevelAllows() {
        try (KafkaFixture fixture = new KafkaFixture()) {
            fixture.createTopic("t", 1);
            Topic topic = fixture.broker().broker().topics().find(TopicName.of("t"));
            assertThat(topic).isNotNull();
            Partition log = topic.partition(0);
            write(log, 1, 0, "aborted");
            write(log, 2, 0, "committed");
            end(log, 1, false);
            write(log, 1, 1, "committed later");
            end(log, 2, true);
            end(log, 1, true);
            write(log, 3, 0, "open");
            assertThat(read(fixture, "read_committed")).containsExactly("committed", "committed later");
            assertThat(read(fixture, "read_uncommitted")).containsExactly("aborted", "committed", "committed later", "open");
            assertThat(latest(fixture, IsolationLevel.READ_COMMITTED)).isEqualTo(6);
            assertThat(latest(fixture, IsolationLevel.READ_UNCOMMITTED)).isEqualTo(7);
            fixture.broker().kill();
            assertThat(read(fixture, "read_committed")).containsExactly("committed", "committed later");
        }
    }

    private static void write(Partition log, long producer, int sequence, String value) {
        get(log.appendInTransaction(TestBatches.transactional(producer, 0, sequence, List.of(Map.entry("k", value)))).durable()
            .toCompletableFuture());
    }

    private static void end(Partition log, long producer, boolean commit) {
        get(log.appendAsCoordinator(TransactionMarker.of(1000, producer, (short) 0, commit, 0), (short) 0).durable()
            .toCompletableFuture());
    }

    private static long latest(KafkaFixture fixture, IsolationLevel level) {
        return get(fixture.admin().listOffsets(Map.of(PARTITION, OffsetSpec.latest()), new ListOffsetsOptions(level))
            .partitionResult(PARTITION)).offset();
    }

    /** From the first record to where the level's end is. */
    private static List<String> read(KafkaFixture fixture, String isolation) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = fixture.consumer(Map.of("isolation.level", isolation))) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = isolation.equals("read_committed") ? 6 : 7;
            long giveUp = System.nanoTime() + KafkaFixture.PATIENCE.toNanos();
            while (consumer.position(PARTITION) < end && System.nanoTime() < giveUp) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }
}
