package io.tributary.core.broker;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Retention;
import io.tributary.core.model.Tiering;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** A topic as the metadata store keeps it. */
record TopicEntry(TopicName name, UUID id, TopicConfig config) {
    static final String KEY_PREFIX = "topic/";
    /** Without the compaction. */
    private static final byte FIRST_FORMAT = 1;
    /** Without the tiering. */
    private static final byte SECOND_FORMAT = 2;
    /** Without the rules for records. */
    private static final byte THIRD_FORMAT = 3;
    /** Without the age of segments. */
    private static final byte FOURTH_FORMAT = 4;
    private static final byte FORMAT = 5;

    /** A topic's name has no slash, so that the key is unambiguous. */
    String key() {
        return KEY_PREFIX + name.name() + "/" + name.namespace().name();
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeUTF(name.namespace().name());
            out.writeUTF(name.name());
            out.writeLong(id.getMostSignificantBits());
            out.writeLong(id.getLeastSignificantBits());
            out.writeInt(config.partitions());
            out.writeUTF(config.storage().name());
            out.writeUTF(config.retention().kind().name());
            out.writeLong(config.retention().maxAgeMs());
            out.writeLong(config.retention().maxBytes());
            out.writeUTF(config.compaction().mode().name());
            out.writeLong(config.compaction().minLagMs());
            out.writeLong(config.compaction().tombstoneRetentionMs());
            out.writeDouble(config.compaction().minDirtyRatio());
            out.writeBoolean(config.tiering().enabled());
            out.writeLong(config.tiering().localMaxAgeMs());
            out.writeLong(config.tiering().localMaxBytes());
            out.writeInt(config.segmentBytes());
            out.writeLong(config.segmentMs());
            out.writeInt(config.maxBatchBytes());
            out.writeBoolean(config.records().delayHeaders());
            out.writeBoolean(config.records().appendTime());
            out.writeLong(config.records().beforeMaxMs());
            out.writeLong(config.records().afterMaxMs());
            out.writeInt(config.attributes().size());
            for (Map.Entry<String, String> attribute : config.attributes().entrySet()) {
                out.writeUTF(attribute.getKey());
                out.writeUTF(attribute.getValue());
            }
        } catch (IOException tooLong) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a topic's attribute is too long", tooLong);
        }
        return bytes.toByteArray();
    }

    static TopicEntry decode(byte[] value) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            byte format = in.readByte();
            if (format < FIRST_FORMAT || format > FORMAT) {
                throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a topic's metadata has the unknown format " + format);
            }
            TopicName name = new TopicName(new Namespace(in.readUTF()), in.readUTF());
            UUID id = new UUID(in.readLong(), in.readLong());
            int partitions = in.readInt();
            TopicConfig.Storage storage = TopicConfig.Storage.valueOf(in.readUTF());
            Retention retention = new Retention(Retention.Kind.valueOf(in.readUTF()), in.readLong(), in.readLong());
            Compaction compaction = format == FIRST_FORMAT ? Compaction.OFF
                : new Compaction(Compaction.Mode.valueOf(in.readUTF()), in.readLong(), in.readLong(), in.readDouble());
            Tiering tiering = format <= SECOND_FORMAT ? Tiering.OFF : new Tiering(in.readBoolean(), in.readLong(), in.readLong());
            int segmentBytes = in.readInt();
            long segmentMs = format <= FOURTH_FORMAT ? TopicConfig.DEFAULT_SEGMENT_MS : in.readLong();
            int maxBatchBytes = in.readInt();
            TopicConfig.RecordRules records = format <= THIRD_FORMAT ? TopicConfig.RecordRules.DEFAULT
                : new TopicConfig.RecordRules(in.readBoolean(), in.readBoolean(), in.readLong(), in.readLong());
            Map<String, String> attributes = new HashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                attributes.put(in.readUTF(), in.readUTF());
            }
            return new TopicEntry(name, id,
                new TopicConfig(partitions, storage, retention, compaction, tiering, segmentBytes, segmentMs, maxBatchBytes, records,
                    attributes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
