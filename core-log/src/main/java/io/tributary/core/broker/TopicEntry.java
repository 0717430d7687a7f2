package io.tributary.core.broker;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Retention;
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
    private static final byte FORMAT = 1;

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
            out.writeInt(config.segmentBytes());
            out.writeInt(config.maxBatchBytes());
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
            if (format != FORMAT) {
                throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a topic's metadata has the unknown format " + format);
            }
            TopicName name = new TopicName(new Namespace(in.readUTF()), in.readUTF());
            UUID id = new UUID(in.readLong(), in.readLong());
            int partitions = in.readInt();
            TopicConfig.Storage storage = TopicConfig.Storage.valueOf(in.readUTF());
            Retention retention = new Retention(Retention.Kind.valueOf(in.readUTF()), in.readLong(), in.readLong());
            int segmentBytes = in.readInt();
            int maxBatchBytes = in.readInt();
            Map<String, String> attributes = new HashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                attributes.put(in.readUTF(), in.readUTF());
            }
            return new TopicEntry(name, id, new TopicConfig(partitions, storage, retention, segmentBytes, maxBatchBytes, attributes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
