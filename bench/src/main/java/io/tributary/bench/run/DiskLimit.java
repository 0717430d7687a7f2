package io.tributary.bench.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What the disk itself gives: sequential writes of one size, each followed by a flush of the data (fdatasync), or none. */
final class DiskLimit {
    private static final long DURATION_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int[] SIZES = {1 << 10, 16 << 10, 64 << 10, 1 << 20};
    private static final double BYTES_PER_MB = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private DiskLimit() {
    }

    /** Measures in the directory that the contestants write to, a second for each row. */
    static List<String> measure(Path directory) throws IOException {
        List<String> lines = new ArrayList<>(List.of("", "### The disk: sequential writes", "",
            "| bytes a write | flushed: writes/s | MB/s | not flushed: writes/s | MB/s |", "|---|---|---|---|---|"));
        for (int size : SIZES) {
            double flushed = writesPerSecond(directory, size, true);
            double unflushed = writesPerSecond(directory, size, false);
            lines.add(String.format(Locale.ROOT, "| %,d | %,.0f | %,.1f | %,.0f | %,.1f |", size, flushed, flushed * size / BYTES_PER_MB,
                unflushed, unflushed * size / BYTES_PER_MB));
        }
        return lines;
    }

    /** Writes of one size, one after the other for a second. */
    static double writesPerSecond(Path directory, int size, boolean flush) throws IOException {
        Path file = Files.createTempFile(directory, "disk", ".limit");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(size);
            long start = System.nanoTime();
            long writes = 0;
            while (System.nanoTime() - start < DURATION_NANOS) {
                buffer.clear();
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                if (flush) {
                    channel.force(false);
                }
                writes++;
            }
            return writes / ((System.nanoTime() - start) / NANOS_PER_SECOND);
        } finally {
            Files.delete(file);
        }
    }
}
