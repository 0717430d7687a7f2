package io.tributary.core.subscription;

import io.tributary.core.model.BacklogLimit;
import io.tributary.core.model.Binding;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.routing.FullSubscriptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds a subscription's backlog against its limit. */
final class Overflow {
    private final SubscriptionName name;
    private final BacklogLimit limit;
    private final Intake intake;
    private final FullSubscriptions full;
    /** Those it was full with when it last said so; null when it has room. */
    private @Nullable List<Binding> fullWith;

    Overflow(SubscriptionName name, BacklogLimit limit, Intake intake, FullSubscriptions full) {
        this.name = name;
        this.limit = limit;
        this.intake = intake;
        this.full = full;
    }

    boolean isLimited() {
        return !limit.isNone();
    }

    /**
     * Whether the first of what waits is to end.
     *
     * @param taken      what is pending and does not wait
     * @param takenBytes of its values
     */
    boolean dropsHead(long taken, long takenBytes) {
        return isLimited() && limit.overflow() == BacklogLimit.Overflow.DROP_HEAD
            && limit.isPassedBy(intake.pending() - taken, intake.pendingBytes() - takenBytes);
    }

    /** Tells publishers whether there is room, and with which bindings there is none. */
    void tell(long taken, long takenBytes, List<Binding> bindings) {
        if (!isLimited() || limit.overflow() != BacklogLimit.Overflow.REJECT) {
            return;
        }
        boolean isFull = limit.isReachedBy(intake.pending() - taken, intake.pendingBytes() - takenBytes);
        if (isFull && !bindings.equals(fullWith)) {
            fullWith = bindings;
            full.add(name, bindings);
        } else if (!isFull) {
            close();
        }
    }

    /** It is not full, or is no more. */
    void close() {
        if (fullWith != null) {
            full.remove(name);
            fullWith = null;
        }
    }
}
