package io.tributary.core.subscription;

import io.tributary.core.model.Record;
import io.tributary.core.subscription.loop.Timeout;
import io.tributary.core.subscription.stats.Counter;
import org.jspecify.annotations.Nullable;

/**
 * A record that a subscription has taken and that is not settled: a reference, with the record itself while there is room for it. It
 * either waits in the {@link ReadyWindow} or is outstanding with a consumer, whose deadline it then carries.
 */
final class Entry extends Timeout {
    /** No time yet. */
    static final long UNKNOWN = Long.MIN_VALUE;

    final Source source;
    final Lane lane;
    final long offset;
    /** Its place among all that the subscription took. */
    final long order;
    /** Null when it must be read again before it is delivered. */
    @Nullable Record record;
    int deliveries;
    /** The size of its value, once it was delivered. */
    int valueBytes;
    boolean redelivered;
    long deliveryId;
    @Nullable QueueConsumer consumer;
    /** Its key's lock while it is outstanding, waits, is aside, or is in the window after any of these. */
    KeyLocks.@Nullable Lock lock;
    /** What it waits in. */
    @Nullable BackOffs backOffs;
    /** When it ends by itself, milliseconds since the epoch; {@link #UNKNOWN} until someone has looked. */
    long expiresAt = UNKNOWN;
    /** The size of its record while it is outstanding. */
    int deliveredBytes;

    Entry(Lane lane, Record record, long order) {
        this.lane = lane;
        this.source = lane.source;
        this.offset = record.offset();
        this.record = record;
        this.order = order;
    }

    /** It is settled for good; as what that counts. */
    void settled(Counter as) {
        source.settled(lane, offset, as);
    }

    /** Whether it comes before the first of another portion. */
    boolean isBefore(Entry other) {
        return lane.level != other.lane.level ? lane.level > other.lane.level : order < other.order;
    }

    int heldBytes() {
        return record == null ? 0 : record.sizeInBytes();
    }

    /** The consumer did not settle it in time, or it has waited long enough since it was given back. */
    @Override
    protected void expire() {
        if (consumer != null) {
            consumer.expired(this);
        } else if (backOffs != null) {
            backOffs.ended(this);
        }
    }
}
