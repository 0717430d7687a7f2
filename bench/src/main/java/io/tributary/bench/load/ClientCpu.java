package io.tributary.bench.load;

import java.lang.ProcessHandle.Info;
import java.time.Duration;

/** What this process itself has used: rates measure the pair of client and server. */
final class ClientCpu {
    private static final double NANOS_PER_SECOND = 1e9;

    private ClientCpu() {
    }

    static double seconds() {
        Info info = ProcessHandle.current().info();
        return info.totalCpuDuration().orElse(Duration.ZERO).toNanos() / NANOS_PER_SECOND;
    }
}
