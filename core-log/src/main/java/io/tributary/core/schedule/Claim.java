package io.tributary.core.schedule;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.schedule.index.ScheduleKey;
import io.tributary.core.schedule.index.WaitingRow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is about to be appended, written down before: if the process dies, the next one appends the same batches again, by the same producer
 * and with the same sequences, and the logs that have them already say so.
 *
 * @param producerId    the schedule's own idempotent producer
 * @param producerEpoch one higher with every claim, so that every partition's batch begins at sequence 0
 */
record Claim(long producerId, short producerEpoch, List<Group> groups) {
    private static final byte FORMAT = 1;

    /** The records of one batch, in its order. */
    record Group(UUID topicId, int partition, List<WaitingRow> rows) {
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(producerId);
            out.writeShort(producerEpoch);
            out.writeInt(groups.size());
            for (Group group : groups) {
                out.writeLong(group.topicId().getMostSignificantBits());
                out.writeLong(group.topicId().getLeastSignificantBits());
                out.writeInt(group.partition());
                out.writeInt(group.rows().size());
                for (WaitingRow row : group.rows()) {
                    out.write(row.key().toBytes());
                    out.writeLong(row.offset());
                    out.writeInt(row.bytes());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Fails with STORAGE_FAILURE when it is of another format: nothing may be fired then, for it might be fired twice. */
    static Claim decode(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length == 0 || bytes[0] != FORMAT) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a claim of the schedule has an unknown format");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 1, bytes.length - 1))) {
            long producerId = in.readLong();
            short producerEpoch = in.readShort();
            List<Group> groups = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                groups.add(readGroup(in));
            }
            return new Claim(producerId, producerEpoch, groups);
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a claim of the schedule does not parse", e);
        }
    }

    private static Group readGroup(DataInputStream in) throws IOException {
        UUID topicId = new UUID(in.readLong(), in.readLong());
        int partition = in.readInt();
        List<WaitingRow> rows = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            ScheduleKey key = ScheduleKey.ofBytes(in.readNBytes(ScheduleKey.BYTES));
            rows.add(new WaitingRow(key, in.readLong(), in.readInt(), Envelope.target(topicId)));
        }
        return new Group(topicId, partition, rows);
    }
}
