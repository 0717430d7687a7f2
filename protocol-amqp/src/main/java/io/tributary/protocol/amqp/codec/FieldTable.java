package io.tributary.protocol.amqp.codec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A field table (section 4.2.5.5): named values in the order in which they came; a name may, against the specification, repeat. */
public record FieldTable(List<Entry> entries) {
    public static final FieldTable EMPTY = new FieldTable(List.of());

    public FieldTable {
        entries = List.copyOf(entries);
    }

    /** One field; the name has at most 255 bytes of UTF-8. */
    public record Entry(String name, FieldValue value) {
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The first value of this name. */
    public @Nullable FieldValue get(String name) {
        for (Entry entry : entries) {
            if (entry.name().equals(name)) {
                return entry.value();
            }
        }
        return null;
    }

    /** The first value of this name if it is a string. */
    public @Nullable String text(String name) {
        return get(name) instanceof FieldValue.LongString string ? string.text() : null;
    }

    /** Whether the value of this name is true. */
    public boolean isTrue(String name) {
        return get(name) instanceof FieldValue.Bool bool && bool.value();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects fields; not for use by several threads. */
    public static final class Builder {
        private final List<Entry> entries = new ArrayList<>();

        public Builder put(String name, FieldValue value) {
            entries.add(new Entry(name, value));
            return this;
        }

        public Builder put(String name, String text) {
            return put(name, FieldValue.of(text));
        }

        public Builder put(String name, boolean value) {
            return put(name, new FieldValue.Bool(value));
        }

        public boolean isEmpty() {
            return entries.isEmpty();
        }

        public FieldTable build() {
            return entries.isEmpty() ? EMPTY : new FieldTable(entries);
        }
    }
}
