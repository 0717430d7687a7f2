package io.tributary.core.subscription.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorStateTest {
    private static PendingOffsets pending() {
        PendingOffsets pending = new PendingOffsets();
        pending.add(3);
        pending.add(70);
        return pending;
    }

    private static void assertSame(CursorState state, CursorState expected) {
        assertThat(state).usingRecursiveComparison().ignoringFields("levels").isEqualTo(expected);
        assertThat(state.levels()).hasSameSizeAs(expected.levels());
        for (int i = 0; i < expected.levels().size(); i++) {
            CursorState.Level level = state.levels().get(i);
            assertThat(level.number()).isEqualTo(expected.levels().get(i).number());
            assertThat(level.takenTo()).isEqualTo(expected.levels().get(i).takenTo());
            assertThat(level.pending().encode()).isEqualTo(expected.levels().get(i).pending().encode());
        }
    }

    @Test
    void isReadAsItWasWritten() {
        CursorState one = new CursorState(100, 120, List.of(new CursorState.Level(0, 50, pending())), Map.of(3L, 2), 4);
        assertSame(CursorState.decode(one.encode()), one);
        CursorState several = new CursorState(100, 120, List.of(new CursorState.Level(0, 100, new PendingOffsets()),
            new CursorState.Level(9, 110, pending()), new CursorState.Level(255, 120, pending())), Map.of(3L, 2, 70L, 1), 0);
        assertSame(CursorState.decode(several.encode()), several);
        CursorState none = CursorState.startingAt(7);
        assertSame(CursorState.decode(none.encode()), none);
    }

    @ParameterizedTest
    @ValueSource(bytes = {1, 2})
    void ofAnEarlierFormatHasOneLevel(byte format) {
        byte[] offsets = pending().encode();
        ByteBuffer buffer = ByteBuffer.allocate(100 + offsets.length);
        buffer.put(format).putLong(100);
        if (format == 2) {
            buffer.putLong(50);
        }
        buffer.putLong(4).putInt(offsets.length).put(offsets).putInt(1).putLong(3).putInt(2);
        // The first has taken all that it has decided.
        assertSame(CursorState.decode(buffer.array()),
            new CursorState(100, 100, List.of(new CursorState.Level(0, format == 2 ? 50 : 100, pending())), Map.of(3L, 2), 4));
    }

    @Test
    void keepsNothingThatTheLogDoesNotHave() {
        CursorState state = new CursorState(100, 120, List.of(new CursorState.Level(1, 110, pending())), Map.of(), 4);
        PendingOffsets rest = new PendingOffsets();
        rest.add(70);
        assertSame(state.within(50, 80, true), new CursorState(80, 80, List.of(new CursorState.Level(1, 80, rest)), Map.of(), 80));
    }

    @Test
    void ofAnUnknownFormatIsRefused() {
        byte[] bytes = CursorState.startingAt(0).encode();
        bytes[0] = 99;
        assertThatThrownBy(() -> CursorState.decode(bytes)).isInstanceOf(BrokerException.class)
            .extracting(e -> ((BrokerException) e).code()).isEqualTo(ErrorCode.STORAGE_FAILURE);
    }
}
