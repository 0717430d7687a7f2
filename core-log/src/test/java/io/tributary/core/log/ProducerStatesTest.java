package io.tributary.core.log;

import static io.tributary.core.log.LogFixture.assertFails;
import static io.tributary.core.log.LogFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicConfig;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProducerStatesTest {
    private enum Stop { NONE, RESTART, KILL }

    private final LogFixture fixture = new LogFixture(TestBroker.start(), TopicConfig.ofPartitions(1).withSegmentBytes(600));

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @EnumSource(Stop.class)
    void answersARepetitionWithTheFirstOffsetsAlsoAfterARestart(Stop stop) {
        for (int i = 0; i < 20; i++) {
            assertThat(get(append(7, 0, 2 * i, "a" + i, "b" + i).durable())).isEqualTo(new AppendResult(2L * i, 2L * i + 1, false));
        }
        interrupt(stop);
        assertThat(get(append(7, 0, 38, "a19", "b19").durable())).isEqualTo(new AppendResult(38, 39, true));
        if (stop == Stop.RESTART) {
            // A snapshot holds a producer's last batch only, as in Kafka: what came before is known as a repetition, without its offsets.
            assertFails(append(7, 0, 32, "a16", "b16").durable(), ErrorCode.DUPLICATE_SEQUENCE);
        } else {
            assertThat(get(append(7, 0, 32, "a16", "b16").durable())).isEqualTo(new AppendResult(32, 33, true));
        }
        assertFails(append(7, 0, 2, "a1", "b1").durable(), ErrorCode.DUPLICATE_SEQUENCE);
        assertFails(append(7, 0, 42, "gap").durable(), ErrorCode.OUT_OF_ORDER_SEQUENCE);
        assertThat(get(append(7, 0, 40, "next").durable())).isEqualTo(new AppendResult(40, 40, false));
        assertThat(fixture.partition().highWatermark()).isEqualTo(41);
    }

    @ParameterizedTest
    @EnumSource(Stop.class)
    void fencesAnOlderInstance(Stop stop) {
        get(append(7, 1, 0, "a").durable());
        interrupt(stop);
        assertFails(append(7, 0, 1, "b").durable(), ErrorCode.FENCED_PRODUCER);
        assertThat(get(append(7, 2, 0, "c").durable()).baseOffset()).isEqualTo(1);
        assertFails(append(7, 3, 5, "a new instance begins at 0").durable(), ErrorCode.OUT_OF_ORDER_SEQUENCE);
    }

    @Test
    void seesARepetitionOfWhatIsStillUnderWay() {
        Append first = append(9, 0, 0, "a");
        Append again = append(9, 0, 0, "a");
        assertThat(get(first.durable())).isEqualTo(new AppendResult(0, 0, false));
        assertThat(get(again.durable())).isEqualTo(new AppendResult(0, 0, true));
        assertThat(fixture.values()).containsExactly("a");
    }

    @Test
    void keepsWhatItKnowsWhenTheLogIsEmptied() {
        get(append(7, 0, 0, "a").durable());
        get(fixture.partition().deleteBefore(1));
        fixture.broker.restart();
        assertThat(get(append(7, 0, 0, "a").durable()).duplicate()).isTrue();
    }

    private void interrupt(Stop stop) {
        switch (stop) {
            case RESTART -> fixture.broker.restart();
            case KILL -> fixture.broker.kill();
            case NONE -> assertThat(fixture.partition().highWatermark()).isPositive();
        }
    }

    private Append append(long producer, int epoch, int sequence, String... values) {
        return fixture.partition().append(TestBatches.idempotent(CompressionType.NONE, 1, producer, (short) epoch, sequence, values));
    }
}
