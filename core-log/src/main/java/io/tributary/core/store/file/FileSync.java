package io.tributary.core.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes small files so that a crash leaves the old one or the new one. */
final class FileSync {
    private static final String TEMPORARY = ".tmp";

    private FileSync() {
    }

    /** Makes the names in a directory durable. */
    static void directory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Puts a file in the place of another.
     *
     * @param forced whether it is durable on return
     */
    static void replace(Path path, ByteBuffer contents, boolean forced) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            while (contents.hasRemaining()) {
                channel.write(contents);
            }
            if (forced) {
                channel.force(true);
            }
        }
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (forced) {
            Path parent = path.toAbsolutePath().getParent();
            if (parent != null) {
                directory(parent);
            }
        }
    }
}
