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
import java.util.function.BooleanSupplier;

/**
 * Reads what a subscription is behind with, one level of priority at a time, all its sources side by side, in the order of the records'
 * timestamps.
 */
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

    /** Most to read at once. */
    static final int CHUNK_RECORDS = 512;
    private static final int MIN_CHUNK_RECORDS = 16;
    private static final int CHUNK_BYTES = 512 << 10;
    /** Most of a few records, which are kept although others come before them. */
    private static final int FEW_BYTES = 64 << 10;
    private static final int MIN_CHUNK_BYTES = 16 << 10;
    /** Reads before other tasks of the loop have their turn. */
    private static final int READS_PER_TURN = 8;

    private final DispatchLoop loop;
    /** Of the memory for what is read and not yet in the window. */
    private final WindowBudget.Share share;
    private final Runnable continuation;
    private final ReadRetry retry;
    private final PriorityQueue<Lane> heads = new PriorityQueue<>(2, Comparator.comparingLong(BacklogReader::timestamp));
    private final ArrayDeque<Lane> toCheck = new ArrayDeque<>(2);
    private int level;
    /** Reads under way, by level. */
    private final int[] reading;
    /** Of all levels. */
    private int underWay;
    /** The most that the last read could bring. */
    private int chunkBytes;
    private boolean yielded;

    /**
     * Makes a reader.
     *
     * @param highest      the highest level
     * @param continuation is to call {@link #fill} again
     */
    BacklogReader(DispatchLoop loop, int highest, WindowBudget.Share share, Runnable continuation) {
        this.share = share;
        reading = new int[highest + 1];
        this.loop = loop;
        this.continuation = continuation;
        retry = new ReadRetry(loop, continuation);
    }

    /** Begins with these sources; what they have read and not yet given up counts. */
    void restart(Collection<Source> sources) {
        heads.clear();
        toCheck.clear();
        noteHeld();
        for (Source source : sources) {
            Lane lane = source.lane(level);
            if (lane != null) {
                enqueue(lane);
            }
        }
    }

    private void enqueue(Lane lane) {
        if (lane.reading || lane.level != level) {
            return;
        }
        if (lane.firstBuffered() != null) {
            heads.add(lane);
        } else {
            toCheck.add(lane);
        }
        noteHeld();
    }

    /** As if every lane that is read, or has been, held the most that a read brings. */
    private void noteHeld() {
        share.hold(0, (long) (underWay + heads.size()) * chunkBytes);
    }

    /** Goes over to another level. What was read ahead of the last one is to be read again, so that only one takes memory. */
    private void turnTo(int next, Collection<Source> sources) {
        if (next != level) {
            for (Source source : sources) {
                Lane lane = source.lane(level);
                if (lane != null && !lane.reading) {
                    lane.dropBuffer();
                }
            }
            level = next;
            restart(sources);
        }
    }

    /**
     * Passes records of a level to {@code portion} for as long as there is room.
     *
     * @param most records to read at once
     */
    Outcome fill(Portion portion, int from, int most, BooleanSupplier room) {
        turnTo(from, portion.sources());
        int reads = 0;
        while (room.getAsBoolean()) {
            for (Lane lane = toCheck.poll(); lane != null; lane = toCheck.poll()) {
                if (lane.source.isRemoved() || !lane.isBehind()) {
                    continue;
                }
                if (reads++ == READS_PER_TURN || retry.isScheduled()) {
                    toCheck.addFirst(lane);
                    yieldTurn();
                    return Outcome.WAITING;
                }
                read(lane, most, portion.sources().size());
            }
            if (reading[level] > 0) {
                return Outcome.WAITING;
            }
            Lane first = heads.poll();
            if (first != null) {
                takeFirst(portion, first);
            } else if (toCheck.isEmpty() && !anyBehind(portion.sources())) {
                return isReadElsewhere(portion.sources()) ? Outcome.WAITING : Outcome.CAUGHT_UP;
            }
        }
        return Outcome.FILLED;
    }

    private void takeFirst(Portion portion, Lane lane) {
        if (lane.source.isRemoved() || lane.firstBuffered() == null) {
            return;
        }
        Record record = lane.pollBuffered();
        portion.take(lane, record);
        lane.bufferTaken();
        enqueue(lane);
    }

    private boolean anyBehind(Collection<Source> sources) {
        for (Source source : sources) {
            Lane lane = source.lane(level);
            if (lane != null && !lane.reading && lane.isBehind()) {
                toCheck.add(lane);
            }
        }
        return !toCheck.isEmpty();
    }

    /** Whether a read is under way for one of them that began when it was in another portion; the continuation runs after it, too. */
    private boolean isReadElsewhere(Collection<Source> sources) {
        for (Source source : sources) {
            Lane lane = source.lane(level);
            if (lane != null && lane.reading) {
                return true;
            }
        }
        return false;
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

    private void read(Lane lane, int most, int sources) {
        Source source = lane.source;
        boolean few = most < CHUNK_RECORDS;
        Arrival arrival = new Arrival(lane, lane.generation, source.limit(), few);
        int records = Math.max(MIN_CHUNK_RECORDS, Math.min(most, CHUNK_RECORDS / sources));
        chunkBytes = share.hasRoom() ? Math.max(MIN_CHUNK_BYTES, (few ? FEW_BYTES : CHUNK_BYTES) / sources) : MIN_CHUNK_BYTES;
        lane.reading = true;
        reading[lane.level]++;
        underWay++;
        noteHeld();
        LoopRead.await(source.partition.readRecords(lane.readPosition(), lane.chunk(records), chunkBytes), loop, arrival, continuation);
    }

    /** What one read brings. */
    private final class Arrival implements LoopRead.Receiver {
        private final Lane lane;
        private final int generation;
        private final long limit;
        private final boolean few;

        Arrival(Lane lane, int generation, long limit, boolean few) {
            this.lane = lane;
            this.generation = generation;
            this.limit = limit;
            this.few = few;
        }

        @Override
        public void records(List<Record> records) {
            if (isWanted()) {
                retry.succeeded();
                lane.arrived(records, limit);
                if (lane.level != level && !few) {
                    lane.dropBuffer();
                }
                current().enqueue(lane);
            }
        }

        @Override
        public void failed(BrokerException cause) {
            if (!isWanted() || cause.code() == ErrorCode.CLOSED) {
                return;
            }
            current().enqueue(lane);
            if (cause.code() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                lane.source.outOfRange();
            } else {
                retry.failed(lane.source.partition.id(), cause);
            }
        }

        /** The lane may have come into another portion meanwhile. */
        private BacklogReader current() {
            return lane.source.portion.backlog();
        }

        private boolean isWanted() {
            reading[lane.level]--;
            underWay--;
            lane.reading = false;
            noteHeld();
            if (lane.source.isRemoved()) {
                return false;
            }
            if (generation != lane.generation) {
                current().enqueue(lane);
                return false;
            }
            return true;
        }
    }

    private static long timestamp(Lane lane) {
        Record first = lane.firstBuffered();
        return first == null ? Long.MIN_VALUE : first.timestamp();
    }
}
