package io.tributary.core.api.producer;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a partition knows of one producer that writes with sequences or in transactions.
 *
 * @param lastSequence     of its last batch; empty when only markers are known
 * @param lastTimestampMs  of this broker's clock, milliseconds since the epoch, when it last wrote
 * @param coordinatorEpoch of the coordinator that wrote its last marker, -1 when there is none
 * @param transactionStart the first offset of its open transaction
 */
public record ActiveProducer(long id, short epoch, OptionalInt lastSequence, long lastTimestampMs, int coordinatorEpoch,
                             OptionalLong transactionStart) {
}
