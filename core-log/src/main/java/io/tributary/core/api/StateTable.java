package io.tributary.core.api;

import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Keyed state whose truth is a log: a put or delete is a record of an internal topic, and what is read is the view that the records
 * built. Reads see this node's accepted writes. Arrays must not be changed.
 */
public interface StateTable {
    /** Completes when durable. Calls of one thread keep their order. */
    CompletionStage<Void> put(String key, byte[] value);

    /** Completes when durable. */
    CompletionStage<Void> delete(String key);

    byte @Nullable [] get(String key);

    /** Visits the entries whose key begins with {@code prefix}, in the order of the keys, as they were when the visit began. */
    void forEach(String prefix, BiConsumer<String, byte[]> visitor);
}
