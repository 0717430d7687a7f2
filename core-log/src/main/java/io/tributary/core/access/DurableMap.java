package io.tributary.core.access;

import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A small map in the metadata store, read from memory. Changes are made one after the other, each on what the last has left; one that fails
 * in the middle leaves what it has written, in the store and in memory alike.
 */
final class DurableMap<K, V> {
    private static final byte FORMAT = 1;

    /** How entries are written. */
    interface Format<K, V> {
        void writeKey(K key, DataOutputStream out) throws IOException;

        K readKey(DataInputStream in) throws IOException;

        void writeValue(V value, DataOutputStream out) throws IOException;

        V readValue(K key, DataInputStream in) throws IOException;
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private final MetadataStore store;
    private final String prefix;
    private final Format<K, V> format;
    private final int maxSize;
    private volatile Map<K, V> view;
    private CompletionStage<?> last = CompletableFuture.completedFuture(null);

    /** Reads what is there; blocks until that is done. */
    DurableMap(MetadataStore store, String prefix, Format<K, V> format, int maxSize) {
        this.store = store;
        this.prefix = prefix;
        this.format = format;
        this.maxSize = maxSize;
        Map<K, V> found = new HashMap<>();
        for (MetadataStore.Entry entry : store.list(prefix).toCompletableFuture().join()) {
            decodeInto(found, entry);
        }
        view = Collections.unmodifiableMap(found);
    }

    /** What is written: a snapshot, and the same object until something changes. */
    Map<K, V> view() {
        return view;
    }

    /**
     * Makes a change: of the whole map, to what it shall be. Fails with what the change throws, LIMIT_EXCEEDED when it would be too large,
     * or STORAGE_FAILURE.
     */
    synchronized CompletionStage<Void> change(UnaryOperator<Map<K, V>> change) {
        CompletionStage<Void> next = last.thenCompose(before -> write(change));
        last = next.exceptionally(told -> null);
        return next;
    }

    private CompletionStage<Void> write(UnaryOperator<Map<K, V>> change) {
        Map<K, V> before = view;
        Map<K, V> after = change.apply(new HashMap<>(before));
        if (after.size() > maxSize && after.size() > before.size()) {
            throw new BrokerException(ErrorCode.LIMIT_EXCEEDED, "there may be no more than " + maxSize);
        }
        Map<K, @Nullable V> differences = new LinkedHashMap<>();
        before.keySet().stream().filter(key -> !after.containsKey(key)).forEach(gone -> differences.put(gone, null));
        after.forEach((key, value) -> {
            if (!value.equals(before.get(key))) {
                differences.put(key, value);
            }
        });
        if (differences.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        Map<K, V> written = new HashMap<>(before);
        CompletionStage<?> writing = CompletableFuture.completedFuture(null);
        for (Map.Entry<K, @Nullable V> difference : differences.entrySet()) {
            writing = writing.thenCompose(done -> write(difference.getKey(), difference.getValue(), written));
        }
        return writing.<Void>thenApply(done -> null).whenComplete((done, failure) -> view = Collections.unmodifiableMap(written));
    }

    private CompletionStage<?> write(K key, @Nullable V value, Map<K, V> written) {
        if (value == null) {
            return store.delete(storeKey(key), MetadataStore.ANY_VERSION).thenRun(() -> written.remove(key));
        }
        byte[] bytes = bytes(out -> {
            out.writeByte(FORMAT);
            format.writeKey(key, out);
            format.writeValue(value, out);
        });
        return store.put(storeKey(key), bytes, MetadataStore.ANY_VERSION).thenAccept(version -> written.put(key, value));
    }

    /** Of a fixed length and plain characters, whatever the key has. */
    private String storeKey(K key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes(out -> format.writeKey(key, out)));
            return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java has SHA-256", missing);
        }
    }

    private void decodeInto(Map<K, V> map, MetadataStore.Entry entry) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(entry.value()))) {
            byte found = in.readByte();
            if (found != FORMAT) {
                throw new IOException("the unknown format " + found);
            }
            K key = format.readKey(in);
            map.put(key, format.readValue(key, in));
        } catch (IOException | RuntimeException e) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "the metadata entry '" + entry.key() + "' cannot be read: "
                + e.getMessage(), e);
        }
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException tooLong) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a text is too long", tooLong);
        }
        return bytes.toByteArray();
    }
}
