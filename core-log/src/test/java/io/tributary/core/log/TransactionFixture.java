package io.tributary.core.log;

import static io.tributary.core.log.LogFixture.get;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.core.api.AbortedTransaction;
import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.api.LogRead;
import io.tributary.core.api.LogSlice;
import io.tributary.core.api.Partition;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.batch.TransactionMarker;
import io.tributary.core.model.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/** Transactional producers of one partition, and readers of what they have committed. */
final class TransactionFixture {
    static final int COORDINATOR = 3;
    private static final long MARKED_AT = 2000;
    private final LogFixture log;
    private final Map<Long, Integer> sequences = new HashMap<>();

    TransactionFixture(LogFixture log) {
        this.log = log;
    }

    Partition partition() {
        return log.partition();
    }

    /** Appends a batch of one record to the producer's transaction. */
    AppendResult write(long producer, String key, String value) {
        return get(send(producer, key, value).durable());
    }

    Append send(long producer, String key, String value) {
        int sequence = sequences.merge(producer, 1, Integer::sum) - 1;
        return partition().appendInTransaction(TestBatches.transactional(producer, 0, sequence, List.of(Map.entry(key, value))));
    }

    /** The same without a sequence: what retention has deleted does not matter. */
    AppendResult writeAsCoordinator(long producer, String key, String value) {
        return get(partition().appendAsCoordinator(TestBatches.transactional(producer, 0, 0, List.of(Map.entry(key, value))), (short) 0)
            .durable());
    }

    AppendResult commit(long producer) {
        return get(end(producer, 0, true, COORDINATOR, 0).durable());
    }

    AppendResult abort(long producer) {
        return get(end(producer, 0, false, COORDINATOR, 0).durable());
    }

    Append end(long producer, int epoch, boolean commit, int coordinatorEpoch, int version) {
        return partition().appendAsCoordinator(TransactionMarker.of(MARKED_AT, producer, (short) epoch, commit, coordinatorEpoch),
            (short) version);
    }

    /** The values that readers of records get. */
    List<String> committed() {
        return committedRecords().stream().map(record -> new String(record.value(), UTF_8)).toList();
    }

    List<Record> committedRecords() {
        return log.readAll();
    }

    /** The values that a client gets which reads batches and is told of aborted transactions, as a Kafka consumer does. */
    List<String> committedToClient(int maxBytes) {
        List<String> values = new ArrayList<>();
        long next = partition().logStartOffset();
        while (true) {
            LogRead read = get(partition().readCommitted(next, maxBytes));
            List<AbortedTransaction> aborted = new ArrayList<>(read.aborted());
            aborted.sort(Comparator.comparingLong(AbortedTransaction::firstOffset));
            Set<Long> open = new HashSet<>();
            long before = next;
            for (LogSlice slice : read.slices()) {
                for (RecordBatch batch : MemoryRecords.readableRecords(bytes(slice)).batches()) {
                    while (!aborted.isEmpty() && aborted.get(0).firstOffset() <= batch.lastOffset()) {
                        open.add(aborted.remove(0).producerId());
                    }
                    if (batch.isControlBatch()) {
                        batch.forEach(record -> {
                            if (ControlRecordType.parse(record.key()) == ControlRecordType.ABORT) {
                                open.remove(batch.producerId());
                            }
                        });
                    } else if (!batch.isTransactional() || !open.contains(batch.producerId())) {
                        long from = next;
                        batch.forEach(record -> {
                            if (record.offset() >= from) {
                                values.add(UTF_8.decode(record.value()).toString());
                            }
                        });
                    }
                    next = batch.nextOffset();
                }
            }
            if (next == before) {
                return values;
            }
        }
    }

    private static ByteBuffer bytes(LogSlice slice) {
        return Slices.bytes(slice).duplicate();
    }
}
