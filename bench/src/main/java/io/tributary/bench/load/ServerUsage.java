package io.tributary.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What a process has used so far, as Linux counts it (proc(5)).
 *
 * @param cpuSeconds   user and system time
 * @param writtenBytes that the process made dirty and that were not deleted before they reached the disk
 */
public record ServerUsage(double cpuSeconds, long writtenBytes) {
    /** Linux gives times to user space in hundredths of a second, whatever its own clock. */
    private static final double TICKS_PER_SECOND = 100;
    private static final int UTIME_AFTER_NAME = 11;
    private static final long QUIET_WINDOW_MS = 250;
    private static final double QUIET_CPU_SECONDS = 0.03;
    private static final long QUIET_TIMEOUT_MS = 5000;

    /** Reads the figures of a running process. */
    public static ServerUsage of(long pid) {
        try {
            Path directory = Path.of("/proc", Long.toString(pid));
            return new ServerUsage(cpuSeconds(Files.readString(directory.resolve("stat"))),
                writtenBytes(Files.readAllLines(directory.resolve("io"))));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the usage of process " + pid, e);
        }
    }

    /**
     * Reads the figures once the process has come to rest, so that what it does behind the answers is counted too; after five seconds at
     * the latest.
     */
    public static ServerUsage atRest(long pid) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_TIMEOUT_MS);
        ServerUsage before = of(pid);
        while (true) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(QUIET_WINDOW_MS));
            ServerUsage now = of(pid);
            if (now.cpuSeconds - before.cpuSeconds < QUIET_CPU_SECONDS || System.nanoTime() > deadline) {
                return now;
            }
            before = now;
        }
    }

    /** Peak resident memory in bytes; zero when the process has gone. */
    public static long peakResidentBytes(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
            return 0;
        } catch (IOException gone) {
            return 0;
        }
    }

    /** What was used since an earlier reading. */
    public ServerUsage since(ServerUsage earlier) {
        return new ServerUsage(cpuSeconds - earlier.cpuSeconds, writtenBytes - earlier.writtenBytes);
    }

    static double cpuSeconds(String stat) {
        // The name in parentheses may hold spaces and parentheses itself.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME_AFTER_NAME]) + Long.parseLong(fields[UTIME_AFTER_NAME + 1])) / TICKS_PER_SECOND;
    }

    static long writtenBytes(List<String> io) {
        long written = 0;
        for (String line : io) {
            if (line.startsWith("write_bytes:")) {
                written += Long.parseLong(line.substring(line.indexOf(' ') + 1));
            } else if (line.startsWith("cancelled_write_bytes:")) {
                written -= Long.parseLong(line.substring(line.indexOf(' ') + 1));
            }
        }
        return written;
    }
}
