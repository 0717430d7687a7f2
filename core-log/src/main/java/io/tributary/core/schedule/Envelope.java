package io.tributary.core.schedule;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A waiting record as the value of a record of the schedule's topic: a format byte, the target topic's identity and name, partition,
 * ordering hint and timestamp as they were asked for, key, value and headers. What is null stays null.
 *
 * @param topicId   the topic that there was when the record was published: one that is made later under the same name is another
 * @param timestamp what the record is to have, or {@link PublishRequest#NOW} for when it is due
 */
record Envelope(UUID topicId, TopicName topic, int partition, int orderingHint, long timestamp, byte @Nullable [] key,
                byte @Nullable [] value, Headers headers) {
    private static final byte FORMAT = 1;
    private static final int NULL = -1;
    private static final int OVERHEAD = 128;

    static Envelope of(UUID topicId, PublishRequest request) {
        return new Envelope(topicId, request.topic(), request.partition(), request.orderingHint(), request.timestamp(), request.key(),
            request.value(), request.headers());
    }

    byte[] encode() {
        int size = OVERHEAD + (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.max(OVERHEAD, size));
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(topicId.getMostSignificantBits());
            out.writeLong(topicId.getLeastSignificantBits());
            out.writeUTF(topic.namespace().name());
            out.writeUTF(topic.name());
            out.writeInt(partition);
            out.writeInt(orderingHint);
            out.writeLong(timestamp);
            write(out, key);
            write(out, value);
            out.writeInt(headers.size());
            for (Header header : headers) {
                write(out, header.name().getBytes(StandardCharsets.UTF_8));
                write(out, header.value());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Fails with STORAGE_FAILURE when it is of another format. */
    static Envelope decode(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length == 0 || bytes[0] != FORMAT) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a waiting record has an unknown format");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 1, bytes.length - 1))) {
            UUID topicId = new UUID(in.readLong(), in.readLong());
            TopicName topic = new TopicName(new Namespace(in.readUTF()), in.readUTF());
            int partition = in.readInt();
            int orderingHint = in.readInt();
            long timestamp = in.readLong();
            byte[] key = read(in);
            byte[] value = read(in);
            int count = in.readInt();
            List<Header> headers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] name = read(in);
                headers.add(new Header(name == null ? "" : new String(name, StandardCharsets.UTF_8), read(in)));
            }
            return new Envelope(topicId, topic, partition, orderingHint, timestamp, key, value, Headers.of(headers));
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a waiting record does not parse", e);
        }
    }

    /** A number for the target topic, read without the rest; 0 for what is of another format. */
    static long target(byte[] bytes) {
        return bytes.length < 1 + 2 * Long.BYTES || bytes[0] != FORMAT ? 0 : target(ByteBuffer.wrap(bytes).getLong(1),
            ByteBuffer.wrap(bytes).getLong(1 + Long.BYTES));
    }

    static long target(UUID topicId) {
        return target(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits());
    }

    private static long target(long most, long least) {
        return most ^ least;
    }

    private static void write(DataOutputStream out, byte @Nullable [] field) throws IOException {
        out.writeInt(field == null ? NULL : field.length);
        if (field != null) {
            out.write(field);
        }
    }

    private static byte @Nullable [] read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length == NULL) {
            return null;
        }
        if (length < 0 || length > in.available()) {
            throw new IOException("a field of " + length + " bytes");
        }
        return in.readNBytes(length);
    }
}
