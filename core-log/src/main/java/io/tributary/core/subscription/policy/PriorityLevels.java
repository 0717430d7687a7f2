package io.tributary.core.subscription.policy;

import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Record;

/**
 * The levels by which a subscription hands out its records: 0 to its highest priority.
 *
 * @param highest 0 when the subscription does not look at priorities
 */
public record PriorityLevels(int highest) {
    public static final PriorityLevels NONE = new PriorityLevels(0);

    /** With this highest one, 0 to 255. */
    public static PriorityLevels upTo(int highest) {
        return highest == 0 ? NONE : new PriorityLevels(highest);
    }

    /** Whether priorities count. */
    public boolean any() {
        return highest > 0;
    }

    /** The record's: its priority, or the highest level when that is more; 0 when it has none or what it has is no number. */
    public int of(Record record) {
        Header header = highest == 0 || record.headers().isEmpty() ? null : record.headers().last(HeaderNames.PRIORITY);
        byte[] digits = header == null ? null : header.value();
        if (digits == null) {
            return 0;
        }
        int priority = 0;
        for (byte digit : digits) {
            if (digit < '0' || digit > '9') {
                return 0;
            }
            priority = Math.min(highest, priority * 10 + digit - '0');
        }
        return priority;
    }
}
