package io.tributary.protocol.kafka.handler.share;

import io.tributary.core.api.Delivery;
import io.tributary.core.model.Record;
import io.tributary.protocol.kafka.codec.StoredRecords;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.SharedRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData.AcquiredRecords;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.message.ShareFetchResponseData.ShareFetchableTopicResponse;
import org.apache.kafka.common.protocol.Errors;

/** Collects the response to one ShareFetch. Errors may come from any thread before the reply is made. */
final class ShareFetchAnswer {
    private final ReadablePartitions readable;
    private final Duration lock;
    private final int batchSize;
    private final Map<SharePartition, PartitionData> partitions = new LinkedHashMap<>();

    /**
     * Nothing yet.
     *
     * @param lock      how long the member has what it acquires
     * @param batchSize a run of acquired records is no longer than this; 0 or less for any length
     */
    ShareFetchAnswer(ReadablePartitions readable, Duration lock, int batchSize) {
        this.readable = readable;
        this.lock = lock;
        this.batchSize = batchSize <= 0 ? Integer.MAX_VALUE : batchSize;
    }

    private PartitionData of(SharePartition partition) {
        return partitions.computeIfAbsent(partition, key ->
            new PartitionData().setPartitionIndex(key.partition()).setRecords(StoredRecords.EMPTY));
    }

    synchronized void fetchError(SharePartition partition, Errors error) {
        if (error != Errors.NONE) {
            of(partition).setErrorCode(error.code()).setErrorMessage(error.message());
        }
    }

    synchronized void acknowledged(SharePartition partition, Errors error) {
        of(partition).setAcknowledgeErrorCode(error.code()).setAcknowledgeErrorMessage(error == Errors.NONE ? null : error.message());
    }

    /** With these records acquired. */
    synchronized Reply reply(List<Delivery> acquired) {
        Map<SharePartition, List<Delivery>> byPartition = new LinkedHashMap<>();
        acquired.forEach(delivery ->
            byPartition.computeIfAbsent(readable.partitionOf(delivery), key -> new ArrayList<>()).add(delivery));
        byPartition.forEach(this::put);
        ShareFetchResponseData response = new ShareFetchResponseData()
            .setAcquisitionLockTimeoutMs((int) lock.toMillis());
        partitions.forEach((partition, data) -> {
            ShareFetchableTopicResponse topic = response.responses().find(partition.topicId());
            if (topic == null) {
                topic = new ShareFetchableTopicResponse().setTopicId(partition.topicId());
                response.responses().add(topic);
            }
            topic.partitions().add(data);
        });
        return new Reply.Message(response);
    }

    private void put(SharePartition partition, List<Delivery> deliveries) {
        // A record that came back stands before later ones of its subscription, which are others of its partition.
        deliveries.sort(Comparator.comparingLong(delivery -> delivery.record().offset()));
        List<Record> records = deliveries.stream().map(Delivery::record).toList();
        of(partition).setRecords(SharedRecords.of(records, readable.leaderEpochOf(deliveries.get(0)))).setAcquiredRecords(runs(deliveries));
    }

    /** Neighbouring offsets that were delivered as often. */
    private List<AcquiredRecords> runs(List<Delivery> deliveries) {
        List<AcquiredRecords> runs = new ArrayList<>();
        AcquiredRecords last = null;
        for (Delivery delivery : deliveries) {
            long offset = delivery.record().offset();
            short count = (short) Math.min(Short.MAX_VALUE, delivery.deliveryCount());
            if (last != null && last.lastOffset() + 1 == offset && last.deliveryCount() == count
                && offset - last.firstOffset() < batchSize) {
                last.setLastOffset(offset);
            } else {
                last = new AcquiredRecords().setFirstOffset(offset).setLastOffset(offset).setDeliveryCount(count);
                runs.add(last);
            }
        }
        return runs;
    }
}
