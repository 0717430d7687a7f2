package io.tributary.core.subscription.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CursorStateTest {
    private static PendingOffsets pending() {
        PendingOffsets pending = new PendingOffsets();
        pending.add(3);
        pending.add(70);
        return pending;
    }

    @Test
    void isReadAsItWasWritten() {
        CursorState state = CursorState.decode(new CursorState(100, 50, pending(), Map.of(3L, 2), 4).encode());
        assertThat(state.scanned()).isEqualTo(100);
        assertThat(state.takenTo()).isEqualTo(50);
        assertThat(state.suspectBelow()).isEqualTo(4);
        assertThat(state.pending().encode()).isEqualTo(pending().encode());
        assertThat(state.deliveries()).isEqualTo(Map.of(3L, 2));
    }

    @Test
    void ofTheFirstFormatHasTakenAllThatItHasDecided() {
        byte[] offsets = pending().encode();
        ByteBuffer buffer = ByteBuffer.allocate(100 + offsets.length);
        buffer.put((byte) 1).putLong(100).putLong(4).putInt(offsets.length).put(offsets).putInt(1).putLong(3).putInt(2);
        CursorState state = CursorState.decode(buffer.array());
        assertThat(state.scanned()).isEqualTo(100);
        assertThat(state.takenTo()).isEqualTo(100);
        assertThat(state.suspectBelow()).isEqualTo(4);
        assertThat(state.pending().encode()).isEqualTo(offsets);
        assertThat(state.deliveries()).isEqualTo(Map.of(3L, 2));
    }

    @Test
    void ofAnUnknownFormatIsRefused() {
        byte[] bytes = CursorState.startingAt(0).encode();
        bytes[0] = 99;
        assertThatThrownBy(() -> CursorState.decode(bytes)).isInstanceOf(BrokerException.class)
            .extracting(e -> ((BrokerException) e).code()).isEqualTo(ErrorCode.STORAGE_FAILURE);
    }
}
