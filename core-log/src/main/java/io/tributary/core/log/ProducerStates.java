package io.tributary.core.log;

import io.tributary.core.api.LogSlice;
import io.tributary.core.api.producer.ActiveProducer;
import io.tributary.core.batch.BatchHeader;
import io.tributary.core.batch.TransactionMarker;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.CompletedTxn;
import org.apache.kafka.storage.internals.log.LastRecord;
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
 * What a log knows of idempotent producers: their epochs, last sequences and open transactions. It is loaded when the first such producer
 * comes, from the newest snapshot and the batches behind it. Belongs to the log thread.
 *
 * <p>A snapshot is taken when a segment begins and when the log is closed, unless no producer is known. So without any snapshot only the
 * last segments can tell of producers; but a log that has had transactions is then read whole.
 */
final class ProducerStates {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerStates.class);
    private static final int EXPIRATION_MS = 24 * 60 * 60 * 1000;
    private static final int MAX_TRANSACTION_MS = 15 * 60 * 1000;
    private static final int SCAN_BYTES = 1 << 20;
    /** A sequence behind the last one by no more than this is a repetition, not a producer that has gone round. */
    private static final int BEHIND = 1 << 30;

    /**
     * What becomes of a request: it repeats earlier batches, or the states are to be updated once it is placed.
     *
     * @param ended transactions whose markers are in it
     */
    record Verdict(@Nullable BatchMetadata duplicate, Collection<ProducerAppendInfo> updates, List<CompletedTxn> ended) {
        static final Verdict NO_PRODUCER = new Verdict(null, List.of(), List.of());
    }

    private final PartitionId id;
    private final LogState state;
    private final @Nullable Path directory;
    private final InstantSource clock;
    private final AbortedTransactions aborted;
    private @Nullable ProducerStateManager manager;
    /** A batch of the log's first transaction is about to be written. */
    private boolean transactionsBegin;

    /**
     * Nothing is loaded yet.
     *
     * @param directory where the snapshots are; null for a log that does not outlive the process
     */
    ProducerStates(PartitionId id, LogState state, @Nullable Path directory, InstantSource clock, AbortedTransactions aborted) {
        this.id = id;
        this.state = state;
        this.directory = directory;
        this.clock = clock;
        this.aborted = aborted;
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
     * @param transactionVersion of the markers that may be among them
     * @throws BrokerException OUT_OF_ORDER_SEQUENCE, DUPLICATE_SEQUENCE, FENCED_PRODUCER, UNKNOWN_PRODUCER, INVALID_TRANSACTION or
     *                         COORDINATOR_FENCED
     */
    Verdict check(ByteBuffer batches, long baseOffset, AppendOrigin origin, short transactionVersion) {
        int at = batches.position();
        if (BatchHeader.producerId(batches, at) < 0 && BatchHeader.sizeInBytes(batches, at) == batches.remaining()) {
            return Verdict.NO_PRODUCER;
        }
        Map<Long, ProducerAppendInfo> updates = new HashMap<>();
        List<CompletedTxn> ended = new ArrayList<>(0);
        long offset = baseOffset;
        BatchMetadata firstDuplicate = null;
        while (at < batches.limit()) {
            long producer = BatchHeader.producerId(batches, at);
            int delta = BatchHeader.lastOffsetDelta(batches, at);
            if (producer >= 0) {
                boolean repeatable = updates.isEmpty() && origin == AppendOrigin.CLIENT;
                BatchMetadata duplicate = repeatable ? duplicate(loaded(), batches, at) : null;
                if (duplicate != null && firstDuplicate == null) {
                    firstDuplicate = duplicate;
                } else if (duplicate == null) {
                    ProducerAppendInfo info = updates.computeIfAbsent(producer, p -> loaded().prepareUpdate(p, origin));
                    append(info, batches, at, offset, transactionVersion).ifPresent(ended::add);
                    transactionsBegin |= BatchHeader.isTransactional(batches, at) && !aborted.isInUse();
                }
            }
            offset += delta + 1L;
            at += (int) BatchHeader.sizeInBytes(batches, at);
        }
        return new Verdict(updates.isEmpty() ? firstDuplicate : null, updates.values(), ended);
    }

    /** To be called before anything is written: from the first transaction on the log is marked as one that has had any. */
    void beforeWrite() {
        if (transactionsBegin) {
            aborted.use();
            transactionsBegin = false;
        }
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
        int first = BatchHeader.baseSequence(batches, at);
        if (first == BatchHeader.NO_SEQUENCE) {
            return first;
        }
        long last = (long) first + BatchHeader.lastOffsetDelta(batches, at);
        return (int) (last > Integer.MAX_VALUE ? last - Integer.MAX_VALUE - 1 : last);
    }

    private Optional<CompletedTxn> append(ProducerAppendInfo info, ByteBuffer batches, int at, long offset, short transactionVersion) {
        short epoch = BatchHeader.producerEpoch(batches, at);
        try {
            // The time is ours: a client's clock must not make it forgotten early.
            if (!BatchHeader.isControl(batches, at)) {
                info.appendDataBatch(epoch, BatchHeader.baseSequence(batches, at), lastSequence(batches, at), clock.millis(),
                    new LogOffsetMetadata(offset), offset + BatchHeader.lastOffsetDelta(batches, at),
                    BatchHeader.isTransactional(batches, at));
                return Optional.empty();
            }
            if (BatchHeader.count(batches, at) == 0) {
                // Compaction has left no more of it.
                return Optional.empty();
            }
            ByteBuffer marker = batches.slice(at, (int) BatchHeader.sizeInBytes(batches, at));
            return info.appendEndTxnMarker(TransactionMarker.read(marker), epoch, offset, clock.millis(), transactionVersion);
        } catch (InvalidProducerEpochException e) {
            throw new BrokerException(ErrorCode.FENCED_PRODUCER, e.toString(), e);
        } catch (UnknownProducerIdException e) {
            throw new BrokerException(ErrorCode.UNKNOWN_PRODUCER, e.toString(), e);
        } catch (OutOfOrderSequenceException e) {
            throw new BrokerException(ErrorCode.OUT_OF_ORDER_SEQUENCE, e.toString(), e);
        } catch (InvalidTxnStateException e) {
            throw new BrokerException(ErrorCode.INVALID_TRANSACTION, e.toString(), e);
        } catch (TransactionCoordinatorFencedException e) {
            throw new BrokerException(ErrorCode.COORDINATOR_FENCED, e.toString(), e);
        }
    }

    /** The batches of a verdict have their places; {@code endOffset} is behind the last. */
    void update(Verdict verdict, long endOffset) {
        ProducerStateManager states = manager;
        if (states != null) {
            verdict.updates().forEach(states::update);
            for (CompletedTxn transaction : verdict.ended()) {
                entry(states, transaction).ifPresent(aborted::add);
            }
            states.updateMapEndOffset(endOffset);
        }
    }

    /** Ends a transaction; gives what is to be noted of it, if it was aborted. */
    private static Optional<AbortedTransactions.Entry> entry(ProducerStateManager states, CompletedTxn transaction) {
        long lastStable = states.lastStableOffset(transaction);
        states.completeTxn(transaction);
        return transaction.isAborted() ? Optional.of(new AbortedTransactions.Entry(transaction.producerId(), transaction.firstOffset(),
            transaction.lastOffset(), lastStable)) : Optional.empty();
    }

    /**
     * The offset before which no transaction is open or ended by a marker that is not durable; loads what is known of producers if the
     * log has had transactions.
     */
    long lastStableOffset() {
        long highWatermark = state.highWatermark();
        if (!aborted.isInUse()) {
            return highWatermark;
        }
        ProducerStateManager states = loaded();
        states.onHighWatermarkUpdated(highWatermark);
        long firstUnstable = states.firstUnstableOffset().map(offset -> offset.messageOffset).orElse(highWatermark);
        return Math.max(state.startOffset(), Math.min(firstUnstable, highWatermark));
    }

    private ProducerStateManager loaded() {
        ProducerStateManager states = manager;
        if (states == null) {
            try {
                List<AbortedTransactions.Entry> noted = aborted.noted();
                if (noted == null) {
                    LOG.warn("what is noted of the aborted transactions of {} does not check: they are looked for in the whole log", id);
                    deleteSnapshots();
                }
                File snapshots = directory == null ? new File("") : directory.toFile();
                states = new ProducerStateManager(new TopicPartition(id.topic().name(), id.partition()), snapshots, MAX_TRANSACTION_MS,
                    new ProducerStateManagerConfig(EXPIRATION_MS, false), Time.SYSTEM);
                reload(states, noted == null ? List.of() : noted);
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
        transactionsBegin = false;
    }

    private void reload(ProducerStateManager states, List<AbortedTransactions.Entry> noted) throws IOException {
        List<Segment> segments = state.segments();
        long end = segments.isEmpty() ? state.highWatermark() : segments.get(segments.size() - 1).endOffset();
        // A snapshot at the start is kept too: the log may have been emptied by retention.
        states.truncateAndReload(Math.min(state.startOffset(), end - 1), end, clock.millis());
        List<AbortedTransactions.Entry> found = new ArrayList<>();
        if (!segments.isEmpty()) {
            int first = aborted.isInUse() ? 0 : Math.max(0, segments.size() - 2);
            long next = Math.max(states.latestSnapshotOffset().orElse(segments.get(first).baseOffset()), segments.get(0).baseOffset());
            long from = next;
            noted.stream().filter(entry -> entry.lastOffset() < from).forEach(found::add);
            replay(states, segments, next, found);
            states.updateMapEndOffset(end);
        }
        if (aborted.isInUse()) {
            aborted.restore(found);
        }
    }

    private void deleteSnapshots() throws IOException {
        if (directory != null) {
            for (SnapshotFile snapshot : ProducerStateManager.listSnapshotFiles(directory.toFile())) {
                snapshot.deleteIfExists();
            }
        }
    }

    private void replay(ProducerStateManager states, List<Segment> segments, long from, List<AbortedTransactions.Entry> found) {
        long next = from;
        for (Segment segment : segments) {
            while (next >= segment.baseOffset() && next < segment.endOffset()) {
                List<LogSlice> slices = segment.read(next, segment.endOffset(), SCAN_BYTES);
                for (LogSlice slice : slices) {
                    next = replay(states, Slices.bytes(slice), next, found);
                }
                if (slices.isEmpty()) {
                    next = segment.endOffset();
                }
            }
        }
    }

    private long replay(ProducerStateManager states, ByteBuffer batches, long from, List<AbortedTransactions.Entry> found) {
        long next = from;
        int at = batches.position();
        while (at < batches.limit()) {
            long base = BatchHeader.baseOffset(batches, at);
            if (base >= from && BatchHeader.producerId(batches, at) >= 0) {
                ProducerAppendInfo info = states.prepareUpdate(BatchHeader.producerId(batches, at), AppendOrigin.REPLICATION);
                Optional<CompletedTxn> ended = append(info, batches, at, base, (short) 0);
                states.update(info);
                ended.flatMap(transaction -> entry(states, transaction)).ifPresent(found::add);
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
        if (states == null || directory == null || states.isEmpty() && !aborted.isInUse()) {
            return;
        }
        try {
            states.updateMapEndOffset(endOffset);
            aborted.flush(state.startOffset());
            states.takeSnapshot(sync || aborted.isInUse());
            List<Segment> segments = state.segments();
            if (!segments.isEmpty()) {
                states.deleteSnapshotsBefore(segments.get(Math.max(0, segments.size() - 2)).baseOffset());
            }
        } catch (IOException | BrokerException e) {
            LOG.warn("the producers of {} cannot be written down: {}", id, e.toString());
        }
    }

    /** What lies before an offset will be slow to read: looks for producers there now, if the next one to come would have it done. */
    void detach(long offset) {
        long newest = newestSnapshot();
        if (directory == null || newest >= offset || newest < 0 && !aborted.isInUse()) {
            return;
        }
        ProducerStateManager states = loaded();
        List<Segment> segments = state.segments();
        long end = segments.get(segments.size() - 1).endOffset();
        takeSnapshot(end, true);
        try {
            if (states.isEmpty() && !aborted.isInUse()) {
                states.deleteSnapshotsBefore(end);
            }
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot delete old snapshots of " + id + ": " + e.getMessage(), e);
        }
    }

    /** The offset of the newest snapshot, or -1. */
    private long newestSnapshot() {
        if (directory == null || !Files.isDirectory(directory)) {
            return -1;
        }
        try {
            return ProducerStateManager.listSnapshotFiles(directory.toFile()).stream().mapToLong(file -> file.offset).max().orElse(-1);
        } catch (IOException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "cannot list the snapshots of " + id + ": " + e.getMessage(), e);
        }
    }

    boolean knowsTransactions() {
        return aborted.isInUse();
    }

    /** Compaction takes the markers at these offsets, which end aborted transactions. */
    void forgetAborted(Set<Long> markers) {
        aborted.remove(markers);
    }

    /** The last record of every producer that is known. */
    Map<Long, LastRecord> lastRecords() {
        Map<Long, LastRecord> last = new HashMap<>();
        loaded().activeProducers().forEach((producer, entry) -> last.put(producer, new LastRecord(
            entry.lastDataOffset() >= 0 ? OptionalLong.of(entry.lastDataOffset()) : OptionalLong.empty(), entry.producerEpoch())));
        return last;
    }

    List<ActiveProducer> describe() {
        List<ActiveProducer> all = new ArrayList<>();
        loaded().activeProducers().forEach((producer, entry) -> {
            OptionalInt sequence = OptionalInt.empty();
            for (BatchMetadata batch : entry.batchMetadata()) {
                sequence = OptionalInt.of(batch.lastSeq());
            }
            all.add(new ActiveProducer(producer, entry.producerEpoch(), sequence, entry.lastTimestamp(), entry.coordinatorEpoch(),
                entry.currentTxnFirstOffset()));
        });
        return all;
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
