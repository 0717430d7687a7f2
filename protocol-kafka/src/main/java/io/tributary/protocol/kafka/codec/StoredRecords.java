package io.tributary.protocol.kafka.codec;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/** Record batches of a response, still where the log keeps them. */
public final class StoredRecords implements BaseRecords {
    public static final StoredRecords EMPTY = new StoredRecords(List.of());

    private final List<Piece> pieces;
    private final int sizeInBytes;

    public StoredRecords(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
        this.sizeInBytes = this.pieces.stream().mapToInt(Piece::sizeInBytes).sum();
    }

    /** Part of the batches. */
    public sealed interface Piece {
        int sizeInBytes();
    }

    /** Bytes in memory, from position to limit, which nobody changes. */
    public record InMemory(ByteBuffer bytes) implements Piece {
        @Override
        public int sizeInBytes() {
            return bytes.remaining();
        }
    }

    /** A range of a file that is open, and not to be closed by the reader. */
    public record InFile(FileChannel channel, long position, int length) implements Piece {
        @Override
        public int sizeInBytes() {
            return length;
        }
    }

    public List<Piece> pieces() {
        return pieces;
    }

    @Override
    public int sizeInBytes() {
        return sizeInBytes;
    }

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("sent by ResponseEncoder, not by Kafka's network layer");
    }
}
