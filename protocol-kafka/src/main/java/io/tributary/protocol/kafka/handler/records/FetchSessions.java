package io.tributary.protocol.kafka.handler.records;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of all clients (KIP-227). There is room for so many sessions, and for so many partitions in them; when there is none a
 * session that has not been used for a while makes room, or the client is given none and goes on with full fetches. Safe on any thread.
 */
final class FetchSessions {
    /** Of all sessions together. */
    static final int MAX_PARTITIONS = 1_000_000;
    /** Kafka's min.incremental.fetch.session.eviction.ms, in nanoseconds. */
    static final long EVICTION_NANOS = 120_000_000_000L;

    private final int maxSessions;
    private final int maxPartitions;
    private final LongSupplier nanoTime;
    /** The one that was used longest ago is the first. */
    private final Map<Integer, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);
    private int partitions;

    private static final class Slot {
        private final FetchSession session;
        private long lastUse;
        private int partitions;

        Slot(FetchSession session) {
            this.session = session;
        }
    }

    FetchSessions(int maxSessions, int maxPartitions, LongSupplier nanoTime) {
        this.maxSessions = maxSessions;
        this.maxPartitions = maxPartitions;
        this.nanoTime = nanoTime;
    }

    /**
     * What a request asks for.
     *
     * @param plan null if and only if there is an error
     */
    record Opened(@Nullable FetchPlan plan, Errors error) {
    }

    /** Fails with FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH or FETCH_SESSION_TOPIC_ID_ERROR. */
    Opened open(FetchRequest request) {
        FetchMetadata metadata = request.metadata();
        if (metadata.isFull()) {
            if (metadata.sessionId() != FetchMetadata.INVALID_SESSION_ID) {
                remove(metadata.sessionId());
            }
            boolean begins = metadata.epoch() != FetchMetadata.FINAL_EPOCH && !request.data().topics().isEmpty();
            return new Opened(begins ? new Beginning(request) : FetchPlan.full(request), Errors.NONE);
        }
        FetchSession session = use(metadata.sessionId());
        if (session == null) {
            return new Opened(null, Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        Errors error = session.update(request);
        if (error != Errors.NONE) {
            return new Opened(null, error);
        }
        return new Opened(new Going(session, resize(session)), Errors.NONE);
    }

    private synchronized @Nullable FetchSession use(int id) {
        Slot slot = slots.get(id);
        if (slot == null) {
            return null;
        }
        slot.lastUse = nanoTime.getAsLong();
        return slot.session;
    }

    private synchronized void remove(int id) {
        Slot slot = slots.remove(id);
        partitions -= slot == null ? 0 : slot.partitions;
    }

    /** Counts the session's partitions anew; false when it has to end: it has none, or there are too many. */
    private synchronized boolean resize(FetchSession session) {
        Slot slot = slots.get(session.id());
        if (slot == null) {
            return false;
        }
        int size = session.size();
        partitions += size - slot.partitions;
        slot.partitions = size;
        if (size == 0 || partitions > maxPartitions) {
            remove(session.id());
            return false;
        }
        return true;
    }

    /** Makes a session with what a response tells; null when there is no room. */
    private synchronized @Nullable FetchSession begin(boolean byId, List<WantedPartition> wanted, List<PartitionData> told) {
        long now = nanoTime.getAsLong();
        while (slots.size() >= maxSessions || partitions + wanted.size() > maxPartitions) {
            Iterator<Slot> oldest = slots.values().iterator();
            if (!oldest.hasNext()) {
                return null;
            }
            Slot candidate = oldest.next();
            if (now - candidate.lastUse < EVICTION_NANOS) {
                return null;
            }
            remove(candidate.session.id());
        }
        int id = 0;
        while (id == FetchMetadata.INVALID_SESSION_ID || slots.containsKey(id)) {
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        }
        FetchSession session = new FetchSession(id, byId);
        for (int i = 0; i < wanted.size(); i++) {
            session.begin(wanted.get(i), told.get(i));
        }
        Slot slot = new Slot(session);
        slot.lastUse = now;
        slot.partitions = session.size();
        partitions += slot.partitions;
        slots.put(id, slot);
        return session;
    }

    synchronized int size() {
        return slots.size();
    }

    /** A full fetch that a session begins with. */
    private final class Beginning implements FetchPlan {
        private final boolean byId;
        private final List<WantedPartition> wanted;
        private final List<PartitionData> told = new ArrayList<>();

        Beginning(FetchRequest request) {
            byId = FetchSession.namesById(request);
            wanted = FetchPlan.named(request);
        }

        @Override
        public List<WantedPartition> wanted() {
            return wanted;
        }

        @Override
        public boolean tells(WantedPartition partition, PartitionData data) {
            told.add(data);
            return true;
        }

        @Override
        public int sessionId() {
            FetchSession session = begin(byId, wanted, told);
            return session == null ? FetchMetadata.INVALID_SESSION_ID : session.id();
        }
    }

    /** An incremental fetch. */
    private static final class Going implements FetchPlan {
        private final FetchSession session;
        private final boolean lasts;
        private final List<WantedPartition> wanted;

        Going(FetchSession session, boolean lasts) {
            this.session = session;
            this.lasts = lasts;
            wanted = session.wanted();
        }

        @Override
        public List<WantedPartition> wanted() {
            return wanted;
        }

        @Override
        public boolean tells(WantedPartition partition, PartitionData data) {
            return session.tells(partition, data);
        }

        @Override
        public int sessionId() {
            return lasts ? session.id() : FetchMetadata.INVALID_SESSION_ID;
        }
    }
}
