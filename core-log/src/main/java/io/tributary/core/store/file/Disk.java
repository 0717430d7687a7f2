package io.tributary.core.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * What the store changes files and directories through. What was written to a channel is durable once it was forced; a name that was made,
 * moved or deleted stays so once its directory was synced. Safe on any thread.
 */
public interface Disk {
    /** The machine's own. */
    Disk REAL = new Disk() {
        @Override
        public FileChannel open(Path path, OpenOption... options) throws IOException {
            return FileChannel.open(path, options);
        }

        @Override
        public void createDirectories(Path directory) throws IOException {
            Files.createDirectories(directory);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void delete(Path path) throws IOException {
            Files.deleteIfExists(path);
        }

        @Override
        public void sync(Path directory) throws IOException {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    };

    FileChannel open(Path path, OpenOption... options) throws IOException;

    /** Makes a directory, and those above it, where there is none. */
    void createDirectories(Path directory) throws IOException;

    /** Gives a file another name within its directory, in the place of a file that has it. A crash leaves one or the other. */
    void move(Path from, Path to) throws IOException;

    /** Deletes a file or an empty directory, if it is there. */
    void delete(Path path) throws IOException;

    /** Makes the names in a directory durable. */
    void sync(Path directory) throws IOException;

    /**
     * Puts a small file in the place of another, so that a crash leaves the old one or the new one.
     *
     * @param forced whether it is durable on return; otherwise a power cut may leave anything under its name
     */
    default void replace(Path path, ByteBuffer contents, boolean forced) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
        try {
            try (FileChannel channel = open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                while (contents.hasRemaining()) {
                    channel.write(contents);
                }
                if (forced) {
                    channel.force(true);
                }
            }
            move(temporary, path);
        } catch (IOException e) {
            deleteQuietly(temporary, e);
            throw e;
        }
        Path parent = path.toAbsolutePath().getParent();
        if (forced && parent != null) {
            sync(parent);
        }
    }

    private void deleteQuietly(Path path, IOException cause) {
        try {
            // On a full disk it would be in the way.
            delete(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
