package io.tributary.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServerUsageTest {
    @Test
    void readsUserAndSystemTimeBehindANameWithSpacesAndParentheses() {
        String stat = "42 (a) b (c)) S 1 42 42 0 -1 4194560 100 0 0 0 250 75 0 0 20 0 1 0 100 0 0";
        assertThat(ServerUsage.cpuSeconds(stat)).isEqualTo(3.25);
    }

    @Test
    void leavesOutWhatWasDeletedBeforeItWasWritten() {
        assertThat(ServerUsage.writtenBytes(List.of("wchar: 9", "write_bytes: 4096", "cancelled_write_bytes: 1024"))).isEqualTo(3072);
    }

    @Test
    void readsItsOwnProcess() {
        long pid = ProcessHandle.current().pid();
        assertThat(ServerUsage.of(pid).cpuSeconds()).isPositive();
        assertThat(ServerUsage.peakResidentBytes(pid)).isPositive();
    }
}
