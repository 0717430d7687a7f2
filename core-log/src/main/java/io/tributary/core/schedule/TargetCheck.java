package io.tributary.core.schedule;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Topic;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.batch.KeyHash;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;

/** What a target takes: asked when a record is published, and again when it is due. */
final class TargetCheck {
    private TargetCheck() {
    }

    /** Fails with PARTITION_NOT_FOUND, BATCH_TOO_LARGE or INVALID_BATCH as an append would. */
    static void require(Topic topic, Envelope envelope) {
        if (envelope.partition() != PublishRequest.ANY_PARTITION) {
            topic.partition(envelope.partition());
        }
        long bytes = (long) BatchHeader.SIZE + TargetBatch.recordBytes(envelope);
        if (bytes > topic.config().maxBatchBytes()) {
            throw new BrokerException(ErrorCode.BATCH_TOO_LARGE, "a record of about " + bytes + " bytes is over the topic's batch size of "
                + topic.config().maxBatchBytes());
        }
        if (envelope.key() == null && topic.config().compaction().isOn()) {
            throw new BrokerException(ErrorCode.INVALID_BATCH, "a compacted topic takes records with a key");
        }
    }

    /** The partition that the record goes to, as {@link PublishRequest} says. */
    static int partition(Topic topic, Envelope envelope) {
        if (envelope.partition() != PublishRequest.ANY_PARTITION) {
            return envelope.partition();
        }
        int partitions = topic.partitions().size();
        byte[] key = envelope.key();
        return key == null ? Math.floorMod(envelope.orderingHint(), partitions) : KeyHash.partition(key, partitions);
    }
}
