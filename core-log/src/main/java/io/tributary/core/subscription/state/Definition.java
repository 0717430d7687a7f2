package io.tributary.core.subscription.state;

import io.tributary.core.model.BacklogLimit;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What the metadata store has of a durable subscription.
 *
 * @param id       tells it from an earlier one of the same name
 * @param bindings those in force
 * @param sources  from where to where bindings take what; a partition that is missing came after its binding
 */
public record Definition(UUID id, SubscriptionName name, SubscriptionConfig config, List<Binding> bindings,
        List<SourceDefinition> sources) {
    public static final String KEY_PREFIX = "subscription/";

    private static final int WITHOUT_POLICY = 1;
    private static final int WITHOUT_LIMIT = 2;
    private static final int WITHOUT_PRIORITY = 3;
    private static final int VERSION = 4;

    /** The lasting part of a source. */
    public record SourceDefinition(PartitionKey key, int number, long end, List<BoundRange> ranges, List<BoundRange> exclusions) {
    }

    public static String key(SubscriptionName name) {
        return KEY_PREFIX + URLEncoder.encode(name.namespace().name(), StandardCharsets.UTF_8) + "/"
            + URLEncoder.encode(name.name(), StandardCharsets.UTF_8);
    }

    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            writeUuid(out, id);
            BindingCodec.writeText(out, name.namespace().name());
            BindingCodec.writeText(out, name.name());
            out.writeInt(config.attributes().size());
            for (Map.Entry<String, String> attribute : config.attributes().entrySet()) {
                BindingCodec.writeText(out, attribute.getKey());
                BindingCodec.writeText(out, attribute.getValue());
            }
            PolicyCodec.write(out, config.policy());
            PolicyCodec.writeLimit(out, config.limit());
            Map<Binding, Integer> numbers = new LinkedHashMap<>();
            bindings.forEach(binding -> numbers.putIfAbsent(binding, numbers.size()));
            for (SourceDefinition source : sources) {
                source.ranges.forEach(range -> numbers.putIfAbsent(range.binding(), numbers.size()));
                source.exclusions.forEach(range -> numbers.putIfAbsent(range.binding(), numbers.size()));
            }
            out.writeInt(bindings.size());
            out.writeInt(numbers.size());
            for (Binding binding : numbers.keySet()) {
                BindingCodec.write(out, binding);
            }
            out.writeInt(sources.size());
            for (SourceDefinition source : sources) {
                writeUuid(out, source.key.topic());
                out.writeInt(source.key.partition());
                out.writeInt(source.number);
                out.writeLong(source.end);
                writeRanges(out, source.ranges, numbers);
                writeRanges(out, source.exclusions, numbers);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void writeRanges(DataOutputStream out, List<BoundRange> ranges, Map<Binding, Integer> numbers) throws IOException {
        out.writeInt(ranges.size());
        for (BoundRange range : ranges) {
            out.writeInt(numbers.getOrDefault(range.binding(), -1));
            out.writeLong(range.from());
            out.writeLong(range.to());
        }
    }

    /** The inverse of {@link #encode}; fails with STORAGE_FAILURE when the bytes are no definition. */
    public static Definition decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version < WITHOUT_POLICY || version > VERSION) {
                throw new BrokerException(ErrorCode.STORAGE_FAILURE, "a subscription was written in format " + version);
            }
            UUID id = readUuid(in);
            SubscriptionName name = new SubscriptionName(new Namespace(BindingCodec.readText(in)), BindingCodec.readText(in));
            Map<String, String> attributes = new HashMap<>();
            for (int i = in.readInt(); i > 0; i--) {
                attributes.put(BindingCodec.readText(in), BindingCodec.readText(in));
            }
            DeliveryPolicy policy = version == WITHOUT_POLICY ? DeliveryPolicy.NONE : PolicyCodec.read(in, version > WITHOUT_PRIORITY);
            BacklogLimit limit = version <= WITHOUT_LIMIT ? BacklogLimit.NONE : PolicyCodec.readLimit(in);
            int inForce = in.readInt();
            List<Binding> known = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                known.add(BindingCodec.read(in));
            }
            List<SourceDefinition> sources = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                sources.add(new SourceDefinition(new PartitionKey(readUuid(in), in.readInt()), in.readInt(), in.readLong(),
                    readRanges(in, known), readRanges(in, known)));
            }
            return new Definition(id, name, new SubscriptionConfig(true, attributes, policy, limit), known.subList(0, inForce), sources);
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "what was written of a subscription cannot be read", e);
        }
    }

    private static List<BoundRange> readRanges(DataInputStream in, List<Binding> known) throws IOException {
        List<BoundRange> ranges = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            ranges.add(new BoundRange(known.get(in.readInt()), in.readLong(), in.readLong()));
        }
        return ranges;
    }

    private static void writeUuid(DataOutputStream out, UUID uuid) throws IOException {
        out.writeLong(uuid.getMostSignificantBits());
        out.writeLong(uuid.getLeastSignificantBits());
    }

    private static UUID readUuid(DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }
}
