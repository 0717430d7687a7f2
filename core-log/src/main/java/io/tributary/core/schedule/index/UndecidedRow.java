package io.tributary.core.schedule.index;

import java.util.UUID;

/**
 * A record that is to wait if its transaction commits, as the index has it. What became of the transaction is known from the target's log,
 * where a batch of it lies.
 *
 * @param record      where the record is in the schedule's log
 * @param topicId     the target topic
 * @param partition   the target partition
 * @param batchOffset where the transaction's batch is in the target's log
 * @param producerId  whose transaction it is
 */
public record UndecidedRow(WaitingRow record, UUID topicId, int partition, long batchOffset, long producerId) {
}
