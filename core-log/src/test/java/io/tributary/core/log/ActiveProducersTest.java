package io.tributary.core.log;

import static io.tributary.core.log.LogFixture.assertFails;
import static io.tributary.core.log.LogFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.producer.ActiveProducer;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActiveProducersTest {
    private static final long NOW = 1_700_000_000_000L;

    @TempDir
    private Path directory;

    private LogFixture open() {
        return new LogFixture(TestBroker.start(directory, settings -> settings.withClock(() -> Instant.ofEpochMilli(NOW))),
            TopicConfig.ofPartitions(1));
    }

    @Test
    void tellsOfEachProducersSequenceAndOpenTransactionAlsoAfterARestart() {
        try (LogFixture fixture = open()) {
            assertThat(get(fixture.partition().activeProducers())).isEmpty();
            TransactionFixture log = new TransactionFixture(fixture);
            get(fixture.partition().append(TestBatches.of("of no producer")).durable());
            log.write(7, "k", "ended");
            log.write(8, "k", "open");
            log.write(8, "k", "open");
            log.commit(7);
            for (int i = 0; i < 2; i++) {
                assertThat(get(fixture.partition().activeProducers())).containsExactlyInAnyOrder(
                    new ActiveProducer(7, (short) 0, OptionalInt.of(0), NOW, TransactionFixture.COORDINATOR, OptionalLong.empty()),
                    new ActiveProducer(8, (short) 0, OptionalInt.of(1), NOW, -1, OptionalLong.of(2)));
                fixture.broker.restart();
            }
        }
    }

    @Test
    void aDeletedPartitionTellsOfNobody() {
        try (LogFixture fixture = open()) {
            Partition partition = fixture.partition();
            get(fixture.broker.broker().topics().delete(partition.id().topic()));
            assertFails(partition.activeProducers(), ErrorCode.CLOSED);
        }
    }

    @Test
    void theNamespacesAreThoseThatHaveTopics() {
        try (LogFixture fixture = open()) {
            TopicName elsewhere = new TopicName(new Namespace("elsewhere"), "t");
            get(fixture.broker.broker().topics().create(elsewhere, TopicConfig.ofPartitions(1)));
            assertThat(fixture.broker.broker().topics().namespaces()).containsExactlyInAnyOrder(Namespace.DEFAULT, elsewhere.namespace());
            get(fixture.broker.broker().topics().delete(elsewhere));
            assertThat(fixture.broker.broker().topics().namespaces()).containsExactly(Namespace.DEFAULT);
        }
    }
}
