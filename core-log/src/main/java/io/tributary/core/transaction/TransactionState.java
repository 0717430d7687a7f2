package io.tributary.core.transaction;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.transaction.Acknowledgements.Acked;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What is written down of a transaction, under the identifier of its producer.
 *
 * @param committed  whether it is decided; otherwise it is to be aborted when its process has ended
 * @param partitions that may hold records of it
 * @param acked      once it is decided
 */
record TransactionState(boolean committed, List<Participant> partitions, List<Acked> acked) {
    private static final int VERSION = 1;

    /** A partition of a topic. */
    record Participant(UUID topic, int partition) {
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeBoolean(committed);
            out.writeInt(partitions.size());
            for (Participant participant : partitions) {
                write(out, participant.topic);
                out.writeInt(participant.partition);
            }
            out.writeInt(acked.size());
            for (Acked each : acked) {
                write(out, each.subscription());
                write(out, each.topic());
                out.writeInt(each.partition());
                out.writeInt(each.offsets().length);
                for (long offset : each.offsets()) {
                    out.writeLong(offset);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The inverse of {@link #encode}; fails with STORAGE_FAILURE. */
    static TransactionState decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a transaction was written in format " + version);
            }
            boolean committed = in.readBoolean();
            List<Participant> partitions = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                partitions.add(new Participant(readUuid(in), in.readInt()));
            }
            List<Acked> acked = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                acked.add(new Acked(readUuid(in), readUuid(in), in.readInt(), readOffsets(in)));
            }
            return new TransactionState(committed, partitions, acked);
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "what was written of a transaction cannot be read", e);
        }
    }

    private static long[] readOffsets(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > in.available() / Long.BYTES) {
            throw new IOException("it claims " + count + " offsets");
        }
        long[] offsets = new long[count];
        for (int i = 0; i < count; i++) {
            offsets[i] = in.readLong();
        }
        return offsets;
    }

    private static void write(DataOutputStream out, UUID uuid) throws IOException {
        out.writeLong(uuid.getMostSignificantBits());
        out.writeLong(uuid.getLeastSignificantBits());
    }

    private static UUID readUuid(DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }
}
