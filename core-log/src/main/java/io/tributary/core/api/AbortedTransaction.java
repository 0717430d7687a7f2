package io.tributary.core.api;

/** A producer's transaction that was aborted: its records in a partition, from an offset to the marker that ends it, do not count. */
public record AbortedTransaction(long producerId, long firstOffset) {
}
