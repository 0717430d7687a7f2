package io.tributary.bench.run;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What this process and its files take. */
final class Footprint {
    private static final long BYTES_PER_KB = 1024;

    private Footprint() {
    }

    /** In use after a collection. */
    static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * BYTES_PER_KB;
            }
        }
        return 0;
    }

    static long fileBytes(Path directory) throws IOException {
        long size = 0;
        if (Files.exists(directory)) {
            List<Path> files;
            try (Stream<Path> walk = Files.walk(directory)) {
                files = walk.filter(Files::isRegularFile).toList();
            }
            for (Path file : files) {
                try {
                    size += Files.size(file);
                } catch (NoSuchFileException compactedMeanwhile) {
                    // It is counted no more.
                }
            }
        }
        return size;
    }
}
