package io.tributary.core.log;

import io.tributary.core.api.LogSlice;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.PartitionId;
import io.tributary.core.store.Segment;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.ProducerAppendInfo;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SnapshotFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a log knows of idempotent producers: their epochs and last sequences. It is loaded when the first such producer comes, from the
 * newest snapshot and the batches behind it. Belongs to the log thread.
 *
 * <p>A snapshot is taken when a segment begins and when the log is closed, unless no producer is known. So without any snapshot only the
 * last segments can tell of producers.
 */
final class ProducerStates {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerStates.class);
    private static final int EXPIRATION_MS = 24 * 60 * 60 * 1000;
    private static final int MAX_TRANSACTION_MS = 15 * 60 * 1000;
    private static final int SCAN_BYTES = 1 << 20;
    /** A sequence behind the last one by no more than this is a repetition, not a producer that has gone round. */
    private static final int BEHIND = 1 << 30;

    /** What becomes of a request: it repeats earlier batches, or the states are to be updated once it is placed. */
    record Verdict(@Nullable BatchMetadata duplicate, Collection<ProducerAppendInfo> updates) {
        static final Verdict NO_PRODUCER = new Verdict(null, List.of());
    }

    private final PartitionId id;
    private final LogState state;
    private final @Nullable Path directory;
    private final InstantSource clock;
    private @Nullable ProducerStateManager manager;

    /**
     * Nothing is loaded yet.
     *
     * @param directory where the snapshots are; null for a log that does not outlive the process
     */
    ProducerStates(PartitionId id, LogState state, @Nullable Path directory, InstantSource clock) {
        this.id = id;
        this.state = state;
        this.directory = directory;
        this.clock = clock;
        deleteLostSnapshots();
    }

    /** Deletes those of batches that the log has lost or taken back: when others are in their place nobody could tell any more. */
    void deleteLostSnapshots() {
        if (directory == null || !Files.isDirectory(directory)) {
            return;
        }
        try {
            for (SnapshotFile snapshot : ProducerStateManager.listSnapshotFiles(directory.toFile())) {
                if (snapshot.offset > state.highWatermark()) {
                    snapshot.deleteIfExists();
                }
            }
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot delete old snapshots of " + id + ": " + e.getMessage(), e);
        }
    }

    /**
     * Checks the batches of a request that would begin at {@code baseOffset}.
     *
     * @throws BrokerException OUT_OF_ORDER_SEQUENCE, DUPLICATE_SEQUENCE, FENCED_PRODUCER or UNKNOWN_PRODUCER
     */
    Verdict check(ByteBuffer batches, long baseOffset) {
        int at = batches.position();
        if (BatchHeader.producerId(batches, at) < 0 && BatchHeader.sizeInBytes(batches, at) == batches.remaining()) {
            return Verdict.NO_PRODUCER;
        }
        Map<Long, ProducerAppendInfo> updates = new HashMap<>();
        long offset = baseOffset;
        BatchMetadata firstDuplicate = null;
        while (at < batches.limit()) {
            long producer = BatchHeader.producerId(batches, at);
            int delta = BatchHeader.lastOffsetDelta(batches, at);
            if (producer >= 0) {
                BatchMetadata duplicate = updates.isEmpty() ? duplicate(loaded(), batches, at) : null;
                if (duplicate != null && firstDuplicate == null) {
                    firstDuplicate = duplicate;
                } else if (duplicate == null) {
                    ProducerAppendInfo info = updates.computeIfAbsent(producer, p -> loaded().prepareUpdate(p, AppendOrigin.CLIENT));
                    append(info, batches, at, offset);
                }
            }
            offset += delta + 1L;
            at += (int) BatchHeader.sizeInBytes(batches, at);
        }
        return new Verdict(updates.isEmpty() ? firstDuplicate : null, updates.values());
    }

    private static @Nullable BatchMetadata duplicate(ProducerStateManager states, ByteBuffer batches, int at) {
        ProducerStateEntry entry = states.lastEntry(BatchHeader.producerId(batches, at)).orElse(null);
        if (entry == null || entry.producerEpoch() != BatchHeader.producerEpoch(batches, at)) {
            return null;
        }
        int first = BatchHeader.baseSequence(batches, at);
        int last = lastSequence(batches, at);
        int newest = -1;
        for (BatchMetadata batch : entry.batchMetadata()) {
            if (batch.firstSeq() == first && batch.lastSeq() == last) {
                return batch;
            }
            newest = batch.lastSeq();
        }
        int behind = newest - last;
        if (newest >= 0 && behind >= 0 && behind < BEHIND) {
            throw new BrokerException(ErrorCode.DUPLICATE_SEQUENCE, "producer " + entry.producerId() + " repeats sequence " + first
                + ", and " + newest + " was its last");
        }
        return null;
    }

    private static int lastSequence(ByteBuffer batches, int at) {
        long last = (long) BatchHeader.baseSequence(batches, at) + BatchHeader.lastOffsetDelta(batches, at);
        return (int) (last > Integer.MAX_VALUE ? last - Integer.MAX_VALUE - 1 : last);
    }

    private void append(ProducerAppendInfo info, ByteBuffer batches, int at, long offset) {
        try {
            // The time is ours: a client's clock must not make it forgotten early.
            info.appendDataBatch(BatchHeader.producerEpoch(batches, at), BatchHeader.baseSequence(batches, at), lastSequence(batches, at),
                clock.millis(), new LogOffsetMetadata(offset), offset + BatchHeader.lastOffsetDelta(batches, at),
                BatchHeader.isTransactional(batches, at));
        } catch (InvalidProducerEpochException e) {
            throw new BrokerException(ErrorCode.FENCED_PRODUCER, e.toString(), e);
        } catch (UnknownProducerIdException e) {
            throw new BrokerException(ErrorCode.UNKNOWN_PRODUCER, e.toString(), e);
        } catch (OutOfOrderSequenceException e) {
            throw new BrokerException(ErrorCode.OUT_OF_ORDER_SEQUENCE, e.toString(), e);
        }
    }

    /** The batches of a verdict have their places; {@code endOffset} is behind the last. */
    void update(Verdict verdict, long endOffset) {
        ProducerStateManager states = manager;
        if (states != null) {
            verdict.updates().forEach(states::update);
            states.updateMapEndOffset(endOffset);
        }
    }

    private ProducerStateManager loaded() {
        ProducerStateManager states = manager;
        if (states == null) {
            try {
                File snapshots = directory == null ? new File("") : directory.toFile();
                states = new ProducerStateManager(new TopicPartition(id.topic().name(), id.partition()), snapshots, MAX_TRANSACTION_MS,
                    new ProducerStateManagerConfig(EXPIRATION_MS, false), Time.SYSTEM);
                reload(states);
            } catch (IOException e) {
                throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot load the producers of " + id + ": " + e.getMessage(), e);
            }
            manager = states;
        }
        return states;
    }

    /** Forgets what was learned of batches that are no longer in the log: what it holds is loaded again when it is needed. */
    void rollBack() {
        manager = null;
    }

    private void reload(ProducerStateManager states) throws IOException {
        List<Segment> segments = state.segments();
        long end = segments.isEmpty() ? state.highWatermark() : segments.get(segments.size() - 1).endOffset();
        // A snapshot at the start is kept too: the log may have been emptied by retention.
        states.truncateAndReload(Math.min(state.startOffset(), end - 1), end, clock.millis());
        if (segments.isEmpty()) {
            return;
        }
        long next = states.latestSnapshotOffset().orElse(segments.get(Math.max(0, segments.size() - 2)).baseOffset());
        next = Math.max(next, segments.get(0).baseOffset());
        for (Segment segment : segments) {
            while (next >= segment.baseOffset() && next < segment.endOffset()) {
                List<LogSlice> slices = segment.read(next, segment.endOffset(), SCAN_BYTES);
                for (LogSlice slice : slices) {
                    next = replay(states, Slices.bytes(slice), next);
                }
                if (slices.isEmpty()) {
                    next = segment.endOffset();
                }
            }
        }
        states.updateMapEndOffset(end);
    }

    private long replay(ProducerStateManager states, ByteBuffer batches, long from) {
        long next = from;
        int at = batches.position();
        while (at < batches.limit()) {
            long base = BatchHeader.baseOffset(batches, at);
            if (base >= from && BatchHeader.producerId(batches, at) >= 0 && !BatchHeader.isControl(batches, at)) {
                ProducerAppendInfo info = states.prepareUpdate(BatchHeader.producerId(batches, at), AppendOrigin.REPLICATION);
                append(info, batches, at, base);
                states.update(info);
            }
            next = BatchHeader.lastOffset(batches, at) + 1;
            at += (int) BatchHeader.sizeInBytes(batches, at);
        }
        return next;
    }

    /**
     * Writes down what is known at {@code endOffset}, and forgets snapshots that are no longer needed. What cannot be written is read from
     * the log at the next start.
     */
    void takeSnapshot(long endOffset, boolean sync) {
        ProducerStateManager states = manager;
        if (states == null || directory == null || states.isEmpty()) {
            return;
        }
        try {
            states.updateMapEndOffset(endOffset);
            states.takeSnapshot(sync);
            List<Segment> segments = state.segments();
            if (!segments.isEmpty()) {
                states.deleteSnapshotsBefore(segments.get(Math.max(0, segments.size() - 2)).baseOffset());
            }
        } catch (IOException e) {
            LOG.warn("the producers of {} cannot be written down: {}", id, e.toString());
        }
    }

    /** The last offset of the last batch of every producer that is known. */
    Set<Long> lastBatches() {
        Set<Long> offsets = new HashSet<>();
        loaded().activeProducers().values().forEach(entry -> offsets.add(entry.lastDataOffset()));
        return offsets;
    }

    void removeExpired() {
        if (manager != null) {
            manager.removeExpiredProducers(clock.millis());
        }
    }

    /** The identifiers of the producers known, for tests and tools. */
    Collection<Long> known() {
        return manager == null ? List.of() : new ArrayList<>(manager.activeProducers().keySet());
    }
}
