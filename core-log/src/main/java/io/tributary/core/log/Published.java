package io.tributary.core.log;

/** A single record that has its place. */
public interface Published {
    long offset();

    /** Milliseconds since the epoch: the record's own, or where the topic's are those of the append, that. */
    long timestamp();
}
