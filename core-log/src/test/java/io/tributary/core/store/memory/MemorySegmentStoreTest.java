package io.tributary.core.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.Segment;
import io.tributary.core.store.SegmentStore;
import io.tributary.core.store.SegmentStoreContract;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemorySegmentStoreTest extends SegmentStoreContract {
    private static final long MAX_BYTES = 8 << 20;

    @Override
    protected SegmentStore newStore() {
        return new MemorySegmentStore(MAX_BYTES);
    }

    @Test
    void refusesWhatDoesNotFitUntilASegmentGoes() {
        Segment first = store.create(log, 0);
        lane.append(first, List.of(batch(0, 1, "x".repeat(7 << 20))));
        Segment second = store.create(log, 1);
        assertThatThrownBy(() -> lane.append(second, List.of(batch(1, 1, "x".repeat(2 << 20)))))
            .isInstanceOfSatisfying(BrokerException.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
        first.delete();
        lane.append(second, List.of(batch(1, 1, "x".repeat(2 << 20))));
        assertThat(second.endOffset()).isEqualTo(2);
    }
}
