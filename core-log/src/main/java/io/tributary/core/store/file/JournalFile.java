package io.tributary.core.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of the journal. It is used again and again, each time in a new epoch; whatever carries another epoch is left from before.
 *
 * <p>A header in the first 512 bytes tells the epoch and up to where the file of the epoch before is valid. Blocks follow, each on a
 * boundary of 512 bytes: magic (8), CRC-32C of all that follows (4), length of the body (4), epoch (8), sequence number (8), the position
 * before which the file was durable when the block was written (8), the body (entries), zeros up to the boundary.
 */
final class JournalFile {
    static final int ALIGNMENT = 512;
    static final int BLOCK_HEADER_BYTES = 40;
    static final long BLOCK_MAGIC = 0x54524942424c4f43L;
    static final int CRC = 8;
    static final int BODY_LENGTH = 12;
    static final int EPOCH = 16;
    static final int SEQUENCE = 24;
    static final int DURABLE_BEFORE = 32;

    private static final long FILE_MAGIC = 0x545249424a4e4c31L;
    private static final int FILE_HEADER_BYTES = 48;
    private static final int ZEROS_BYTES = ALIGNMENT;
    /** A file grows by this much at a time; it is used again as it is. */
    private static final int FILL_BYTES = 1 << 20;
    /** Filled page by page: what is written in one piece the kernel may keep, and write again, as one. */
    private static final int PAGE_BYTES = 4096;
    private static final ByteBuffer FILL = ByteBuffer.allocateDirect(PAGE_BYTES).asReadOnlyBuffer();

    /**
     * What a file's header says.
     *
     * @param previousEpoch the epoch of the file before, or 0 when there is none to go with
     * @param previousEnd   up to where that file is valid
     */
    record Header(long epoch, long firstSequence, long previousEpoch, long previousEnd) {
    }

    private final Path path;
    private final FileChannel channel;
    private final ByteBuffer blockHeader = ByteBuffer.allocateDirect(BLOCK_HEADER_BYTES);
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
    private Header header = new Header(0, 0, 0, 0);
    private long end;
    /** The file has all its bytes up to here. */
    private long filled;

    JournalFile(Disk disk, Path path) throws IOException {
        this.path = path;
        this.channel = disk.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        this.filled = channel.size();
    }

    Path path() {
        return path;
    }

    long epoch() {
        return header.epoch();
    }

    /** The position of the next block. */
    long end() {
        return end;
    }

    static long aligned(long size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Begins the file anew; durable with the first block. */
    void begin(Header begun) throws IOException {
        header = begun;
        beginAgain();
    }

    /** Writes the header once more, and goes on behind it. */
    void beginAgain() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(FILE_HEADER_BYTES);
        bytes.putLong(FILE_MAGIC).putInt(0).putInt(0).putLong(header.epoch()).putLong(header.firstSequence())
            .putLong(header.previousEpoch()).putLong(header.previousEnd());
        bytes.putInt(CRC, crc(bytes.slice(BODY_LENGTH, FILE_HEADER_BYTES - BODY_LENGTH)));
        write(bytes.flip(), 0);
        end = ALIGNMENT;
    }

    /** The header, or null when the file has none that is whole. */
    @Nullable Header readHeader() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(FILE_HEADER_BYTES);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, bytes.position()) < 0) {
                return null;
            }
        }
        if (bytes.getLong(0) != FILE_MAGIC || bytes.getInt(CRC) != crc(bytes.slice(BODY_LENGTH, FILE_HEADER_BYTES - BODY_LENGTH))) {
            return null;
        }
        return new Header(bytes.getLong(16), bytes.getLong(24), bytes.getLong(32), bytes.getLong(40));
    }

    /**
     * Writes a block behind the others; the end moves with {@link #force} only.
     *
     * @param fileBytes the size that the file will have
     */
    long writeBlock(long sequence, List<ByteBuffer> body, long fileBytes) throws IOException {
        long length = 0;
        for (ByteBuffer part : body) {
            length += part.remaining();
        }
        blockHeader.clear();
        blockHeader.putLong(BLOCK_MAGIC).putInt(0).putInt(Math.toIntExact(length)).putLong(header.epoch()).putLong(sequence).putLong(end)
            .flip();
        CRC32C crc = new CRC32C();
        crc.update(blockHeader.slice(BODY_LENGTH, BLOCK_HEADER_BYTES - BODY_LENGTH));
        for (ByteBuffer part : body) {
            crc.update(part.duplicate());
        }
        blockHeader.putInt(CRC, (int) crc.getValue());
        long size = BLOCK_HEADER_BYTES + length;
        ByteBuffer[] parts = new ByteBuffer[body.size() + 2];
        parts[0] = blockHeader;
        for (int i = 0; i < body.size(); i++) {
            parts[i + 1] = body.get(i).duplicate();
        }
        parts[parts.length - 1] = zeros.clear().limit((int) (aligned(size) - size));
        channel.position(end);
        long left = aligned(size);
        while (left > 0) {
            left -= channel.write(parts);
        }
        long newEnd = end + aligned(size);
        if (newEnd > filled) {
            fillBehind(newEnd, fileBytes);
        }
        return newEnd;
    }

    /** Makes what was written durable; the next block comes at {@code newEnd}. */
    void force(long newEnd) throws IOException {
        channel.force(false);
        end = newEnd;
    }

    /** Grows the file by zeros up to the next step, so that the blocks up to there force no metadata of the file system. */
    private void fillBehind(long newEnd, long fileBytes) {
        long target = Math.max(newEnd, Math.min((newEnd + FILL_BYTES - 1) / FILL_BYTES * FILL_BYTES, fileBytes));
        try {
            for (long at = newEnd; at < target;) {
                at += channel.write(FILL.duplicate().limit((int) Math.min(PAGE_BYTES - at % PAGE_BYTES, target - at)), at);
            }
            filled = target;
        } catch (IOException noRoom) {
            // The block is written, which is what counts; the next one tries again.
            filled = newEnd;
        }
    }

    /** Writes a part once more, as far as the file goes. */
    void writeAgain(long from, long to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, Math.min(to, channel.size()) - from));
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new IOException(path + " ends before " + to);
            }
        }
        write(bytes.flip(), from);
    }

    FileChannel channel() {
        return channel;
    }

    void close() throws IOException {
        channel.close();
    }

    private void write(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
