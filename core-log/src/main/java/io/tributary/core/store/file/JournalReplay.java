package io.tributary.core.store.file;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the journal back. It may end in a block that was never acknowledged and is torn; everything else that does not check is refused,
 * because acknowledged records would be lost with it.
 */
final class JournalReplay {
    private static final int SCAN_BYTES = 1 << 20;

    /** A file with the header of its last use; none when it is not whole. */
    private record Found(JournalFile file, JournalFile.@Nullable Header header) {
        long epoch() {
            return header == null ? 0 : header.epoch();
        }
    }

    /** A whole block. */
    private record Block(long epoch, long sequence, long durableBefore, long end, ByteBuffer body) {
    }

    private final Path directory;
    private final List<Found> files = new ArrayList<>();

    /** Opens what there is in the directory. */
    JournalReplay(Disk disk, Path directory) throws IOException {
        this.directory = directory;
        disk.createDirectories(directory);
        try (Stream<Path> paths = Files.list(directory)) {
            for (Path path : paths.filter(p -> p.toString().endsWith(Journal.SUFFIX)).sorted().toList()) {
                JournalFile file = new JournalFile(disk, path);
                files.add(new Found(file, file.readHeader()));
            }
        }
        // They will be used again: a name that could not be made durable may have been left with its file.
        disk.sync(directory);
        files.sort(Comparator.comparingLong(Found::epoch));
        if (!files.isEmpty()) {
            makeDurable(files.get(files.size() - 1));
        }
    }

    /**
     * What is acted upon must not be gone after the next power cut. A killed process may have left the last file's last block, and its
     * header, unforced; all that is before was forced before anything was written behind it. When their force has failed they may be in
     * memory only and pass for written, so they are written again.
     */
    private static void makeDurable(Found last) throws IOException {
        JournalFile.Header header = last.header();
        if (header == null) {
            return;
        }
        JournalFile file = last.file();
        long start = JournalFile.ALIGNMENT;
        long end = start;
        long sequence = header.firstSequence();
        for (Block block = blockAt(file.channel(), end); block != null && block.epoch() == header.epoch()
                && block.sequence() == sequence; block = blockAt(file.channel(), end)) {
            start = end;
            end = block.end();
            sequence++;
        }
        file.writeAgain(0, JournalFile.ALIGNMENT);
        file.writeAgain(start, end);
        file.channel().force(false);
    }

    /** The files, to be used again once a checkpoint has been made. */
    List<JournalFile> files() {
        return files.stream().map(Found::file).toList();
    }

    long lastEpoch() {
        return files.isEmpty() ? 0 : files.get(files.size() - 1).epoch();
    }

    /** Reads the entries of an epoch and all later ones, in the order in which they were written. */
    void read(long fromEpoch, Consumer<JournalEntry> entries) throws IOException {
        List<Found> needed = new ArrayList<>();
        for (Found found : files) {
            if (found.header() == null) {
                refuseIfInUse(found.file());
            } else if (found.epoch() >= fromEpoch) {
                needed.add(found);
            }
        }
        long previous = fromEpoch - 1;
        for (int i = 0; i < needed.size(); i++) {
            JournalFile.Header header = needed.get(i).header();
            if (header != null) {
                if (header.previousEpoch() >= fromEpoch && header.previousEpoch() != previous) {
                    throw damaged(directory, "the file of epoch " + header.previousEpoch() + " is missing");
                }
                JournalFile.Header next = i + 1 < needed.size() ? needed.get(i + 1).header() : null;
                readFile(needed.get(i).file(), header, next, entries);
                previous = header.epoch();
            }
        }
    }

