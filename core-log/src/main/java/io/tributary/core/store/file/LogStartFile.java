package io.tributary.core.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A log's start as a small text file, for a store that has no journal to put it in. The checkpoint takes it over. */
final class LogStartFile {
    private static final String NAME = "start";

    private LogStartFile() {
    }

    /** The start, or 0 when there is no such file. */
    static long read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            return 0;
        }
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (NumberFormatException e) {
            throw new IOException(file + " does not hold an offset", e);
        }
    }

    static void write(Path directory, long startOffset) throws IOException {
        Files.createDirectories(directory);
        FileSync.replace(directory.resolve(NAME), ByteBuffer.wrap((startOffset + "\n").getBytes(StandardCharsets.US_ASCII)), false);
    }
}
