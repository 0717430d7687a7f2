package io.tributary.core.model;

/** Why the core refuses or fails; each protocol maps every code to its own error. */
public enum ErrorCode {
    /** The caller's argument breaks a stated bound. */
    INVALID_ARGUMENT,
    /** No legal topic name. */
    INVALID_TOPIC,
    TOPIC_NOT_FOUND,
    TOPIC_EXISTS,
    PARTITION_NOT_FOUND,
    SUBSCRIPTION_NOT_FOUND,
    SUBSCRIPTION_EXISTS,
    /** Another consumer has the subscription to itself, or asks to have it. */
    SUBSCRIPTION_IN_USE,
    /** The delivery is not (or no longer) outstanding with this consumer. */
    DELIVERY_NOT_FOUND,
    /** The offset is before the log's start or after its end. */
    OFFSET_OUT_OF_RANGE,
    /** A batch's checksum or framing is wrong. */
    CORRUPT_BATCH,
    /** A batch that is whole and may not be appended: older format, compressed control batch, transaction without coordinator. */
    INVALID_BATCH,
    /** A record's timestamp is further from now than its topic allows, or its kind is not the publisher's to choose. */
    INVALID_TIMESTAMP,
    /** Over the topic's largest batch. */
    BATCH_TOO_LARGE,
    /** An idempotent producer's sequence has a gap. */
    OUT_OF_ORDER_SEQUENCE,
    /** An idempotent producer repeated a batch that is too old to be remembered. */
    DUPLICATE_SEQUENCE,
    /** A newer instance of the producer has taken over. */
    FENCED_PRODUCER,
    /** The producer identifier is not known to this partition, and the sequence does not begin at 0. */
    UNKNOWN_PRODUCER,
    /** What a producer appends does not go with the state of its transaction. */
    INVALID_TRANSACTION,
    /** A newer instance of the transaction's coordinator has taken over. */
    COORDINATOR_FENCED,
    AUTHENTICATION_FAILED,
    NOT_AUTHORIZED,
    /** A configured limit is reached. */
    LIMIT_EXCEEDED,
    /** A subscription that would take the record has reached the length at which it asks publishers to stop. */
    BACKLOG_FULL,
    /** What is asked is no part of this server. */
    NOT_SUPPORTED,
    /** The store failed; nothing was acknowledged. */
    STORAGE_FAILURE,
    /** The broker is stopping or the object was closed. */
    CLOSED,
    /** A fault of ours. */
    INTERNAL
}
