package io.tributary.protocol.mqtt.state;

import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.mqtt.translate.ConnectRequest;
import io.tributary.protocol.mqtt.translate.Publication;
import io.tributary.protocol.mqtt.translate.TopicFilter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes of what is written down. Each begins with the version of its form. */
final class StateCodec {
    private static final int VERSION = 1;

    private StateCodec() {
    }

    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    private static byte[] encode(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            writer.write(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static <T> T decode(byte[] bytes, Reader<T> reader) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IOException("MQTT state of an unknown form " + version);
            }
            return reader.read(in);
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }

    static byte[] session(StoredSession session) {
        return encode(out -> {
            out.writeLong(session.expirySeconds());
            out.writeLong(session.disconnectedAt());
            writeWill(out, session.will());
            out.writeInt(session.filters().size());
            for (FilterOptions options : session.filters()) {
                writeBytes(out, options.filter().text().getBytes(StandardCharsets.UTF_8));
                out.writeByte(options.qos());
                out.writeBoolean(options.noLocal());
                out.writeBoolean(options.retainAsPublished());
                out.writeByte(options.retainHandling());
                out.writeInt(options.identifier());
            }
        });
    }

    static StoredSession session(byte[] bytes) {
        return decode(bytes, in -> {
            long expiry = in.readLong();
            long disconnectedAt = in.readLong();
            ConnectRequest.Will will = readWill(in);
            int count = in.readInt();
            List<FilterOptions> filters = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String text = new String(readBytes(in), StandardCharsets.UTF_8);
                TopicFilter filter = TopicFilter.parse(text);
                if (filter == null) {
                    throw new IOException("a stored topic filter that is none: " + text);
                }
                filters.add(new FilterOptions(filter, in.readByte(), in.readBoolean(), in.readBoolean(), in.readByte(), in.readInt()));
            }
            return new StoredSession(expiry, disconnectedAt, will, filters);
        });
    }

    private static void writeWill(DataOutputStream out, ConnectRequest.@Nullable Will will) throws IOException {
        out.writeBoolean(will != null);
        if (will != null) {
            Publication message = will.publication();
            out.writeLong(will.delaySeconds());
            writeBytes(out, message.path().getBytes(StandardCharsets.UTF_8));
            out.writeByte(message.qos());
            out.writeBoolean(message.retain());
            writeHeaders(out, message.headers());
            writeBytes(out, message.payload());
        }
    }

    private static ConnectRequest.@Nullable Will readWill(DataInputStream in) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        long delay = in.readLong();
        String path = new String(readBytes(in), StandardCharsets.UTF_8);
        int qos = in.readByte();
        boolean retain = in.readBoolean();
        Headers headers = readHeaders(in);
        return new ConnectRequest.Will(new Publication(path, readBytes(in), qos, retain, headers), delay);
    }

    static byte[] delivery(StoredDelivery delivery) {
        return encode(out -> {
            out.writeUTF(delivery.position().topic().namespace().name());
            out.writeUTF(delivery.position().topic().name());
            out.writeInt(delivery.position().partition());
            out.writeLong(delivery.position().offset());
            out.writeShort(delivery.packetId());
            out.writeByte(delivery.phase().code());
            out.writeBoolean(delivery.owned());
        });
    }

    static StoredDelivery delivery(byte[] bytes) {
        return decode(bytes, in -> {
            TopicName topic = new TopicName(new Namespace(in.readUTF()), in.readUTF());
            Position position = new Position(topic, in.readInt(), in.readLong());
            int packetId = in.readUnsignedShort();
            StoredDelivery.Phase phase = StoredDelivery.Phase.of(in.readUnsignedByte());
            if (phase == null) {
                throw new IOException("a stored delivery in an unknown phase");
            }
            return new StoredDelivery(position, packetId, phase, in.readBoolean());
        });
    }

    static byte[] publication(StoredPublication publication) {
        return encode(out -> {
            out.writeShort(publication.packetId());
            out.writeLong(publication.id());
            out.writeLong(publication.since());
        });
    }

    static StoredPublication publication(byte[] bytes) {
        return decode(bytes, in -> new StoredPublication(in.readUnsignedShort(), in.readLong(), in.readLong()));
    }

    private static void writeHeaders(DataOutputStream out, Headers headers) throws IOException {
        out.writeInt(headers.size());
        for (Header header : headers) {
            writeBytes(out, header.name().getBytes(StandardCharsets.UTF_8));
            byte[] value = header.value();
            out.writeBoolean(value != null);
            if (value != null) {
                writeBytes(out, value);
            }
        }
    }

    private static Headers readHeaders(DataInputStream in) throws IOException {
        int count = in.readInt();
        Headers.Builder headers = Headers.builder();
        for (int i = 0; i < count; i++) {
            String name = new String(readBytes(in), StandardCharsets.UTF_8);
            headers.add(name, in.readBoolean() ? readBytes(in) : null);
        }
        return headers.build();
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a stored length out of bounds: " + length);
        }
        return in.readNBytes(length);
    }
}
