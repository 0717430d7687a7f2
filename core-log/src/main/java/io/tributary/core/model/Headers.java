package io.tributary.core.model;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record's headers in their order; immutable. */
public final class Headers implements Iterable<Header> {
    public static final Headers EMPTY = new Headers(List.of());

    private final List<Header> list;

    private Headers(List<Header> list) {
        this.list = list;
    }

    /** The given headers, in this order. */
    public static Headers of(Header... headers) {
        return headers.length == 0 ? EMPTY : new Headers(List.of(headers));
    }

    /** The given headers, in this order. */
    public static Headers of(List<Header> headers) {
        return headers.isEmpty() ? EMPTY : new Headers(List.copyOf(headers));
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The last header of this name, as in Kafka; null when there is none. */
    public @Nullable Header last(String name) {
        for (int i = list.size() - 1; i >= 0; i--) {
            Header header = list.get(i);
            if (header.name().equals(name)) {
                return header;
            }
        }
        return null;
    }

    /** The last value of this name as text; null when there is none. */
    public @Nullable String text(String name) {
        Header header = last(name);
        return header == null ? null : header.text();
    }

    public boolean contains(String name) {
        return last(name) != null;
    }

    public int size() {
        return list.size();
    }

    public boolean isEmpty() {
        return list.isEmpty();
    }

    /** An unmodifiable view. */
    public List<Header> asList() {
        return list;
    }

    @Override
    public Iterator<Header> iterator() {
        return list.iterator();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Headers h && list.equals(h.list);
    }

    @Override
    public int hashCode() {
        return list.hashCode();
    }

    @Override
    public String toString() {
        return list.toString();
    }

    /** Collects headers; not for use by several threads. */
    public static final class Builder {
        private final List<Header> list = new ArrayList<>();

        public Builder add(Header header) {
            list.add(header);
            return this;
        }

        public Builder add(String name, String text) {
            return add(Header.of(name, text));
        }

        public Builder add(String name, byte @Nullable [] value) {
            return add(new Header(name, value));
        }

        public Headers build() {
            return of(list);
        }
    }
}
