package io.tributary.core.subscription;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.loop.LoopRead;
import io.tributary.core.subscription.loop.ReadRetry;
import io.tributary.core.subscription.policy.WindowBudget;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Reads what a subscription is behind with, all its sources side by side, in the order of the records' timestamps. */
final class BacklogReader {
    /** What came of an attempt. */
    enum Outcome {
        /** As many records as were asked for are in the window. */
        FILLED,
        /** A read is under way, or waits to be tried again; {@code continuation} runs after it. */
        WAITING,
        /** No source is behind. */
        CAUGHT_UP
    }

    private static final int CHUNK_RECORDS = 512;
    private static final int MIN_CHUNK_RECORDS = 16;
    private static final int CHUNK_BYTES = 512 << 10;
    private static final int MIN_CHUNK_BYTES = 16 << 10;
    /** Reads before other tasks of the loop have their turn. */
    private static final int READS_PER_TURN = 8;

    private final DispatchLoop loop;
    /** Of the memory for what is read and not yet in the window. */
    private final WindowBudget.Share share;
    private final Runnable continuation;
    private final ReadRetry retry;
    private final PriorityQueue<Source> heads = new PriorityQueue<>(2, Comparator.comparingLong(BacklogReader::timestamp));
    private final ArrayDeque<Source> toCheck = new ArrayDeque<>(2);
    private int reading;
    /** The most that the last read could bring. */
    private int chunkBytes;
    private boolean yielded;

    /**
     * Makes a reader.
     *
     * @param continuation is to call {@link #fill} again
     */
    BacklogReader(DispatchLoop loop, WindowBudget.Share share, Runnable continuation) {
        this.loop = loop;
        this.share = share;
        this.continuation = continuation;
        retry = new ReadRetry(loop, continuation);
    }

    /** Begins with these sources; what they have read and not yet given up counts. */
    void restart(Collection<Source> sources) {
        heads.clear();
        toCheck.clear();
        noteHeld();
        for (Source source : sources) {
            enqueue(source);
        }
    }

    private void enqueue(Source source) {
        if (source.reading) {
            return;
        }
        if (source.firstBuffered() != null) {
            heads.add(source);
        } else {
            toCheck.add(source);
        }
        noteHeld();
    }

    /** As if every source that is read, or has been, held the most that a read brings. */
    private void noteHeld() {
        share.hold(0, (long) (reading + heads.size()) * chunkBytes);
    }

    /** Passes records to {@code intake} until its window holds {@code target}. */
    Outcome fill(Intake intake, int target) {
        int reads = 0;
        while (intake.hasRoom(target)) {
            for (Source source = toCheck.poll(); source != null; source = toCheck.poll()) {
                if (source.isRemoved() || !source.isBehind()) {
                    continue;
                }
                if (reads++ == READS_PER_TURN || retry.isScheduled()) {
                    toCheck.addFirst(source);
                    yieldTurn();
                    return Outcome.WAITING;
                }
                read(source, intake.sources().size());
            }
            if (reading > 0) {
                return Outcome.WAITING;
            }
            Source first = heads.poll();
            if (first != null) {
                takeFirst(intake, first);
            } else if (toCheck.isEmpty() && !anyBehind(intake.sources())) {
                return Outcome.CAUGHT_UP;
            }
        }
        return Outcome.FILLED;
    }

    private void takeFirst(Intake intake, Source source) {
        if (source.isRemoved() || source.firstBuffered() == null) {
            return;
        }
        Record record = source.pollBuffered();
        intake.take(source, record);
        source.bufferTaken();
        enqueue(source);
    }

    private boolean anyBehind(Collection<Source> sources) {
        for (Source source : sources) {
            if (!source.reading && source.isBehind()) {
                toCheck.add(source);
            }
        }
        return !toCheck.isEmpty();
    }

    private void yieldTurn() {
        if (!retry.isScheduled() && !yielded) {
            yielded = true;
            loop.execute(() -> {
                yielded = false;
                continuation.run();
            });
        }
    }

    private void read(Source source, int sources) {
        long limit = source.limit();
        int generation = source.generation;
        source.reading = true;
        reading++;
        chunkBytes = share.hasRoom() ? Math.max(MIN_CHUNK_BYTES, CHUNK_BYTES / sources) : MIN_CHUNK_BYTES;
        noteHeld();
        LoopRead.await(
            source.partition.readRecords(source.readPosition(), source.chunk(Math.max(MIN_CHUNK_RECORDS, CHUNK_RECORDS / sources)),
                chunkBytes),
            loop, new Arrival(source, generation, limit), continuation);
    }

    /** What one read brings. */
    private final class Arrival implements LoopRead.Receiver {
        private final Source source;
        private final int generation;
        private final long limit;

        Arrival(Source source, int generation, long limit) {
            this.source = source;
            this.generation = generation;
            this.limit = limit;
        }

        @Override
        public void records(List<Record> records) {
            if (isWanted()) {
                retry.succeeded();
                source.arrived(records, limit);
                enqueue(source);
            }
        }

        @Override
        public void failed(BrokerException cause) {
            if (!isWanted() || cause.code() == ErrorCode.CLOSED) {
                return;
            }
            toCheck.add(source);
            if (cause.code() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                source.outOfRange();
            } else {
                retry.failed(source.partition.id(), cause);
            }
        }

        private boolean isWanted() {
            reading--;
            source.reading = false;
            noteHeld();
            if (source.isRemoved()) {
                return false;
            }
            if (generation != source.generation) {
                enqueue(source);
                return false;
            }
            return true;
        }
    }

    private static long timestamp(Source source) {
        Record first = source.firstBuffered();
        return first == null ? Long.MIN_VALUE : first.timestamp();
    }
}
