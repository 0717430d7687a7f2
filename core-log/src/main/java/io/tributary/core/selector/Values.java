package io.tributary.core.selector;

import org.jspecify.annotations.Nullable;

/** The properties that one evaluation asks for, each looked up once at most. For one thread. */
final class Values {
    private static final Object ABSENT = new Object();

    private final Selector.Properties properties;
    private final @Nullable Object[] known;

    Values(Selector.Properties properties, int count) {
        this.properties = properties;
        known = new Object[count];
    }

    @SuppressWarnings("ReferenceEquality")
    @Nullable Object get(int slot, String name) {
        Object value = known[slot];
        if (value == null) {
            value = properties.get(name);
            if (value instanceof String text && text.length() > Selector.MAX_VALUE_LENGTH) {
                value = null;
            }
            known[slot] = value == null ? ABSENT : value;
        }
        return value == ABSENT ? null : value;
    }
}
