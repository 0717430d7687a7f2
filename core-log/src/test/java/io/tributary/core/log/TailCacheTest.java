package io.tributary.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.batch.BatchBuilder;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.Headers;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TailCacheTest {
    private static final int ALL = Integer.MAX_VALUE;
    private static final int VALUE_BYTES = 1 << 20;
    /** More than a log goes on to be kept for a reader who does not come back. */
    private static final int MANY = 40;

    private final TailCache cache = new TailCache(Long.MAX_VALUE);
    private final TailWindow window = new TailWindow();

    @Test
    void keepsNothingOfALogThatNobodyReads() {
        append(0);
        assertThat(window.read(0, ALL, ALL)).isNull();
    }

    @Test
    void keepsWhatIsAppendedWhileAReaderIsNearTheEnd() {
        append(0);
        window.nearEnd();
        append(1);
        append(2);
        assertThat(window.read(0, ALL, ALL)).isNull();
        assertThat(window.read(1, ALL, ALL)).hasSize(2);
    }

    @Test
    void keepsNoMoreForAReaderWhoDoesNotComeBack() {
        window.nearEnd();
        for (int offset = 0; offset < MANY; offset++) {
            append(offset);
        }
        assertThat(window.read(0, ALL, ALL)).isNotNull();
        assertThat(window.read(MANY - 1, ALL, ALL)).isNull();
    }

    @Test
    void keepsForAReaderAsLongAsItFindsSomething() {
        window.nearEnd();
        for (int offset = 0; offset < MANY; offset++) {
            append(offset);
            assertThat(window.read(offset, ALL, ALL)).hasSize(1);
        }
    }

    private void append(long offset) {
        BatchBuilder builder = new BatchBuilder();
        builder.add(0, null, new byte[VALUE_BYTES], Headers.EMPTY);
        ByteBuffer batch = builder.build();
        BatchHeader.place(batch, 0, offset, 0);
        cache.offer(window, new TailWindow.Run(offset, offset + 1, batch));
    }
}
