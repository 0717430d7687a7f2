package io.tributary.core.routing;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A set that takes 16 bytes while it holds one value, a copied array while it holds few, and a hash table beyond. One writer at a time;
 * readers take no lock and see every value that is in it all the while.
 */
class ValueSet<T> {
    private static final int FEW = 8;
    /** A set that shrinks to this many becomes an array again. */
    private static final int FEW_AGAIN = 4;

    /** Null, the one value, {@link Few} or {@link Large}. */
    private volatile @Nullable Object content;

    private static final class Few {
        private final Object[] values;

        private Few(Object... values) {
            this.values = values;
        }
    }

    private static final class Large {
        private final Set<Object> values = ConcurrentHashMap.newKeySet(2 * FEW);
    }

    /** Whether the value was not in it. */
    final boolean add(T value) {
        Object now = content;
        if (now == null) {
            content = value;
            return true;
        }
        if (now instanceof Large large) {
            return large.values.add(value);
        }
        if (contains(now, value)) {
            return false;
        }
        if (now instanceof Few few) {
            if (few.values.length == FEW) {
                Large large = new Large();
                large.values.addAll(Arrays.asList(few.values));
                large.values.add(value);
                content = large;
            } else {
                Object[] more = Arrays.copyOf(few.values, few.values.length + 1);
                more[few.values.length] = value;
                content = new Few(more);
            }
        } else {
            content = new Few(now, value);
        }
        return true;
    }

    /** Whether the value was in it. */
    final boolean remove(T value) {
        Object now = content;
        if (now == null || !contains(now, value)) {
            return false;
        }
        if (now instanceof Large large) {
            large.values.remove(value);
            if (large.values.size() <= FEW_AGAIN) {
                content = new Few(large.values.toArray());
            }
        } else if (now instanceof Few few) {
            Object[] left = Arrays.stream(few.values).filter(one -> !one.equals(value)).toArray();
            content = left.length == 1 ? left[0] : new Few(left);
        } else {
            content = null;
        }
        return true;
    }

    private static boolean contains(Object content, Object value) {
        if (content instanceof Large large) {
            return large.values.contains(value);
        }
        if (content instanceof Few few) {
            return Arrays.asList(few.values).contains(value);
        }
        return content.equals(value);
    }

    final boolean hasValues() {
        return content != null;
    }

    final int size() {
        Object now = content;
        if (now instanceof Large large) {
            return large.values.size();
        }
        return now instanceof Few few ? few.values.length : now == null ? 0 : 1;
    }

    @SuppressWarnings("unchecked")
    final void forEach(Consumer<? super T> action) {
        Object now = content;
        if (now instanceof Large large) {
            for (Object value : large.values) {
                action.accept((T) value);
            }
        } else if (now instanceof Few few) {
            for (Object value : few.values) {
                action.accept((T) value);
            }
        } else if (now != null) {
            action.accept((T) now);
        }
    }
}
