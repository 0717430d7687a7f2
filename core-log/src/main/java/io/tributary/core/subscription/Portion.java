package io.tributary.core.subscription;

import io.tributary.core.model.Record;
import io.tributary.core.subscription.policy.PriorityLevels;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import io.tributary.core.subscription.policy.WindowBudget;
import io.tributary.core.subscription.state.BoundRange;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * The sources of a subscription that the same consumers read, with what of them is in memory and the consumers' turns. Usually there is
 * one, of all sources. Where consumers read some partitions only there are as many as they differ, so that what nobody asks for is not
 * read, and holds up nothing else.
 *
 * <p>While there is no demand nothing is read, and a backlog costs no memory. With demand the backlog is read up to the end; then the
 * feeds bring what is published, until the window is full.
 *
 * <p>An indexed subscription stays with the feeds, which tell it of all that it wants; what has no place in the window is a reference of
 * a few bits, and is read when it is asked for.
 *
 * <p>With levels of priority the subscription is indexed whatever its bindings are. The window then takes the highest level first, and
 * gives back what is lowest when it is full. Nothing is handed out while a higher level has references, or while what was published
 * before the last turn is not yet known.
 */
final class Portion {
    /** Fewest records to read at a time, and most to take from the feeds while nobody asks for any. */
    private static final int LOW_WATER = 1024;
    /** Of a level whose turn has not come, so many are read so that they end in time. */
    private static final int WATCHED = 32;
    /** Is never changed. */
    private static final BitSet NO_LEVELS = new BitSet(0);

    /** Those that take its records by credit now. */
    final ConsumerRound round = new ConsumerRound();
    private final Intake intake;
    private final Collection<Source> sources;
    private final SubscriptionLimits limits;
    private final WindowBudget.Share share;
    private final PriorityLevels levels;
    private final ReadyWindow window;
    private final BacklogReader backlog;
    /** With levels of priority: those that may have references. */
    private final BitSet behind;
    /** With levels: all is known that has to be before anything is handed out. */
    private boolean open;
    /** What the feeds bring goes to the window. */
    private boolean live;
    private boolean hasDemand;
    /** The first of each level is to be in the window. */
    private boolean watching;
    private long taken;

    /**
     * With an empty window.
     *
     * @param sources changed by the intake alone
     */
    Portion(Intake intake, Collection<Source> sources, SubscriptionLimits limits, WindowBudget budget, Runnable pump) {
        this.intake = intake;
        this.sources = sources;
        this.limits = limits;
        share = budget.share();
        levels = intake.levels();
        behind = levels.any() ? new BitSet() : NO_LEVELS;
        open = !levels.any();
        window = new ReadyWindow(levels.highest());
        backlog = new BacklogReader(intake.loop(), levels.highest(), budget.share(), pump);
    }

    Collection<Source> sources() {
        return sources;
    }

    ReadyWindow window() {
        return window;
    }

    BacklogReader backlog() {
        return backlog;
    }

    /** Notes what a source that came has references of. */
    void findReferences(Source source) {
        source.forEachLane(lane -> {
            if (levels.any() && lane.pending.count() > 0) {
                behind.set(lane.level);
            }
        });
    }

    /** Something was removed from the sources, whose entries go. */
    void removed() {
        window.removeIf(entry -> entry.source.isRemoved());
        if (!live) {
            backlog.restart(sources);
        }
    }

    /**
     * To be called before anything is handed out.
     *
     * @param known whether all sources know what was published
     */
    void advance(boolean known) {
        open = !levels.any() || known && hasSeenMarks();
    }

    /** Whether all was seen that was published before this was true the last time; if not, the feeds will tell. */
    private boolean hasSeenMarks() {
        boolean seen = true;
        for (Source source : sources) {
            if (source.isLive() && source.feed.position() < Math.min(source.mark, source.feed.limit())) {
                source.feed.tell(intake);
                seen = false;
            }
        }
        if (seen) {
            sources.forEach(source -> source.mark = source.feed.limit());
        }
        return seen;
    }

    /** Whether the window's first entry is the next one, and no other comes before it. */
    boolean hasNext() {
        return !window.isEmpty() && open && window.topLevel() >= behind.length() - 1;
    }

    /**
     * Reads records into the window as far as {@code demand} asks for it.
     *
     * @param watching whether the first of each level is to be there
     * @return whether there may be more to hand out than before
     */
    boolean refill(long demand, boolean watching) {
        hasDemand = demand > 0;
        this.watching = watching;
        if (live || !open || demand == 0 && !(watching && levels.any())) {
            return false;
        }
        long before = taken;
        boolean hadNext = hasNext();
        int target = (int) Math.min(limits.windowEntries(), Math.max(LOW_WATER, demand));
        boolean caughtUp = levels.any() ? fillLevels(demand > 0 ? target : 0)
            : backlog.fill(this, 0, BacklogReader.CHUNK_RECORDS, () -> hasRoom(target)) == BacklogReader.Outcome.CAUGHT_UP;
        if (caughtUp) {
            live = true;
            sources.forEach(source -> {
                if (source.end == BoundRange.OPEN && !intake.isIndexed()) {
                    source.feed.join(source);
                }
            });
        }
        return taken > before || !hadNext && hasNext();
    }

