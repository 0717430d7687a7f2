package io.tributary.core.batch;

import org.apache.kafka.common.utils.Utils;

/** The partition of a key, the same as Kafka's default partitioner takes. */
public final class KeyHash {
    private KeyHash() {
    }

    public static int partition(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
