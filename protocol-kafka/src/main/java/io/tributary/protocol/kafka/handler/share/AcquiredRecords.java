package io.tributary.protocol.kafka.handler.share;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.common.protocol.Errors;

/**
 * What a session has and has not settled, by offset. It is the core that keeps the locks; what they have run out for is known here a
 * little later, never earlier. Not thread-safe.
 */
final class AcquiredRecords {
    private final Map<SharePartition, NavigableMap<Long, Acquired>> byPartition = new HashMap<>();
    private int size;

    private record Acquired(long deliveryId, long lockEnds) {
    }

    int size() {
        return size;
    }

    /**
     * Notes a delivery.
     *
     * @param lockEnds by {@link System#nanoTime}
     */
    void add(SharePartition partition, long offset, long deliveryId, long lockEnds) {
        if (byPartition.computeIfAbsent(partition, key -> new TreeMap<>()).put(offset, new Acquired(deliveryId, lockEnds)) == null) {
            size++;
        }
    }

    /** Forgets what others may have by now. */
    void dropExpired(long now) {
        for (Iterator<NavigableMap<Long, Acquired>> partitions = byPartition.values().iterator(); partitions.hasNext();) {
            NavigableMap<Long, Acquired> records = partitions.next();
            int before = records.size();
            records.values().removeIf(acquired -> acquired.lockEnds - now < 0);
            size -= before - records.size();
            if (records.isEmpty()) {
                partitions.remove();
            }
        }
    }

    void clear() {
        byPartition.clear();
        size = 0;
    }

    /** Whether all that a member speaks of is acquired. */
    boolean hold(SharePartition partition, List<Acknowledgement> all) {
        NavigableMap<Long, Acquired> records = byPartition.getOrDefault(partition, new TreeMap<>());
        return all.stream().allMatch(each -> holds(records, each));
    }

    /**
     * Settles what a member says of a partition, which is acquired.
     *
     * @param lock how long a renewed lock lasts
     * @return NONE, or INVALID_RECORD_STATE if the core knows better
     */
    CompletionStage<Errors> settle(SharePartition partition, List<Acknowledgement> all, Consumer consumer, Duration lock) {
        NavigableMap<Long, Acquired> records = byPartition.getOrDefault(partition, new TreeMap<>());
        Map<Settlement, List<Long>> settled = new EnumMap<>(Settlement.class);
        List<CompletableFuture<Boolean>> outcomes = new ArrayList<>();
        for (Acknowledgement each : all) {
            NavigableMap<Long, Acquired> run = records.subMap(each.first(), true, each.last(), true);
            for (Map.Entry<Long, Acquired> entry : run.entrySet()) {
                byte type = each.typeOf(entry.getKey());
                long id = entry.getValue().deliveryId();
                if (type == AcknowledgeType.RENEW.id) {
                    entry.setValue(new Acquired(id, System.nanoTime() + lock.toNanos()));
                    outcomes.add(consumer.extend(id, lock).toCompletableFuture());
                } else {
                    settled.computeIfAbsent(settlement(type), key -> new ArrayList<>()).add(id);
                }
            }
            int before = run.size();
            run.entrySet().removeIf(entry -> each.typeOf(entry.getKey()) != AcknowledgeType.RENEW.id);
            size -= before - run.size();
        }
        settled.forEach((settlement, ids) ->
            outcomes.add(consumer.settleById(ids, settlement).thenApply(count -> count == ids.size()).toCompletableFuture()));
        return CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new)).thenApply(done ->
            outcomes.stream().allMatch(CompletableFuture::join) ? Errors.NONE : Errors.INVALID_RECORD_STATE);
    }

    /** Costs what is acquired, however long the run is. */
    private static boolean holds(NavigableMap<Long, Acquired> records, Acknowledgement run) {
        return records.subMap(run.first(), true, run.last(), true).size() == run.last() - run.first() + 1;
    }

    private static Settlement settlement(byte type) {
        if (type == AcknowledgeType.RELEASE.id) {
            return Settlement.REQUEUE;
        }
        return type == AcknowledgeType.REJECT.id ? Settlement.REJECT : Settlement.ACK;
    }
}
