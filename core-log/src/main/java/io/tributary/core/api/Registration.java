package io.tributary.core.api;

/** Undoes a registration; may be called more than once. */
public interface Registration extends AutoCloseable {
    @Override
    void close();
}
