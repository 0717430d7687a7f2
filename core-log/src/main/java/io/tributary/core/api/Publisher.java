package io.tributary.core.api;

import java.util.concurrent.CompletionStage;

/** Publishes single records; those that meet in a log thread's mailbox are stored as one batch. */
public interface Publisher {
    /**
     * Stores a record. Records of one caller thread to one partition keep their order.
     *
     * <p>Fails with TOPIC_NOT_FOUND, PARTITION_NOT_FOUND, BATCH_TOO_LARGE, BACKLOG_FULL, LIMIT_EXCEEDED (too much waits to be stored: try
     * again), STORAGE_FAILURE or CLOSED; then nothing was stored.
     *
     * <p>A record with a time to come ({@link PublishRequest#notBefore}) is stored in the schedule and its topic gets it then. Records of
     * one caller thread to one partition that are due at the same time keep their order. Fails with INVALID_ARGUMENT too, when the time is
     * too far ahead or the topic is the broker's own. If the topic is deleted before, the record is dropped.
     *
     * <p>A record that is to be retained completes as durable when both it and the retained value are. Of several records of one address
     * the one that is last in its partition is the one retained. Fails with INVALID_ARGUMENT too, for a record that waits, for the broker's
     * own topics, and for an address that is longer than 65,535 bytes or has U+0000.
     */
    CompletionStage<PublishResult> publish(PublishRequest request);
}
