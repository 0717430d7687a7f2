package io.tributary.core.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** An offset of a log as a small text file beside its segments. Written to the page cache. */
enum OffsetFile {
    /** The log's start, for a store that has no journal to put it in. The checkpoint takes it over. */
    START("start"),
    /** How far the log is compacted: a hint, without which the next pass begins at the log's start. */
    COMPACTED("compacted");

    private final String name;

    OffsetFile(String name) {
        this.name = name;
    }

    /** The offset, or 0 when there is no such file. */
    long read(Path directory) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            return 0;
        }
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (NumberFormatException e) {
            throw new IOException(file + " does not hold an offset", e);
        }
    }

    void write(Disk disk, Path directory, long offset) throws IOException {
        disk.createDirectories(directory);
        disk.replace(directory.resolve(name), ByteBuffer.wrap((offset + "\n").getBytes(StandardCharsets.US_ASCII)), false);
    }
}
