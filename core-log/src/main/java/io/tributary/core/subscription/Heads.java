package io.tributary.core.subscription;

import io.tributary.core.model.Record;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is first in a window, and of its levels: reads what memory did not keep, and ends what has ended. One turn of it is bounded. */
final class Heads {
    /** Entries that leave the windows before other tasks of the loop have their turn. */
    private static final int BUDGET = 512;

    private final ReferenceLoader loader;
    private final Ends ends;
    private final Returns returns;
    private int budget;

    Heads(ReferenceLoader loader, Ends ends, Returns returns) {
        this.loader = loader;
        this.ends = ends;
        this.returns = returns;
    }

    void beginTurn() {
        budget = BUDGET;
    }

    boolean turnIsOver() {
        return budget <= 0;
    }

    boolean isLoading() {
        return loader.isLoading();
    }

    /** The entry that is next for whoever takes it, with its record; null when there is none now, or the turn has ended. */
    @Nullable Entry next(Portion portion) {
        return first(portion, Ends.Look.TAKEN);
    }

    /** Takes the next entry out of the window. */
    void take(Portion portion) {
        portion.window().poll();
        budget--;
    }

    /** Nobody takes anything of these: ends what has ended, and sees the next end coming. */
    void watch(List<Portion> portions) {
        if (!ends.watchesHead()) {
            return;
        }
        Portion first = null;
        for (Portion portion : portions) {
            Entry head = portion.hasNext() ? portion.window().peek() : null;
            Entry before = first == null ? null : first.window().peek();
            if (head != null && (before == null || head.order < before.order)) {
                first = portion;
            }
        }
        long next = Long.MAX_VALUE;
        boolean any = false;
        for (Portion portion : portions) {
            Entry head = first(portion, portion == first ? Ends.Look.FIRST : Ends.Look.LATER);
            any |= head != null;
            next = head == null ? next : Math.min(next, head.expiresAt);
            for (int level = portion.window().topLevel() - 1; level >= 0; level--) {
                Entry later = firstOf(portion.window(), level, Ends.Look.LATER);
                next = later == null ? next : Math.min(next, later.expiresAt);
            }
        }
        if (any || next != Long.MAX_VALUE) {
            ends.await(next);
        }
    }

    private @Nullable Entry first(Portion portion, Ends.Look look) {
        ReadyWindow window = portion.window();
        Entry first = null;
        while (first == null && budget > 0 && portion.hasNext()) {
            int level = window.topLevel();
            first = firstOf(window, level, look);
            if (first == null && window.topLevel() == level) {
                return null;
            }
        }
        return first;
    }

    private @Nullable Entry firstOf(ReadyWindow window, int level, Ends.Look look) {
        while (budget > 0 && loader.hasRecord(window, level)) {
            Entry head = window.peek(level);
            Record record = head == null ? null : head.record;
            if (head == null || record == null) {
                return null;
            }
            Ends.Head state = ends.look(head, record, look);
            if (state == Ends.Head.LIVE) {
                return head;
            }
            if (state == Ends.Head.STUCK) {
                return null;
            }
            window.poll(level);
            returns.left(head);
            ends.endHead(head, record);
            budget--;
        }
        return null;
    }
}
