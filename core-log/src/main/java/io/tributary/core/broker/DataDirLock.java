package io.tributary.core.broker;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a second process off a data directory. */
final class DataDirLock implements AutoCloseable {
    private final FileChannel channel;

    private DataDirLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Makes the directory if need be, and locks it; fails with STORAGE_FAILURE. */
    static DataDirLock acquire(Path directory) {
        FileChannel channel = null;
        try {
            makeDurably(directory.toAbsolutePath());
            channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) != null) {
                return new DataDirLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            close(channel);
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot use the data directory " + directory + ": " + reason(e), e);
        }
        throw new BrokerException(ErrorCode.STORAGE_FAILURE, "the data directory " + directory + " is in use by another process");
    }

    /** Some exceptions of the file system have the path as their message, and nothing else. */
    private static @Nullable String reason(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return "no permission to write " + denied.getFile();
        }
        return e instanceof FileAlreadyExistsException exists ? exists.getFile() + " is no directory" : e.getMessage();
    }

    /** A new directory whose name a power cut takes away would take everything in it away too. */
    private static void makeDurably(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent == null || Files.isDirectory(directory)) {
            return;
        }
        makeDurably(parent);
        Files.createDirectory(directory);
        try (FileChannel names = FileChannel.open(parent, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ourOwn) {
            return null;
        }
    }

    @Override
    public void close() {
        close(channel);
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // Nothing was written to it; the process's end frees the lock too.
        }
    }
}
