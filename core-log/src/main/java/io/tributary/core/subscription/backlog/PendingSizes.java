package io.tributary.core.subscription.backlog;

import io.tributary.core.model.Record;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The sizes of the values of what is pending, by offset, as far as they are known. */
public final class PendingSizes {
    private @Nullable Map<Long, Integer> sizes;
    private long total;

    /** Notes one that was not noted before. */
    public void add(Record record) {
        byte[] value = record.value();
        if (value == null) {
            return;
        }
        if (sizes == null) {
            sizes = new HashMap<>();
        }
        sizes.put(record.offset(), value.length);
        total += value.length;
    }

    public void remove(long offset) {
        Integer size = sizes == null ? null : sizes.remove(offset);
        total -= size == null ? 0 : size;
    }

    public void removeIf(LongPredicate condition) {
        if (sizes != null) {
            List.copyOf(sizes.keySet()).stream().filter(condition::test).forEach(this::remove);
        }
    }

    /** The sum, bytes. */
    public long total() {
        return total;
    }
}
