package io.tributary.protocol.kafka.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.Test;

class OpenTransactionsTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final TopicPartition OTHER = new TopicPartition("t", 1);
    private static final ProducerIdentity PRODUCER = new ProducerIdentity(7, (short) 2);

    private final OpenTransactions open = new OpenTransactions();

    private void begin() {
        open.open(new TransactionMetadata("id", PRODUCER.id(), -1, -1, PRODUCER.epoch(), (short) -1, 1_000, TransactionState.ONGOING,
            Set.of(PARTITION), 0, 0, TransactionVersion.TV_2));
    }

    private static Claim claim(String id, int epoch, TopicPartition... partitions) {
        return Claim.verifying(id, new ProducerIdentity(PRODUCER.id(), (short) epoch), Set.of(partitions));
    }

    @Test
    void onlyTheTransactionsProducerGoesInAndOnlyToItsPartitions() {
        assertThat(open.enter(claim("id", 2, PARTITION))).as("before it is open").isFalse();
        begin();
        assertThat(open.enter(claim("id", 1, PARTITION))).isFalse();
        assertThat(open.enter(claim("another id", 2, PARTITION))).isFalse();
        assertThat(open.enter(claim("id", 2, PARTITION, OTHER))).isFalse();
        assertThat(open.enter(PRODUCER, OTHER)).isFalse();
        assertThat(open.enter(claim("id", 2, PARTITION))).isTrue();
        assertThat(open.enter(PRODUCER, PARTITION)).isTrue();
    }

    @Test
    void theMarkersWaitForWhoIsInside() {
        AtomicInteger markers = new AtomicInteger();
        begin();
        assertThat(open.enter(claim("id", 2, PARTITION))).isTrue();
        assertThat(open.enter(claim("id", 2, PARTITION))).isTrue();
        open.close(PRODUCER.id(), markers::incrementAndGet);
        assertThat(open.enter(claim("id", 2, PARTITION))).isFalse();
        open.leave(PRODUCER.id());
        assertThat(markers).hasValue(0);
        open.leave(PRODUCER.id());
        assertThat(markers).hasValue(1);
        begin();
        open.close(PRODUCER.id(), markers::incrementAndGet);
        assertThat(markers).as("nobody is inside").hasValue(2);
        open.close(PRODUCER.id(), markers::incrementAndGet);
        assertThat(markers).as("it was not open").hasValue(3);
    }

    @Test
    void nobodyOvertakesAnAppendThatWaits() {
        begin();
        open.enqueue(PRODUCER.id());
        assertThat(open.enter(claim("id", 2, PARTITION))).isFalse();
        open.enqueue(PRODUCER.id());
        open.dequeue(PRODUCER.id());
        assertThat(open.enter(claim("id", 2, PARTITION))).isFalse();
        open.dequeue(PRODUCER.id());
        assertThat(open.enter(claim("id", 2, PARTITION))).isTrue();
    }
}