    private static void readFile(JournalFile file, JournalFile.Header header, JournalFile.@Nullable Header next,
            Consumer<JournalEntry> entries) throws IOException {
        boolean limited = next != null && next.previousEpoch() == header.epoch();
        long limit = limited && next != null ? next.previousEnd() : file.channel().size();
        long at = JournalFile.ALIGNMENT;
        long sequence = header.firstSequence();
        while (at < limit) {
            Block block = blockAt(file.channel(), at);
            if (block == null || block.epoch() != header.epoch() || block.sequence() != sequence) {
                if (limited) {
                    throw damaged(file.path(), "no block at position " + at);
                }
                refuseIfDurableBeyond(file, header.epoch(), sequence, at);
                return;
            }
            ByteBuffer body = block.body();
            while (body.hasRemaining()) {
                JournalEntry entry = JournalEntry.read(body);
                if (entry == null) {
                    throw damaged(file.path(), "an entry of the block at position " + at + " does not parse");
                }
                entries.accept(entry);
            }
            at = block.end();
            sequence++;
        }
    }

    /** A torn end is one thing; a broken block before one that was written when the broken one was already durable is another. */
    private static void refuseIfDurableBeyond(JournalFile file, long epoch, long sequence, long brokenAt) throws IOException {
        for (long at = nextMagic(file.channel(), brokenAt + JournalFile.ALIGNMENT); at >= 0;
                at = nextMagic(file.channel(), at + JournalFile.ALIGNMENT)) {
            Block block = blockAt(file.channel(), at);
            if (block != null && block.epoch() == epoch && block.sequence() > sequence && block.durableBefore() > brokenAt) {
                throw damaged(file.path(), "the block at position " + brokenAt + " is broken, and a later one is whole");
            }
        }
    }

    /** A file without a header may be one that was just begun; not if it holds blocks newer than any other's. */
    private void refuseIfInUse(JournalFile file) throws IOException {
        long last = lastEpoch();
        for (long at = nextMagic(file.channel(), JournalFile.ALIGNMENT); at >= 0;
                at = nextMagic(file.channel(), at + JournalFile.ALIGNMENT)) {
            Block block = blockAt(file.channel(), at);
            if (block != null && block.epoch() > last && block.durableBefore() > JournalFile.ALIGNMENT) {
                throw damaged(file.path(), "its header is broken");
            }
        }
    }

    /** The next position, on a boundary, where a block may begin; -1 when there is none. */
    private static long nextMagic(FileChannel channel, long from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SCAN_BYTES);
        for (long at = from; at < channel.size(); at += SCAN_BYTES) {
            bytes.clear();
            int read = Math.max(0, channel.read(bytes, at));
            for (int i = 0; i + Long.BYTES <= read; i += JournalFile.ALIGNMENT) {
                if (bytes.getLong(i) == JournalFile.BLOCK_MAGIC) {
                    return at + i;
                }
            }
        }
        return -1;
    }

    private static @Nullable Block blockAt(FileChannel channel, long at) throws IOException {
        long left = channel.size() - at;
        ByteBuffer header = read(channel, at, JournalFile.BLOCK_HEADER_BYTES);
        if (header == null || header.getLong(0) != JournalFile.BLOCK_MAGIC) {
            return null;
        }
        int length = header.getInt(JournalFile.BODY_LENGTH);
        if (length < 0 || length > left - JournalFile.BLOCK_HEADER_BYTES) {
            return null;
        }
        ByteBuffer whole = read(channel, at, JournalFile.BLOCK_HEADER_BYTES + length);
        if (whole == null || whole.getInt(JournalFile.CRC)
            != JournalFile.crc(whole.slice(JournalFile.BODY_LENGTH, whole.limit() - JournalFile.BODY_LENGTH))) {
            return null;
        }
        return new Block(whole.getLong(JournalFile.EPOCH), whole.getLong(JournalFile.SEQUENCE), whole.getLong(JournalFile.DURABLE_BEFORE),
            at + JournalFile.aligned(whole.limit()), whole.slice(JournalFile.BLOCK_HEADER_BYTES, length));
    }

    private static @Nullable ByteBuffer read(FileChannel channel, long at, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                return null;
            }
        }
        return bytes.flip();
    }

    private static BrokerException damaged(Path path, String what) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, "the journal " + path + " is damaged: " + what);
    }
}
