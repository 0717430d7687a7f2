package io.tributary.protocol.kafka.translate;

import java.util.UUID;
import org.apache.kafka.common.Uuid;

/** Topic identifiers: the same 128 bits on both sides (KIP-516). */
public final class TopicIds {
    private TopicIds() {
    }

    public static Uuid toKafka(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    public static UUID toCore(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
