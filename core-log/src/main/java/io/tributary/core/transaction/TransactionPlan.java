package io.tributary.core.transaction;

import io.tributary.core.api.AppendResult;
import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.batch.BatchBuilder;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.transaction.TransactionState.Participant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The records of a transaction by the partitions that they go to. */
final class TransactionPlan {
    private static final int MAX_PARTITIONS = 1000;
    private static final long MAX_BYTES = 64L << 20;

    private final List<PublishRequest> records;
    private final List<Placement.Place> places = new ArrayList<>();
    private final Map<Participant, Part> parts = new LinkedHashMap<>();

    /** What goes to one partition. */
    static final class Part {
        final Partition partition;
        private final int maxBatchBytes;
        /** Of the request's records, by their numbers. */
        private final List<Integer> numbers = new ArrayList<>();
        private final List<Integer> batchEnds = new ArrayList<>();
        private int batchBytes = BatchHeader.SIZE;

        Part(Partition partition, int maxBatchBytes) {
            this.partition = partition;
            this.maxBatchBytes = maxBatchBytes;
        }

        private void add(int number, int bytes) {
            if ((long) BatchHeader.SIZE + bytes > maxBatchBytes) {
                throw new BrokerException(ErrorCode.BATCH_TOO_LARGE,
                    "a record of about " + bytes + " bytes is over the topic's batch size of " + maxBatchBytes);
            }
            if (batchBytes + (long) bytes > maxBatchBytes) {
                batchEnds.add(numbers.size());
                batchBytes = BatchHeader.SIZE;
            }
            numbers.add(number);
            batchBytes += bytes;
        }
    }

    /** Fails as {@link io.tributary.core.api.Transactions#commit} says. */
    TransactionPlan(List<PublishRequest> records, Placement placement) {
        this.records = records;
        long bytes = 0;
        for (int i = 0; i < records.size(); i++) {
            PublishRequest record = records.get(i);
            Placement.Place place = placement.place(record);
            places.add(place);
            int size = BatchBuilder.maxRecordBytes(record.key(), record.value(), record.headers());
            bytes += size;
            Participant participant = new Participant(place.topic().id(), place.partition());
            parts.computeIfAbsent(participant,
                absent -> new Part(place.topic().partition(place.partition()), place.topic().config().maxBatchBytes())).add(i, size);
            if (bytes > MAX_BYTES || parts.size() > MAX_PARTITIONS) {
                throw new BrokerException(ErrorCode.LIMIT_EXCEEDED,
                    "a transaction takes up to " + MAX_BYTES + " bytes in up to " + MAX_PARTITIONS + " partitions");
            }
        }
    }

    List<Participant> participants() {
        return List.copyOf(parts.keySet());
    }

    Collection<Part> parts() {
        return parts.values();
    }

    /** Whether it is all in one batch, which is stored whole or not at all by itself. */
    boolean isOneBatch() {
        return parts.size() == 1 && parts.values().iterator().next().batchEnds.isEmpty();
    }

    /** The batches of a part, one behind the other; of no transaction when there is no producer. */
    ByteBuffer batches(Part part, long producerId) {
        List<ByteBuffer> batches = new ArrayList<>();
        BatchBuilder builder = new BatchBuilder();
        int from = 0;
        for (int end : ends(part)) {
            for (int number : part.numbers.subList(from, end)) {
                PublishRequest record = records.get(number);
                builder.add(places.get(number).timestamp(), record.key(), record.value(), record.headers());
            }
            batches.add(producerId < 0 ? builder.build() : builder.buildTransactional(producerId, TransactionCoordinator.EPOCH));
            from = end;
        }
        ByteBuffer all = ByteBuffer.allocate(batches.stream().mapToInt(ByteBuffer::remaining).sum());
        batches.forEach(all::put);
        return all.flip();
    }

    private static List<Integer> ends(Part part) {
        List<Integer> ends = new ArrayList<>(part.batchEnds);
        ends.add(part.numbers.size());
        return ends;
    }

    /** The records' places, given those of the parts in their order. */
    List<PublishResult> results(List<AppendResult> appended) {
        PublishResult[] results = new PublishResult[records.size()];
        int index = 0;
        for (Part part : parts.values()) {
            AppendResult stored = appended.get(index++);
            long offset = stored.baseOffset();
            for (int number : part.numbers) {
                Placement.Place place = places.get(number);
                long timestamp = stored.appendTime() == AppendResult.AS_CREATED ? place.timestamp() : stored.appendTime();
                results[number] = new PublishResult(place.partition(), offset++, timestamp, place.routes());
            }
        }
        return List.of(results);
    }
}
