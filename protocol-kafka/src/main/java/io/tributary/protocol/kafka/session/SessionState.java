package io.tributary.protocol.kafka.session;

/**
 * The life of a connection. Transitions: AUTHENTICATING to OPEN when the client is known; AUTHENTICATING or OPEN to DRAINING when the
 * broker stops; any to CLOSED.
 */
enum SessionState {
    /** The client is not known yet; what it sends waits. */
    AUTHENTICATING,
    /** Requests are served. */
    OPEN,
    /** No further request is taken; those in flight are answered. */
    DRAINING,
    /** Nothing is read, written or answered. */
    CLOSED
}
