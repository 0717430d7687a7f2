package io.tributary.core.subscription.state;

import io.tributary.core.model.Binding;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;

/**
 * What a binding takes of one partition: the matching records from the offset at which it was made up to the one at which it ended.
 *
 * @param to exclusive; {@link #OPEN} while the binding is in force
 */
public record BoundRange(Binding binding, long from, long to) {
    public static final long OPEN = Long.MAX_VALUE;

    public boolean takes(TopicName topic, Record record) {
        return covers(record.offset()) && binding.filter().matches(topic, record);
    }

    public boolean covers(long offset) {
        return from <= offset && offset < to;
    }

    public boolean isOpen() {
        return to == OPEN;
    }

    public BoundRange endingAt(long offset) {
        return new BoundRange(binding, from, Math.max(from, offset));
    }
}
