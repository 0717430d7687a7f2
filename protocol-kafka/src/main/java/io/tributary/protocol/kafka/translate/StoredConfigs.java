package io.tributary.protocol.kafka.translate;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.errors.InvalidConfigurationException;

/** Configs that clients have given to something, as a state table keeps them. */
public final class StoredConfigs {
    private StoredConfigs() {
    }

    /** Fails with INVALID_CONFIG for a name or value that is longer than 65,535 bytes. */
    public static byte[] encode(Map<String, String> values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(values.size());
            for (Map.Entry<String, String> entry : values.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeUTF(entry.getValue());
            }
        } catch (IOException tooLong) {
            throw new InvalidConfigurationException("a config is too long to be kept", tooLong);
        }
        return bytes.toByteArray();
    }

    public static Map<String, String> decode(byte[] bytes) {
        Map<String, String> values = new TreeMap<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            for (int left = in.readInt(); left > 0; left--) {
                values.put(in.readUTF(), in.readUTF());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }
}
