package io.tributary.core.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An offset of a log as a small text file beside its segments. */
enum OffsetFile {
    /** The log's start, for a store that has no journal to put it in. The checkpoint takes it over. Durable when it is written. */
    START("start", true),
    /** How far the log is compacted: a hint, without which the next pass begins at the log's start. Written to the page cache. */
    COMPACTED("compacted", false);

    private static final Logger LOG = LoggerFactory.getLogger(OffsetFile.class);

    private final String name;
    private final boolean forced;

    OffsetFile(String name, boolean forced) {
        this.name = name;
        this.forced = forced;
    }

    /** The offset, or 0 when there is no such file. */
    long read(Path directory) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            return 0;
        }
        try {
            return Long.parseLong(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip());
        } catch (NumberFormatException e) {
            if (!forced) {
                LOG.warn("{} does not hold an offset and is not used", file);
                return 0;
            }
            throw new IOException(file + " does not hold an offset", e);
        }
    }

    void write(Disk disk, Path directory, long offset) throws IOException {
        disk.createDirectories(directory);
        disk.replace(directory.resolve(name), ByteBuffer.wrap((offset + "\n").getBytes(StandardCharsets.US_ASCII)), forced);
    }
}
