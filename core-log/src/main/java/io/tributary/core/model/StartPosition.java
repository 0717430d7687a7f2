package io.tributary.core.model;

/** From where a new binding takes a topic's records. */
public enum StartPosition {
    /** What is published after the binding is made. */
    LATEST,
    /** All that the topic still holds. */
    EARLIEST
}
