package io.tributary.core.subscription;

import io.tributary.core.model.Record;
import io.tributary.core.subscription.loop.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A record that a subscription has taken and that is not settled: a reference, with the record itself while there is room for it. It
 * either waits in the {@link ReadyWindow} or is outstanding with a consumer, whose deadline it then carries.
 */
final class Entry extends Timeout {
    /** No time yet. */
    static final long UNKNOWN = Long.MIN_VALUE;

    final Source source;
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
    /** When it ends by itself, milliseconds since the epoch; {@link #UNKNOWN} until someone has looked. */
    long expiresAt = UNKNOWN;
    /** The size of its record while it is outstanding. */
    int deliveredBytes;

    Entry(Source source, Record record, long order) {
        this.source = source;
        this.offset = record.offset();
        this.record = record;
        this.order = order;
    }

    int heldBytes() {
        return record == null ? 0 : record.sizeInBytes();
    }

    /** The consumer did not settle it in time. */
    @Override
    protected void expire() {
        if (consumer != null) {
            consumer.expired(this);
        }
    }
}
