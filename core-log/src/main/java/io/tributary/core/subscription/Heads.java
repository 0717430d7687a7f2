package io.tributary.core.subscription;

import io.tributary.core.model.Record;
import org.jspecify.annotations.Nullable;

/** What is first in the window, and of its levels: reads what memory did not keep, and ends what has ended. One turn of it is bounded. */
final class Heads {
    /** Entries that leave the window before other tasks of the loop have their turn. */
    private static final int BUDGET = 512;

    private final Intake intake;
    private final ReferenceLoader loader;
    private final Ends ends;
    private final Returns returns;
    private int budget;

    Heads(Intake intake, ReferenceLoader loader, Ends ends, Returns returns) {
        this.intake = intake;
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
    @Nullable Entry next() {
        return first(Ends.Look.TAKEN);
    }

    /** Takes the next entry out of the window. */
    void take() {
        intake.window().poll();
        budget--;
    }

    /** Nobody takes anything: ends what has ended, and sees the next end coming. */
    void watch() {
        if (!ends.watchesHead()) {
            return;
        }
        Entry first = first(Ends.Look.FIRST);
        long next = first == null ? Long.MAX_VALUE : first.expiresAt;
        for (int level = intake.window().topLevel() - 1; level >= 0; level--) {
            Entry later = firstOf(level, Ends.Look.LATER);
            next = later == null ? next : Math.min(next, later.expiresAt);
        }
        if (first != null || next != Long.MAX_VALUE) {
            ends.await(next);
        }
    }

    private @Nullable Entry first(Ends.Look look) {
        Entry first = null;
        while (first == null && budget > 0 && intake.hasNext()) {
            int level = intake.window().topLevel();
            first = firstOf(level, look);
            if (first == null && intake.window().topLevel() == level) {
                return null;
            }
        }
        return first;
    }

    private @Nullable Entry firstOf(int level, Ends.Look look) {
        ReadyWindow window = intake.window();
        while (budget > 0 && loader.hasRecord(level)) {
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
