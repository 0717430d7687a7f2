package io.tributary.protocol.kafka.handler.records;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;

/**
 * What a client and the broker both remember between fetches (KIP-227): the partitions it reads, and what it was last told of each. Not
 * bound to a connection. Safe on any thread.
 */
final class FetchSession {
    private static final long UNKNOWN = -1;
    private static final short FIRST_VERSION_BY_ID = 13;

    private final int id;
    /** Whether the client names topics by their identifiers, as it does from version 13 on. */
    private final boolean byId;
    /** In the order in which they are read; one that has brought records goes to the end. */
    private final Map<Key, Known> partitions = new LinkedHashMap<>();
    private int nextEpoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);

    private record Key(String topic, Uuid topicId, int partition) {
        static Key of(WantedPartition wanted) {
            return new Key(wanted.topic(), wanted.topicId(), wanted.request().partition());
        }
    }

    private static final class Known {
        private WantedPartition wanted;
        private long highWatermark = UNKNOWN;
        private long logStartOffset = UNKNOWN;

        Known(WantedPartition wanted) {
            this.wanted = wanted;
        }

        /** Notes what is to be told; whether it is news. */
        boolean note(PartitionData data) {
            boolean failed = data.errorCode() != Errors.NONE.code();
            boolean news = failed || data.records().sizeInBytes() > 0 || data.highWatermark() != highWatermark
                || data.logStartOffset() != logStartOffset;
            // The end of an error is news, too.
            highWatermark = failed ? UNKNOWN : data.highWatermark();
            logStartOffset = failed ? UNKNOWN : data.logStartOffset();
            return news;
        }
    }

    FetchSession(int id, boolean byId) {
        this.id = id;
        this.byId = byId;
    }

    int id() {
        return id;
    }

    synchronized int size() {
        return partitions.size();
    }

    /** Remembers a partition, as the client now wants it read. */
    private void put(WantedPartition wanted) {
        Known known = partitions.get(Key.of(wanted));
        if (known == null) {
            partitions.put(Key.of(wanted), new Known(wanted));
        } else {
            known.wanted = wanted;
        }
    }

    /** Takes over the next request's changes; an error, which changes nothing, if it is not the one that is awaited. */
    synchronized Errors update(FetchRequest request) {
        if (byId != namesById(request)) {
            return Errors.FETCH_SESSION_TOPIC_ID_ERROR;
        }
        if (request.metadata().epoch() != nextEpoch) {
            return Errors.INVALID_FETCH_SESSION_EPOCH;
        }
        nextEpoch = FetchMetadata.nextEpoch(nextEpoch);
        FetchPlan.named(request).forEach(this::put);
        for (ForgottenTopic topic : request.data().forgottenTopicsData()) {
            topic.partitions().forEach(partition -> partitions.remove(new Key(topic.topic(), topic.topicId(), partition)));
        }
        return Errors.NONE;
    }

    /** Whether the request has a version in which topics are named by their identifiers. */
    static boolean namesById(FetchRequest request) {
        return request.version() >= FIRST_VERSION_BY_ID;
    }

    synchronized List<WantedPartition> wanted() {
        List<WantedPartition> wanted = new ArrayList<>(partitions.size());
        partitions.values().forEach(known -> wanted.add(known.wanted));
        return wanted;
    }

    /** Remembers a partition that a full response tells of. */
    synchronized void begin(WantedPartition wanted, PartitionData data) {
        put(wanted);
        tells(wanted, data);
    }

    /** Whether the client needs to be told this; what it was told counts from then on. */
    synchronized boolean tells(WantedPartition wanted, PartitionData data) {
        Key key = Key.of(wanted);
        Known known = partitions.get(key);
        if (known == null) {
            // A later request has forgotten it; this one asked.
            return true;
        }
        if (data.records().sizeInBytes() > 0) {
            partitions.remove(key);
            partitions.put(key, known);
        }
        return known.note(data);
    }
}
