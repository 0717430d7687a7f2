package io.tributary.bench.load;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Collects a load generator's figures and prints them. */
final class Figures {
    private static final double BYTES_PER_MB = 1e6;
    private static final double BYTES_PER_GB = 1e9;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MS = 1e6;
    private static final double MILLION = 1e6;

    private final Map<String, Double> values = new LinkedHashMap<>();

    void put(String name, double value) {
        values.put(name, value);
    }

    /** A phase's rates, and what it cost the server. */
    void putPhase(String name, int records, int recordBytes, Phase phase) {
        putPhase(name, records, recordBytes, phase.nanos(), phase.server(), phase.clientCpuSeconds());
    }

    /** A phase's rates, and what it cost the server. */
    void putPhase(String phase, int records, int recordBytes, long nanos, ServerUsage used, double clientCpuSeconds) {
        double bytes = (double) records * recordBytes;
        put(phase + ".records/s", records / (nanos / NANOS_PER_SECOND));
        put(phase + ".MB/s", bytes / BYTES_PER_MB / (nanos / NANOS_PER_SECOND));
        put(phase + ".server-cpu-s/million", used.cpuSeconds() / (records / MILLION));
        put(phase + ".server-cpu-s/GB", used.cpuSeconds() / (bytes / BYTES_PER_GB));
        put(phase + ".client-cpu-s/million", clientCpuSeconds / (records / MILLION));
        put(phase + ".written-bytes/byte", used.writtenBytes() / bytes);
    }

    /** Percentiles of samples in nanoseconds, which are sorted in place. */
    void putLatency(String phase, long[] samples) {
        Arrays.sort(samples);
        put(phase + ".p50-ms", percentile(samples, 0.50) / NANOS_PER_MS);
        put(phase + ".p99-ms", percentile(samples, 0.99) / NANOS_PER_MS);
        put(phase + ".p99.9-ms", percentile(samples, 0.999) / NANOS_PER_MS);
        put(phase + ".max-ms", samples[samples.length - 1] / NANOS_PER_MS);
    }

    private static long percentile(long[] sorted, double fraction) {
        return sorted[Math.min(sorted.length - 1, (int) (sorted.length * fraction))];
    }

    void print() {
        values.forEach((name, value) -> System.out.println(name + "=" + value));
    }
}
