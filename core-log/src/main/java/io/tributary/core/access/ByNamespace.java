package io.tributary.core.access;

import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.model.Namespace;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A durable map for each namespace, all with one bound. Entries of the default namespace are kept as if there were no other. */
final class ByNamespace<K, V> {
    private record Key<K>(Namespace namespace, K key) {
    }

    /** The map as it was, and its parts. */
    private record Split<K, V>(Map<Key<K>, V> whole, Map<Namespace, Map<K, V>> parts) {
    }

    private final DurableMap<Key<K>, V> map;
    private volatile @Nullable Split<K, V> last;

    /** Reads what is there; blocks until that is done. No key of the format may begin with {@link KeyFormat#MARK}. */
    ByNamespace(MetadataStore store, String prefix, DurableMap.Format<K, V> format, int maxSize) {
        map = new DurableMap<>(store, prefix, new KeyFormat<>(format), maxSize);
    }

    /** A namespace's map: a snapshot, and the same object until something changes in it. */
    Map<K, V> view(Namespace namespace) {
        Map<Key<K>, V> whole = map.view();
        Split<K, V> known = last;
        if (known == null || known.whole != whole) {
            known = split(whole, known == null ? Map.of() : known.parts);
            last = known;
        }
        return known.parts.getOrDefault(namespace, Map.of());
    }

    private static <K, V> Split<K, V> split(Map<Key<K>, V> whole, Map<Namespace, Map<K, V>> before) {
        Map<Namespace, Map<K, V>> parts = new HashMap<>();
        whole.forEach((key, value) -> parts.computeIfAbsent(key.namespace, fresh -> new HashMap<>()).put(key.key, value));
        parts.replaceAll((namespace, part) -> {
            Map<K, V> old = before.get(namespace);
            return old != null && old.equals(part) ? old : Collections.unmodifiableMap(part);
        });
        return new Split<>(whole, parts);
    }

    /** Changes a namespace's map; fails as {@link DurableMap#change} does. */
    CompletionStage<Void> change(Namespace namespace, UnaryOperator<Map<K, V>> change) {
        return map.change(all -> {
            Map<K, V> part = new HashMap<>();
            all.forEach((key, value) -> {
                if (key.namespace.equals(namespace)) {
                    part.put(key.key, value);
                }
            });
            Map<K, V> changed = change.apply(part);
            all.keySet().removeIf(key -> key.namespace.equals(namespace));
            changed.forEach((key, value) -> all.put(new Key<>(namespace, key), value));
            return all;
        });
    }

    /** The namespace before the key, behind a mark; none for the default one. */
    private record KeyFormat<K, V>(DurableMap.Format<K, V> inner) implements DurableMap.Format<Key<K>, V> {
        static final int MARK = 0x7F;

        @Override
        public void writeKey(Key<K> key, DataOutputStream out) throws IOException {
            if (!key.namespace.equals(Namespace.DEFAULT)) {
                out.writeByte(MARK);
                out.writeUTF(key.namespace.name());
            }
            inner.writeKey(key.key, out);
        }

        @Override
        public Key<K> readKey(DataInputStream in) throws IOException {
            in.mark(1);
            if (in.read() == MARK) {
                Namespace namespace = new Namespace(in.readUTF());
                return new Key<>(namespace, inner.readKey(in));
            }
            in.reset();
            return new Key<>(Namespace.DEFAULT, inner.readKey(in));
        }

        @Override
        public void writeValue(V value, DataOutputStream out) throws IOException {
            inner.writeValue(value, out);
        }

        @Override
        public V readValue(Key<K> key, DataInputStream in) throws IOException {
            return inner.readValue(key.key, in);
        }
    }
}
