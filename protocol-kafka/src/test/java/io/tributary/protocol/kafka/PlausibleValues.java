package io.tributary.protocol.kafka;

import io.tributary.protocol.kafka.codec.SchemaBytes;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** What a client might say, chosen by chance, so that requests get as far as into the handlers. */
final class PlausibleValues implements SchemaBytes.Values {
    private final Random random;
    private final String topic;
    private final Uuid topicId;

    /** About one topic, mostly. */
    PlausibleValues(Random random, String topic, Uuid topicId) {
        this.random = random;
        this.topic = topic;
        this.topicId = topicId;
    }

    @Override
    public String text(String field) {
        if (field.contains("topic")) {
            return random.nextInt(4) == 0 ? "missing-" + random.nextInt(100) : topic;
        }
        if (field.contains("group") || field.contains("member") || field.contains("transactional")) {
            return field + "-" + random.nextInt(1_000_000);
        }
        return switch (field) {
            case "name" -> random.nextInt(2) == 0 ? topic : "made-" + random.nextInt(1_000);
            case "client_software_name", "client_software_version" -> "mutant";
            case "protocol_type" -> "consumer";
            case "resource_name" -> topic;
            default -> List.of("", "x", "range", topic).get(random.nextInt(4));
        };
    }

    @Override
    public long number(String field, int bytes) {
        if (field.contains("wait") || field.contains("timeout")) {
            return field.contains("session") || field.contains("rebalance") ? 10_000 : 5;
        }
        if (field.contains("max_bytes")) {
            return 10_000;
        }
        return switch (field) {
            case "acks", "replica_id", "current_leader_epoch", "leader_epoch", "generation_id", "member_epoch" -> -1;
            case "num_partitions", "replication_factor" -> 1;
            default -> random.nextInt(3);
        };
    }

    @Override
    public byte[] content(String field) {
        if (!field.equals("records")) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            return bytes;
        }
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[20]), new SimpleRecord(new byte[3]));
        byte[] bytes = new byte[records.sizeInBytes()];
        records.buffer().duplicate().get(bytes);
        return bytes;
    }

    @Override
    public byte[] uuid(String field) {
        Uuid id = random.nextInt(4) == 0 ? Uuid.randomUuid() : topicId;
        return java.nio.ByteBuffer.allocate(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).array();
    }

    @Override
    public int elements(String path) {
        return random.nextInt(3);
    }

    @Override
    public int unknownTags() {
        return random.nextInt(8) == 0 ? 2 : 0;
    }
}
