package io.tributary.core.retained;

import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Record;
import io.tributary.core.retained.view.RetainedRow;

/** When a record's own time ends. */
final class Expiration {
    private Expiration() {
    }

    /** Milliseconds since the epoch; {@link RetainedRow#NEVER} also for what is no number of milliseconds. */
    static long of(Record record) {
        String text = record.headers().isEmpty() ? null : record.headers().text(HeaderNames.EXPIRATION);
        if (text == null) {
            return RetainedRow.NEVER;
        }
        try {
            long life = Long.parseLong(text);
            return life < 0 || record.timestamp() > RetainedRow.NEVER - life ? RetainedRow.NEVER : record.timestamp() + life;
        } catch (NumberFormatException noNumber) {
            return RetainedRow.NEVER;
        }
    }
}
