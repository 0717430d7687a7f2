package io.tributary.protocol.kafka.coordinator.transaction;

import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * What a producer says of partitions: that they are to belong to its transaction, or that they do.
 *
 * @param version of the client's protocol, which a transaction that begins keeps
 * @param adds    whether partitions that are not in the transaction come into it
 */
public record Claim(String transactionalId, ProducerIdentity producer, Set<TopicPartition> partitions, TransactionVersion version,
                    boolean adds) {
    public Claim {
        partitions = Set.copyOf(partitions);
    }

    /** The partitions come into the transaction, which begins if there is none. */
    public static Claim adding(String transactionalId, ProducerIdentity producer, Set<TopicPartition> partitions,
                               TransactionVersion version) {
        return new Claim(transactionalId, producer, partitions, version, true);
    }

    /** The partitions must be in the transaction already. */
    public static Claim verifying(String transactionalId, ProducerIdentity producer, Set<TopicPartition> partitions) {
        return new Claim(transactionalId, producer, partitions, TransactionVersion.TV_0, false);
    }
}