    /** Reads from the highest level that has references on. Returns whether no level has any. */
    private boolean fillLevels(int target) {
        boolean more = target > 0;
        for (int level = behind.length() - 1; level >= 0; level = behind.previousSetBit(level - 1)) {
            int from = level;
            BacklogReader.Outcome outcome = BacklogReader.Outcome.FILLED;
            if (more) {
                outcome = backlog.fill(this, level, BacklogReader.CHUNK_RECORDS, () -> hasRoom(from, target));
            } else if (watching && window.size(level) == 0) {
                outcome = backlog.fill(this, level, WATCHED, () -> hasRoomToWatch(from));
            }
            if (outcome == BacklogReader.Outcome.CAUGHT_UP) {
                behind.clear(level);
            } else if (more && outcome == BacklogReader.Outcome.WAITING) {
                return false;
            } else {
                more = false;
            }
        }
        return behind.isEmpty();
    }

    /** One of each level is there in any case. */
    private boolean hasRoomToWatch(int level) {
        return window.size(level) == 0 || window.size(level) < WATCHED && hasRoom(limits.windowEntries());
    }

    /** Brings what the window holds into the account. */
    void noteHeld() {
        share.hold(window.size(), window.bytes());
    }

    private boolean hasRoom(int target) {
        noteHeld();
        return window.size() < target && window.bytes() < limits.windowBytes() && share.hasRoom();
    }

    /** Whether the window takes more of a level; of one that is not the next, half as much, so that little is given back again. */
    private boolean hasRoom(int level, int target) {
        if (level > window.topLevel()) {
            return true;
        }
        noteHeld();
        int part = level < window.topLevel() ? 2 : 1;
        return share.hasRoom() && window.isBelow(level, target / part, limits.windowBytes() / part);
    }

    /** A feed brings a wanted record. */
    void arrived(Source source, Record record) {
        Lane lane = source.laneOf(record);
        if (live || levels.any() && hasDemand && open && !behind.get(lane.level) && hasRoom(lane.level, limits.windowEntries())) {
            take(lane, record);
        } else {
            source.refer(lane, record);
        }
    }

    /** There is a reference to load. */
    void referred(Lane lane) {
        if (levels.any()) {
            behind.set(lane.level);
        }
        stopTaking();
    }

    private void stopTaking() {
        if (live) {
            live = false;
            backlog.restart(sources);
        }
    }

    /** Puts a wanted record into the window. */
    void take(Lane lane, Record record) {
        taken++;
        window.add(lane.source.take(lane, record, intake.nextOrder()));
        while (levels.any() && isOverfull()) {
            Entry lowest = window.pollLastBelow(lane.level, watching);
            if (lowest == null) {
                break;
            }
            lowest.source.unload(lowest);
            lowest.lane.giveBack(lowest.offset);
            referred(lowest.lane);
        }
    }

    private boolean isOverfull() {
        noteHeld();
        return window.size() > limits.windowEntries() || window.bytes() > limits.windowBytes() || !share.hasRoom();
    }

    void pauseWhenFull() {
        if (live && !hasRoom(hasDemand ? limits.windowEntries() : Math.min(LOW_WATER, limits.windowEntries()))) {
            if (intake.isIndexed()) {
                stopTaking();
            } else {
                fallBehind();
            }
        }
    }

    /** Leaves the feeds; what follows is read from the log when there is demand and room. */
    void fallBehind() {
        live = false;
        open = !levels.any();
        sources.forEach(Source::stopLive);
        backlog.restart(sources);
    }

    /** Whether all that can be read now is in the window or has been. */
    private boolean isCaughtUp() {
        if (!live || !open) {
            return false;
        }
        for (Source source : sources) {
            boolean unknown = source.isLive() ? source.feed.position() < source.feed.limit()
                : source.isIndexed() && source.end == BoundRange.OPEN;
            if (unknown) {
                return false;
            }
        }
        return true;
    }

    /** Whether nothing can be handed out now or, without a feed bringing it, soon. */
    boolean hasNothing() {
        return window.isEmpty() && isCaughtUp();
    }

    /** Gives the window back to the log. Nothing may be outstanding. */
    void unload() {
        if (!intake.isIndexed()) {
            fallBehind();
        }
        live = false;
        hasDemand = false;
        window.drain(entry -> entry.source.unload(entry));
        sources.forEach(Source::rewind);
        sources.forEach(this::findReferences);
        backlog.restart(sources);
    }

    /** Has no sources any more, and holds nothing. */
    void close() {
        backlog.restart(List.of());
        share.hold(0, 0);
    }
}
